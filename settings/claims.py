"""The names that an environment takes, of which another environment cannot take one.

Names are joined from parts, so equal names can come from different parts: `private` with `eu-myapi`
and `private-eu` with `myapi` make the same name of an address. So whole names are compared. The
names that are not here are joined from the prefix and one word without a hyphen: they are distinct
if the prefixes are. Several environments can use what exists, such as one cluster, but not the same
name in it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from settings.created import Cluster, Connector, Network
from settings.environment import Settings
from settings.existing import ExistingConnector
from settings.stack_names import PARTS
from settings.state import CloudState


class Claim(NamedTuple):
    """A name that an environment takes.

    Attributes:
        key: the setting that makes the name.
        kind: what has the name, such as `a firewall rule`.
        scope: where the name is unique, such as a project.
        name: the name.
        hint: what to write instead.
        within: the setting whose own claim covers this one, such as the prefix for a name that
            starts with it. Default: none.
        reads: for each of what contains the name, from the outside in, whether the environment
            reads it instead of creating it.
    """

    key: str
    kind: str
    scope: tuple[str, ...]
    name: str
    hint: str
    within: str = ""
    reads: tuple[bool, ...] = (False,)

    @property
    def identity(self) -> tuple[str, ...]:
        """What two environments cannot share.

        Names that differ only in case count as equal: no page says that HCP Terraform
        distinguishes them.
        """
        return tuple(part.casefold() for part in (self.kind, *self.scope, self.name))


def owners(environments: Mapping[Path, Settings]) -> Mapping[tuple[str, ...], Path]:
    """The file that keeps each name: of two files, the one that creates what contains the name.

    The other file can change. A change in the first one would replace what others already use.
    """
    found: dict[tuple[str, ...], Path] = {}
    taken = [(claim, path) for path, settings in environments.items() for claim in claims(settings)]
    for claim, path in sorted(taken, key=lambda taken: taken[0].reads):
        found.setdefault(claim.identity, path)
    return found


def claims(settings: Settings) -> Iterator[Claim]:
    """Yield the names that an environment takes; a name that others contain comes first."""
    if isinstance(settings.network, Network):
        scope, hint = (settings.project,), "choose another name, or another project"
        yield Claim("network.name", "a VPC", scope, settings.network.name, hint)
    yield from _in_the_network(settings)
    yield from _in_the_cluster(settings)
    yield from _records(settings)
    if isinstance(settings.state, CloudState):
        yield from _workspaces(settings, settings.state)


def _in_the_network(settings: Settings) -> Iterator[Claim]:
    reads = (settings.network.existing,)
    for claim in (
        _prefix(settings),
        *_connector(settings),
        *_cluster(settings),
        *_firewall_rules(settings),
        *_addresses(settings),
    ):
        yield claim._replace(reads=reads)


def _prefix(settings: Settings) -> Claim:
    key, scope = settings.prefix_given_by, (settings.project,)
    kind = "the prefix of resource names"
    return Claim(key, kind, scope, settings.prefix, _another_prefix(settings))


def _another_prefix(settings: Settings) -> str:
    if isinstance(settings.network, Network):
        return "choose another name, or another project"
    # The name of a file is no other file's, and is a valid prefix if it is short enough.
    example = settings.environment[:24].rstrip("-")
    return f'write another prefix, for example prefix = "{example}"'


def _another_name(settings: Settings, part: str) -> str:
    """The hint for what only one environment creates, and others in an existing network share."""
    if settings.network.existing:
        return f"choose another name, or share the {part}: existing = true in [{part}]"
    return "choose another name, or another project"


def _connector(settings: Settings) -> Iterator[Claim]:
    """The connector, and the subnet that it has for itself."""
    if isinstance(settings.connector, Connector):
        scope, name = (settings.project, settings.connector_region), settings.connector.name
        yield Claim(
            "connector.name", "a connector", scope, name, _another_name(settings, "connector")
        )
        if settings.existing_connector_subnet is not None:
            yield Claim(
                "network.connector_subnet",
                "the subnet of a connector",
                scope,
                settings.existing_connector_subnet,
                "name another subnet, or share the connector: existing = true in [connector]",
            )


def _cluster(settings: Settings) -> Iterator[Claim]:
    if isinstance(settings.cluster, Cluster):
        scope, name = (settings.project, settings.cluster_location), settings.cluster.name
        yield Claim("cluster.name", "a cluster", scope, name, _another_name(settings, "cluster"))


def _firewall_rules(settings: Settings) -> Iterator[Claim]:
    """The names of all firewall rules; the constructs add the suffixes to the prefix."""
    prefix = settings.prefix_given_by, _another_prefix(settings)
    parts = []
    if not isinstance(settings.connector, ExistingConnector) or settings.connector.deny_rules:
        parts += [(*prefix, "deny-connector"), (*prefix, "deny-connector-egress")]
    if settings.connector.extra_destinations:
        key, hint = "connector.extra_destinations", _another_prefix(settings)
        parts += [(key, hint, "extra-destinations"), (key, hint, "extra-destinations-egress")]
    for index, service in enumerate(settings.services):
        parts += [
            (f"services[{index}].name", "choose another name", f"{direction}-{service.key}")
            for direction in ("allow", "egress")
        ]
    for key, hint, part in parts:
        scope, name = (settings.project,), settings.name(part)
        yield Claim(key, "a firewall rule", scope, name, hint, settings.prefix_given_by)


def _addresses(settings: Settings) -> Iterator[Claim]:
    region = (settings.project, settings.region)
    network = (settings.project, settings.network.name)
    for index, service in enumerate(settings.services):
        key, name, hint = f"services[{index}]", settings.name(service.key), "choose another name"
        within = settings.prefix_given_by
        yield Claim(f"{key}.name", "an address", region, name, hint, within)
        if service.address is not None:
            fixed, hint = str(service.address), "choose another address"
            # A network that the environment creates is its own.
            within = "" if settings.network.existing else "network.name"
            yield Claim(f"{key}.address", "a fixed address", network, fixed, hint, within)


def _in_the_cluster(settings: Settings) -> Iterator[Claim]:
    reads = (settings.network.existing, settings.cluster.existing)
    within = "" if settings.cluster.existing else "cluster.name"
    for index, namespace in enumerate(settings.cluster.namespaces):
        yield Claim(
            f"cluster.namespaces[{index}]",
            "a namespace",
            settings.cluster_id,
            namespace,
            "list it in one file only: a Service can use it without an entry",
            within,
            reads,
        )
    for index, service in enumerate(settings.services):
        yield Claim(
            f"services[{index}].name",
            "a Service",
            (*settings.cluster_id, service.namespace),
            service.name,
            "choose another name or namespace",
            within,
            reads,
        )


def _records(settings: Settings) -> Iterator[Claim]:
    """The names in the zone, which exists for another environment if this one creates it."""
    reads = (settings.network.existing, settings.dns.existing)
    within = "" if settings.dns.existing else settings.prefix_given_by
    scope = (settings.project, settings.zone_name)
    for index, service in enumerate(settings.services):
        key, name = f"services[{index}].host", f"{service.host}.{settings.dns.zone}"
        yield Claim(key, "a record", scope, name, "choose another host", within, reads)


def _workspaces(settings: Settings, state: CloudState) -> Iterator[Claim]:
    """The workspaces of the stacks.

    A workspace's name is unique in its organization:
    https://developer.hashicorp.com/terraform/cloud-docs/workspaces/create.
    """
    scope = (state.hostname, state.organization)
    for part in PARTS:
        name = state.workspace_prefix + settings.stack(part)
        hint = "choose another prefix, or another organization"
        yield Claim("state.workspace_prefix", "a workspace", scope, name, hint)
