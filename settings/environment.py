"""The settings of one environment, and the resource names derived from them."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from private_line import names
from settings.created import Connector
from settings.existing import Existing, ExistingCluster, ExistingDns, ExistingNetwork
from settings.model import Service, SettingsFile
from settings.stack_names import stack_name


class Settings(SettingsFile):
    """The settings of one environment, frozen, with every value validated by itself."""

    environment: str

    @classmethod
    def of(cls, table: Mapping[str, object], environment: str) -> "Settings":
        """Check every value of one file.

        Args:
            table: the content of the file.
            environment: the name of the environment.

        Raises:
            pydantic.ValidationError: a value is invalid; `settings.explain` makes it readable.
        """
        return cls(**dict(SettingsFile.model_validate(table)), environment=environment)

    @property
    def existing_parts(self) -> frozenset[str]:
        """The parts of the stacks, such as `network`, whose section is for what exists already."""
        return frozenset(part for part, section in self if isinstance(section, Existing))

    def stack(self, part: str) -> str:
        """The name of a stack of this environment."""
        return stack_name(self.environment, part)

    def name(self, part: str) -> str:
        """The name of a resource: a prefix and a suffix, such as `private-nodes`.

        Args:
            part: the suffix, such as `nodes`.
        """
        return f"{self.prefix}-{part}"

    @property
    def prefix(self) -> str:
        """The prefix of resource names: the network's name, unless the settings have another."""
        match self.network:
            case ExistingNetwork(prefix=str(prefix)):
                return prefix
            case network:
                return network.name

    @property
    def prefix_given_by(self) -> str:
        """The setting whose value is the prefix: the key of an error in it."""
        match self.network:
            case ExistingNetwork(prefix=str()):
                return "network.prefix"
            case _:
                return "network.name"

    @property
    def prefix_changed_by(self) -> str:
        """The setting that gives another prefix and changes nothing else, for hints."""
        return "network.prefix" if isinstance(self.network, ExistingNetwork) else "network.name"

    @property
    def zone_name(self) -> str:
        """The resource name of the zone."""
        match self.dns:
            case ExistingDns(name=name):
                return name
            case _:
                return self.name("zone")

    @property
    def existing_connector_subnet(self) -> str | None:
        """The name of the existing subnet for a new connector; None: a subnet is created."""
        match self.network:
            case ExistingNetwork(connector_subnet=name):
                return name
            case _:
                return None

    @property
    def new_connector_range(self) -> IPv4Network | None:
        """The range of the subnet that is created for the connector; None: none is created."""
        is_new = isinstance(self.connector, Connector) and self.existing_connector_subnet is None
        return self.network.connector if is_new else None

    @property
    def unchecked_addresses(self) -> Mapping[str, IPv4Address]:
        """The fixed addresses, by key, if the settings do not have the range that they are in."""
        if self.network.nodes is not None:
            return {}
        return {
            f"services[{index}].address": service.address
            for index, service in enumerate(self.services)
            if service.address is not None
        }

    @property
    def node_tag(self) -> str:
        """The network tag of the nodes that the stacks create."""
        return self.name("node")

    @property
    def node_tags(self) -> Sequence[str]:
        """The network tags of the nodes, for the firewall rules; empty if they are not known."""
        match self.cluster:
            case ExistingCluster(node_tags=tags):
                return tags
            case _:
                return [self.node_tag]

    @property
    def connector_region(self) -> str:
        """The region of App Engine's location, whose ID differs for two locations."""
        return names.APP_ENGINE_REGIONS.get(self.app_engine.location, self.app_engine.location)

    def url(self, service: Service) -> str:
        """The URL that callers use: the service's name in the zone, with its first port."""
        first = service.ports[0]
        scheme = {80: "http", 443: "https"}.get(first.port) if first.protocol == "TCP" else None
        name = f"{service.host}.{self.dns.zone}"
        if scheme:
            return f"{scheme}://{name}"
        return f"{'http' if first.protocol == 'TCP' else 'udp'}://{name}:{first.port}"

    @property
    def cluster_id(self) -> tuple[str, str, str]:
        """What distinguishes the cluster from all others: project, location, and name."""
        return self.project, self.cluster_location, self.cluster.name

    @property
    def cluster_location(self) -> str:
        """The cluster's region or zone."""
        return self.cluster.location or self.region
