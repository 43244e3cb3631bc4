"""What becomes reachable for more callers, or loses its protection."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from operations.review.line import Line, network_or_none, networks
from operations.review.plan import Action, Change, first
from operations.review.resource_types import CLUSTER, FIREWALL, SERVICE
from operations.review.risk import DEPLOY, Explained, Risk, explained

_DNS: Final = "control_plane_endpoints_config.dns_endpoint_config.allow_external_traffic"
_IP: Final = "control_plane_endpoints_config.ip_endpoints_config.enabled"
_PRIVATE: Final = "private_cluster_config.enable_private_endpoint"
_AUTHORIZED: Final = "master_authorized_networks_config.cidr_blocks"
_TAKEN: Final = "spec.load_balancer_source_ranges"


def openings(line: Line) -> Iterator[Explained]:
    """The risks of what the plans open."""
    for change in line.changes:
        for rule in _RULES:
            if change.kind == rule.kind and rule.applies(line, change):
                yield explained(rule.risk, change, rule.reason, rule.next, env=line.environment)


_Applies = Callable[[Line, Change], bool]


def _lifted(_: Line, change: Change) -> bool:
    before, after = (values.get("deletion_protection") for values in (change.before, change.after))
    return before is True and after is False


def _widened(path: str) -> _Applies:
    def wider(line: Line, change: Change) -> bool:
        if change.action not in {Action.CHANGED, Action.REPLACED}:
            return False
        # Another range of the connector is no other caller.
        connector = network_or_none(line.connector_range())
        before = list(networks(change.elements(path, change.before)))
        return any(
            new != connector and not any(new.subnet_of(old) for old in before)
            for new in networks(change.elements(path))
        )

    return wider


def _lets_more_in(line: Line, rule: Change) -> bool:
    return bool(rule.elements("allow")) and _widened("source_ranges")(line, rule)


def _no_source_ranges_left(_: Line, change: Change) -> bool:
    return bool(
        change.elements(_TAKEN, change.before) and change.after and not change.elements(_TAKEN)
    )


def _opened(_: Line, change: Change) -> bool:
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
    kind: str
    applies: _Applies
    risk: Risk
    reason: str
    next: str = DEPLOY


_RULES: Final = (
    _Rule(
        kind=CLUSTER,
        applies=_lifted,
        risk=Risk.MEDIUM,
        reason="deletion protection lifted: the next destroy takes the cluster with it",
        next=f"{DEPLOY}; set it to true again once nothing is to be destroyed",
    ),
    _Rule(
        kind=FIREWALL,
        applies=_lets_more_in,
        risk=Risk.MEDIUM,
        reason="source ranges widened: more callers get through",
    ),
    _Rule(
        kind=SERVICE,
        applies=_widened(_TAKEN),
        risk=Risk.MEDIUM,
        reason="source ranges widened: more callers get through",
    ),
    _Rule(
        kind=SERVICE,
        applies=_no_source_ranges_left,
        risk=Risk.HIGH,
        reason="source ranges taken away: GKE lets everybody in (kubernetes#56371)",
        next=f"put `load_balancer_source_ranges` back on the Service, then {DEPLOY}",
    ),
    _Rule(
        kind=CLUSTER,
        applies=_widened(_AUTHORIZED),
        risk=Risk.HIGH,
        reason="authorized networks widened: more reach the control plane",
    ),
    _Rule(
        kind=CLUSTER,
        applies=_opened,
        risk=Risk.HIGH,
        reason="control plane opened: it is reached in a way in which it was not before",
    ),
)
