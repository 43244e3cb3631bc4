"""Changes that give access to more callers, or that remove a protection."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from operations.review.environment import Environment, network_or_none, networks
from operations.review.plan import Action, ResourceChange, first_value
from operations.review.resource_types import CLUSTER, FIREWALL, SERVICE
from operations.review.risk import DEPLOY, Explanation, Risk, explain

_DNS: Final = "control_plane_endpoints_config.dns_endpoint_config.allow_external_traffic"
_IP: Final = "control_plane_endpoints_config.ip_endpoints_config.enabled"
_PRIVATE: Final = "private_cluster_config.enable_private_endpoint"
_AUTHORIZED: Final = "master_authorized_networks_config.cidr_blocks"
_SOURCE_RANGES: Final = "spec.load_balancer_source_ranges"


def access_risks(environment: Environment) -> Iterator[Explanation]:
    """The risks of changes to access and protection."""
    for change in environment.changes:
        for rule in _RULES:
            if change.kind == rule.kind and rule.applies(environment, change):
                yield explain(rule.risk, change, rule.reason, rule.next, env=environment.name)


_Applies = Callable[[Environment, ResourceChange], bool]


def _protection_removed(_: Environment, change: ResourceChange) -> bool:
    before, after = (values.get("deletion_protection") for values in (change.before, change.after))
    return before is True and after is False


def _widened(path: str) -> _Applies:
    def wider(environment: Environment, change: ResourceChange) -> bool:
        if change.action not in {Action.CHANGE, Action.REPLACE}:
            return False
        # A new range of the connector does not add a caller.
        connector = network_or_none(environment.connector_range())
        before = list(networks(change.elements(path, change.before)))
        return any(
            new != connector and not any(new.subnet_of(old) for old in before)
            for new in networks(change.elements(path))
        )

    return wider


def _allows_more_sources(environment: Environment, rule: ResourceChange) -> bool:
    return bool(rule.elements("allow")) and _widened("source_ranges")(environment, rule)


def _source_ranges_removed(_: Environment, change: ResourceChange) -> bool:
    before = change.elements(_SOURCE_RANGES, change.before)
    return bool(before and change.after and not change.elements(_SOURCE_RANGES))


def _control_plane_opened(_: Environment, change: ResourceChange) -> bool:
    if change.action not in {Action.CHANGE, Action.REPLACE}:
        return False

    def became(path: str, value: object) -> bool:
        before, after = (first_value(values, path) for values in (change.before, change.after))
        return after is value and before is not value

    before, after = (change.elements(_AUTHORIZED, part) for part in (change.before, change.after))
    by_ip = first_value(change.after, _IP) is not False
    return (
        became(_DNS, value=True)
        or became(_IP, value=True)
        or became(_PRIVATE, value=False)
        or bool(before and not after and by_ip)
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
        applies=_protection_removed,
        risk=Risk.MEDIUM,
        reason="deletion protection turned off: the next destroy includes the cluster",
        next=f"{DEPLOY}; turn it on again when you have nothing left to destroy",
    ),
    _Rule(
        kind=FIREWALL,
        applies=_allows_more_sources,
        risk=Risk.MEDIUM,
        reason="source ranges widened: more callers are allowed",
    ),
    _Rule(
        kind=SERVICE,
        applies=_widened(_SOURCE_RANGES),
        risk=Risk.MEDIUM,
        reason="source ranges widened: more callers are allowed",
    ),
    _Rule(
        kind=SERVICE,
        applies=_source_ranges_removed,
        risk=Risk.HIGH,
        reason="source ranges removed: GKE allows every source (kubernetes#56371)",
        next=f"put `load_balancer_source_ranges` back on the Service, then {DEPLOY}",
    ),
    _Rule(
        kind=CLUSTER,
        applies=_widened(_AUTHORIZED),
        risk=Risk.HIGH,
        reason="authorized networks widened: more clients reach the control plane",
    ),
    _Rule(
        kind=CLUSTER,
        applies=_control_plane_opened,
        risk=Risk.HIGH,
        reason="control plane opened: it becomes reachable through another endpoint, or from any"
        " address",
    ),
)
