"""What a reviewer must know before saying yes: one line a risk, with its reason."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from operations.review.hop import Hop, Verdict
from operations.review.line import Line, networks
from operations.review.plan import Action, Change, first
from operations.review.resource_types import (
    ADDRESS,
    CLUSTER,
    CONNECTOR,
    FIREWALL,
    NETWORK,
    NODE_POOL,
    RECORD,
    SERVICE,
    SUBNET,
    ZONE,
)


class Risk(StrEnum):
    """How bad it can get; each one is worse than those before it."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    BROKEN = "broken"

    def reaches(self, other: "Risk") -> bool:
        """Whether this is as bad as another, or worse."""
        order = list(Risk)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, kw_only=True)
class Note:
    """A risk of one change.

    Attributes:
        risk: how bad.
        stack: name of the stack.
        address: the resource.
        reason: why.
    """

    risk: Risk
    stack: str
    address: str
    reason: str


def notes(line: Line, hops: dict[str, list[Hop]]) -> list[Note]:
    """All risks of an environment, the worst first."""
    found_notes = [*_broken(hops), *(note for one in line.changes for note in _of(one))]
    return sorted(found_notes, key=lambda note: -list(Risk).index(note.risk))


def _broken(hops: dict[str, list[Hop]]) -> Iterator[Note]:
    for service, its_hops in hops.items():
        for hop in its_hops:
            if hop.verdict is Verdict.FAILS:
                yield Note(
                    risk=Risk.BROKEN,
                    stack=hop.stack,
                    address=hop.address,
                    reason=f"calls to {service} do not arrive, or not alone: {hop.why}",
                )


def _of(change: Change) -> Iterator[Note]:
    for rule in _RULES:
        if change.kind in rule.kinds and rule.applies(change):
            yield Note(
                risk=rule.risk, stack=change.stack, address=change.address, reason=rule.reason
            )
    if change.action is Action.FORGOTTEN:
        yield Note(
            risk=Risk.LOW,
            stack=change.stack,
            address=change.address,
            reason="leaves Terraform's state and stays as it is: no later apply changes it",
        )
    gone = change.action in {Action.REPLACED, Action.DESTROYED}
    if gone and not any(change.kind in rule.kinds for rule in _RULES if rule.applies(change)):
        yield Note(
            risk=Risk.LOW if change.kind in _REMADE_FREELY else Risk.MEDIUM,
            stack=change.stack,
            address=change.address,
            reason=f"is {change.action}",
        )


_REMADE_FREELY: Final = {"terraform_data", "google_project_service", "google_project_iam_member"}


def _is(*actions: Action) -> Callable[[Change], bool]:
    return lambda change: change.action in actions


def _lifted(change: Change) -> bool:
    before, after = (values.get("deletion_protection") for values in (change.before, change.after))
    return before is True and after is False


def _widened(path: str) -> Callable[[Change], bool]:
    def wider(change: Change) -> bool:
        if change.action not in {Action.CHANGED, Action.REPLACED}:
            return False
        before = list(networks(change.elements(path, change.before)))
        return any(
            not any(new.subnet_of(old) for old in before) for new in networks(change.elements(path))
        )

    return wider


def _no_source_ranges_left(change: Change) -> bool:
    path = "spec.load_balancer_source_ranges"
    return bool(change.elements(path, change.before) and change.after and not change.elements(path))


_DNS: Final = "control_plane_endpoints_config.dns_endpoint_config.allow_external_traffic"
_IP: Final = "control_plane_endpoints_config.ip_endpoints_config.enabled"
_PRIVATE: Final = "private_cluster_config.enable_private_endpoint"
_AUTHORIZED: Final = "master_authorized_networks_config.cidr_blocks"


def _opened(change: Change) -> bool:
    if change.action not in {Action.CHANGED, Action.REPLACED}:
        return False

    def became(path: str, value: object) -> bool:
        return first(change.after, path) is value and first(change.before, path) is not value

    limits_lifted = change.elements(_AUTHORIZED, change.before) and not change.elements(_AUTHORIZED)
    by_ip = first(change.after, _IP) is not False
    return (
        became(_DNS, value=True)
        or became(_IP, value=True)
        or became(_PRIVATE, value=False)
        or bool(limits_lifted and by_ip)
    )


@dataclass(frozen=True, kw_only=True)
class _Rule:
    kinds: set[str]
    applies: Callable[[Change], bool]
    risk: Risk
    reason: str


_GONE: Final = _is(Action.DESTROYED)
_AGAIN: Final = _is(Action.REPLACED)

_RULES: Final = (
    _Rule(
        kinds={CONNECTOR},
        applies=_AGAIN,
        risk=Risk.HIGH,
        reason="connector replaced: the app's calls fail until the new one is there, minutes",
    ),
    _Rule(
        kinds={CONNECTOR},
        applies=_GONE,
        risk=Risk.HIGH,
        reason="connector destroyed: the app's calls fail, and app.yaml names what is not there",
    ),
    _Rule(
        kinds={CLUSTER},
        applies=_AGAIN,
        risk=Risk.HIGH,
        reason="cluster replaced: everything that runs in it is lost, with its volumes",
    ),
    _Rule(
        kinds={CLUSTER},
        applies=_GONE,
        risk=Risk.HIGH,
        reason="cluster destroyed: everything that runs in it is lost, with its volumes",
    ),
    _Rule(
        kinds={ADDRESS},
        applies=_AGAIN,
        risk=Risk.HIGH,
        reason="address replaced: record and Service change with it, and callers keep the old"
        " one as long as the record may be cached",
    ),
    _Rule(
        kinds={ADDRESS},
        applies=_GONE,
        risk=Risk.HIGH,
        reason="address destroyed: anybody may get it next, and it cannot be taken back",
    ),
    _Rule(
        kinds={SERVICE},
        applies=_is(Action.DESTROYED, Action.REPLACED),
        risk=Risk.HIGH,
        reason="load balancer taken down: calls fail until another one is there",
    ),
    _Rule(
        kinds={ZONE, RECORD},
        applies=_is(Action.DESTROYED, Action.REPLACED),
        risk=Risk.HIGH,
        reason="the name is gone for a while or for good: calls fail as soon as caches expire",
    ),
    _Rule(
        kinds={NETWORK, SUBNET},
        applies=_is(Action.DESTROYED, Action.REPLACED),
        risk=Risk.HIGH,
        reason="what lives in it must go first: an outage of all that uses this range",
    ),
    _Rule(
        kinds={"google_service_account"},
        applies=_is(Action.DESTROYED, Action.REPLACED),
        risk=Risk.MEDIUM,
        reason="a new account of the same name is another identity: roles given elsewhere are lost",
    ),
    _Rule(
        kinds={NODE_POOL},
        applies=_is(Action.DESTROYED, Action.REPLACED),
        risk=Risk.MEDIUM,
        reason="nodes taken down: their pods stop, and come back only where there is room",
    ),
    _Rule(
        kinds={CLUSTER},
        applies=_lifted,
        risk=Risk.MEDIUM,
        reason="deletion protection lifted: the next destroy takes the cluster with it",
    ),
    _Rule(
        kinds={FIREWALL},
        applies=_widened("source_ranges"),
        risk=Risk.MEDIUM,
        reason="source ranges widened: more callers get through",
    ),
    _Rule(
        kinds={SERVICE},
        applies=_widened("spec.load_balancer_source_ranges"),
        risk=Risk.MEDIUM,
        reason="source ranges widened: more callers get through",
    ),
    _Rule(
        kinds={SERVICE},
        applies=_no_source_ranges_left,
        risk=Risk.HIGH,
        reason="source ranges taken away: GKE lets everybody in (kubernetes#56371)",
    ),
    _Rule(
        kinds={CLUSTER},
        applies=_widened(_AUTHORIZED),
        risk=Risk.HIGH,
        reason="authorized networks widened: more reach the control plane",
    ),
    _Rule(
        kinds={CLUSTER},
        applies=_opened,
        risk=Risk.HIGH,
        reason="control plane opened: it is reached in a way in which it was not before",
    ),
)
