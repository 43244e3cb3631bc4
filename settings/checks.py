"""Rules that involve more than one setting, or more than one file.

Every check yields the errors that it finds, so that all of them are in one report.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Final

from private_line import machines, names, rules
from private_line.errors import InvalidValueError
from settings.address_plan import ADDRESS_PLAN, connector_ranges_are_disjoint
from settings.claims import claims, owners
from settings.created import Cluster, Connector
from settings.environment import Settings
from settings.errors import SettingError
from settings.existing_rules import EXISTING_RULES
from settings.model import Service


def check(settings: Settings) -> Iterator[SettingError]:
    """Yield the errors that involve more than one value of one file."""
    for rule in CHECKS:
        yield from rule(settings)


def _cluster_is_in_the_region(settings: Settings) -> Iterator[SettingError]:
    location, region = settings.cluster_location, settings.region
    if location != region and location[:-2] != region:
        yield SettingError(
            key="cluster.location",
            value=location,
            rule=f"must be the region {region}, where the node subnet is, or a zone of it",
            hint=f'write "{region}", or a zone such as "{region}-a"',
        )


def _connector_instances(settings: Settings) -> Iterator[SettingError]:
    if not isinstance(settings.connector, Connector):
        return
    low, high = settings.connector.min_instances, settings.connector.max_instances
    given = {"min_instances": low, "max_instances": high}
    yield from _rejected("connector", given, partial(rules.connector_instances, low, high))


def _node_bounds(settings: Settings) -> Iterator[SettingError]:
    if not isinstance(settings.cluster, Cluster):
        return
    low, high = settings.cluster.min_nodes, settings.cluster.max_nodes
    zones = rules.boot_zones(settings.cluster_location)
    given = {"min_nodes": low, "max_nodes": high}
    yield from _rejected("cluster", given, partial(rules.node_bounds, low, high, zones))


def _boot_disk(settings: Settings) -> Iterator[SettingError]:
    if not isinstance(settings.cluster, Cluster):
        return
    machine, disk = settings.cluster.machine_type, settings.cluster.disk_type
    yield from _rejected("cluster.disk_type", disk, partial(machines.boot_disk, machine, disk))


def _maintenance_window(settings: Settings) -> Iterator[SettingError]:
    if not isinstance(settings.cluster, Cluster):
        return
    window = settings.cluster.maintenance_window
    days, hours = set(window.days), window.hours
    yield from _rejected(
        "cluster.maintenance_window",
        {"days": window.days, "hours": hours},
        partial(rules.maintenance_window, len(days), hours),
    )


def _authorized_networks(settings: Settings) -> Iterator[SettingError]:
    if not isinstance(settings.cluster, Cluster):
        return
    access, networks = settings.cluster.control_plane, settings.cluster.authorized_networks
    yield from _rejected(
        "cluster.authorized_networks",
        networks,
        partial(rules.authorized_networks, access, networks),
    )


def _fixed_addresses(settings: Settings) -> Iterator[SettingError]:
    for index, service in enumerate(settings.services):
        nodes = settings.network.nodes
        if (address := service.address) is not None:
            rule = (
                partial(rules.private_address, address)
                if nodes is None
                else partial(rules.address_in, address, nodes)
            )
            yield from _rejected(f"services[{index}].address", address, rule)


def _services_are_distinct(settings: Settings) -> Iterator[SettingError]:
    yield from _distinct(settings, "host", lambda service: service.host)
    yield from _distinct(settings, "address", lambda service: service.address)
    yield from _distinct(settings, "name", lambda service: service.key)


def _renames_are_consistent(settings: Settings) -> Iterator[SettingError]:
    yield from _distinct(settings, "was", lambda service: service.was)
    keys = [service.key for service in settings.services]
    for index, service in enumerate(settings.services):
        if service.was in keys:
            yield SettingError(
                key=f"services[{index}].was",
                value=service.was,
                rule=f"is the name of services[{keys.index(service.was)}], which still exists",
                hint="write the previous name of this service, or remove `was`",
            )


def _names_fit(settings: Settings) -> Iterator[SettingError]:
    for index, service in enumerate(settings.services):
        longest = settings.name(f"egress-{service.key}")
        if len(longest) > 63:
            yield SettingError(
                key=f"services[{index}].name",
                value=service.name,
                rule=f"makes the firewall rule name {longest} longer than 63 characters",
                hint=f"shorten it or {settings.prefix_changed_by} by {len(longest) - 63}",
            )


def _services_are_not_reserved(settings: Settings) -> Iterator[SettingError]:
    for index, service in enumerate(settings.services):
        rule = partial(names.service, service.name, service.namespace)
        yield from _rejected(f"services[{index}].name", service.name, rule)


def _hosts_are_relative(settings: Settings) -> Iterator[SettingError]:
    zone = settings.dns.zone
    for index, service in enumerate(settings.services):
        if f".{service.host}".endswith(f".{zone}"):
            relative = service.host.removesuffix(zone).removesuffix(".")
            yield SettingError(
                key=f"services[{index}].host",
                value=service.host,
                rule=f"must be relative to the zone: callers would use {service.host}.{zone}",
                hint=f'write "{relative}"' if relative else "for example my",
            )


def _hosts_fit(settings: Settings) -> Iterator[SettingError]:
    for index, service in enumerate(settings.services):
        whole = f"{service.host}.{settings.dns.zone}"
        yield from _rejected(f"services[{index}].host", whole, partial(names.dns_name, whole))


def _ports_are_distinct(settings: Settings) -> Iterator[SettingError]:
    for index, service in enumerate(settings.services):
        key = f"services[{index}].ports"
        unique: Sequence[Sequence[object]] = (
            [port.port for port in service.ports],
            [port.name for port in service.ports],
        )
        for given in unique:
            duplicates = sorted({str(value) for value in given if given.count(value) > 1})
            if duplicates:
                yield SettingError(
                    key=key,
                    value=given,
                    rule="must not repeat a port number or a port name",
                    hint=f"change or remove {', '.join(duplicates)}",
                )
        protocols = sorted({port.protocol for port in service.ports})
        if len(protocols) > 1:
            yield SettingError(
                key=key,
                value=protocols,
                rule="must all have the same protocol: a load balancer has only one",
                hint="write one service per protocol",
            )


CHECKS: Final[Sequence[Callable[[Settings], Iterator[SettingError]]]] = (
    *ADDRESS_PLAN,
    *EXISTING_RULES,
    _cluster_is_in_the_region,
    _connector_instances,
    _node_bounds,
    _boot_disk,
    _maintenance_window,
    _authorized_networks,
    _fixed_addresses,
    _services_are_distinct,
    _renames_are_consistent,
    _names_fit,
    _services_are_not_reserved,
    _hosts_are_relative,
    _hosts_fit,
    _ports_are_distinct,
)


def check_together(environments: Mapping[Path, Settings]) -> Iterator[tuple[Path, SettingError]]:
    """Yield the errors that involve more than one file."""
    yield from _names_are_taken_once(environments)
    yield from connector_ranges_are_disjoint(environments)
    yield from _app_engine_has_one_location(environments)
    files = {settings.environment: path for path, settings in environments.items()}
    for short, long in combinations(sorted(files), 2):
        if long.startswith(f"{short}-"):
            yield (
                files[long],
                SettingError(
                    value=files[long].name,
                    rule=f"must not start with {short}-: cdktf deploy '{short}-*' would match both",
                    hint="rename one of the two files",
                ),
            )


def _names_are_taken_once(
    environments: Mapping[Path, Settings],
) -> Iterator[tuple[Path, SettingError]]:
    owner_of = owners(environments)
    for path, settings in environments.items():
        reported: set[str] = set()
        for claim in claims(settings):
            owner = owner_of[claim.identity]
            # What is in a taken name is taken too: report one error per setting.
            if owner != path and reported.isdisjoint({claim.key, claim.within}):
                reported.add(claim.key)
                error = SettingError(
                    key=claim.key,
                    value=claim.name,
                    rule=f"is already used for {claim.kind} in {' / '.join(claim.scope)}"
                    f" by {owner}",
                    hint=claim.hint,
                )
                yield path, error


def _app_engine_has_one_location(
    environments: Mapping[Path, Settings],
) -> Iterator[tuple[Path, SettingError]]:
    """A project has one App Engine app, whose location never changes.

    See https://cloud.google.com/appengine/docs/standard/locations.
    """
    first: dict[str, tuple[Path, str]] = {}
    for path, settings in environments.items():
        location = settings.app_engine.location
        other, known = first.setdefault(settings.project, (path, location))
        if location != known:
            error = SettingError(
                key="app_engine.location",
                value=location,
                rule=f'must be "{known}" as in {other}: a project has one App Engine app',
                hint="see `gcloud app describe`, or choose another project",
            )
            yield path, error


def _distinct(
    settings: Settings, key: str, value_of: Callable[[Service], object]
) -> Iterator[SettingError]:
    seen: dict[object, int] = {}
    for index, service in enumerate(settings.services):
        value = value_of(service)
        first = seen.setdefault(value, index)
        if value is not None and first != index:
            yield SettingError(
                key=f"services[{index}].{key}",
                value=value,
                rule=f"is already used by services[{first}]",
                hint="choose another value",
            )


def _rejected(key: str, value: object, rule: Callable[[], object]) -> Iterator[SettingError]:
    try:
        rule()
    except InvalidValueError as error:
        yield SettingError(key=key, value=value, rule=error.rule, hint=error.hint)
