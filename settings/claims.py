"""The names that an environment takes, of which another environment cannot take one.

Names are joined from parts, so equal names can come from different parts: `private` with `eu-myapi`
and `private-eu` with `myapi` make the same name of an address. So whole names are compared. The
names that are not here are joined from the prefix and one word without a hyphen: they are distinct
if the prefixes are. Several environments can use what exists, such as one cluster, but not the same
name in it.
"""

from collections.abc import Iterator
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
        within: the setting whose own claim covers this one, such as the prefix for a name that
            starts with it. Default: none.
        hint: what to write instead.
    """

    key: str
    kind: str
    scope: tuple[str, ...]
    name: str
    within: str = ""
    hint: str = "choose another name, or another project or organization"

    @property
    def identity(self) -> tuple[str, ...]:
        """What two environments cannot share.

        Names that differ only in case count as equal: no page says that HCP Terraform
        distinguishes them.
        """
        return tuple(part.casefold() for part in (self.kind, *self.scope, self.name))


def claims(settings: Settings) -> Iterator[Claim]:
    """Yield the names that an environment takes; a name that others contain comes first."""
    project = (settings.project,)
    if isinstance(settings.network, Network):
        yield Claim("network.name", "a VPC", project, settings.network.name)
    yield _prefix(settings)
    yield from _connector(settings)
    if isinstance(settings.cluster, Cluster):
        scope = (*project, settings.cluster_location)
        yield Claim("cluster.name", "a cluster", scope, settings.cluster.name)
    yield from _firewall_rules(settings)
    for index, service in enumerate(settings.services):
        scope, name = (*project, settings.region), settings.name(service.key)
        yield Claim(f"services[{index}].name", "an address", scope, name, settings.prefix_key)
    yield from _fixed_addresses(settings)
    yield from _in_the_cluster(settings)
    yield from _records(settings)
    if isinstance(settings.state, CloudState):
        yield from _workspaces(settings, settings.state)


def _prefix(settings: Settings) -> Claim:
    claim = Claim(
        settings.prefix_key, "the prefix of resource names", (settings.project,), settings.prefix
    )
    if isinstance(settings.network, Network):
        return claim
    return claim._replace(hint='write another prefix, for example prefix = "line"')


def _connector(settings: Settings) -> Iterator[Claim]:
    """The connector, and the subnet that it has for itself."""
    if isinstance(settings.connector, Connector):
        scope = (settings.project, settings.connector_region)
        yield Claim("connector.name", "a connector", scope, settings.connector.name)
        if settings.existing_connector_subnet is not None:
            yield Claim(
                "network.connector_subnet",
                "the subnet of a connector",
                scope,
                settings.existing_connector_subnet,
                hint="name another subnet, or share the connector: existing = true in [connector]",
            )


def _fixed_addresses(settings: Settings) -> Iterator[Claim]:
    scope = (settings.project, settings.network.name)
    for index, service in enumerate(settings.services):
        if service.address is not None:
            yield Claim(
                f"services[{index}].address",
                "a fixed address",
                scope,
                str(service.address),
                # The network of its own.
                within="" if settings.network.existing else "network.name",
                hint="choose another address",
            )


def _in_the_cluster(settings: Settings) -> Iterator[Claim]:
    cluster = (settings.project, settings.cluster_location, settings.cluster.name)
    within = "" if settings.cluster.existing else "cluster.name"
    for index, namespace in enumerate(settings.cluster.namespaces):
        yield Claim(f"cluster.namespaces[{index}]", "a namespace", cluster, namespace, within)
    for index, service in enumerate(settings.services):
        scope = (*cluster, service.namespace)
        yield Claim(f"services[{index}].name", "a Service", scope, service.name, within)


def _records(settings: Settings) -> Iterator[Claim]:
    """The names in the zone, which exists for another environment if this one creates it."""
    within = "" if settings.dns.existing else settings.prefix_key
    for index, service in enumerate(settings.services):
        scope = (settings.project, settings.zone_name)
        name = f"{service.host}.{settings.dns.zone}"
        yield Claim(
            f"services[{index}].host", "a record", scope, name, within, "choose another host"
        )


def _firewall_rules(settings: Settings) -> Iterator[Claim]:
    """The names of all firewall rules; the constructs add the suffixes to the prefix."""
    parts = []
    if not isinstance(settings.connector, ExistingConnector) or settings.connector.deny_rules:
        key = settings.prefix_key
        parts += [(key, "deny-connector"), (key, "deny-connector-egress")]
    if settings.connector.extra_destinations:
        parts += [
            ("connector.extra_destinations", "extra-destinations"),
            ("connector.extra_destinations", "extra-destinations-egress"),
        ]
    for index, service in enumerate(settings.services):
        parts += [
            (f"services[{index}].name", f"{direction}-{service.key}")
            for direction in ("allow", "egress")
        ]
    for key, part in parts:
        scope, name = (settings.project,), settings.name(part)
        yield Claim(key, "a firewall rule", scope, name, settings.prefix_key)


def _workspaces(settings: Settings, state: CloudState) -> Iterator[Claim]:
    """The workspaces of the stacks.

    A workspace's name is unique in its organization:
    https://developer.hashicorp.com/terraform/cloud-docs/workspaces/create.
    """
    for part in PARTS:
        scope = (state.hostname, state.organization)
        name = state.workspace_prefix + settings.stack(part)
        yield Claim("state.workspace_prefix", "a workspace", scope, name)
