"""The settings of one environment, and the resource names derived from them."""

from collections.abc import Mapping

from private_line import names
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

    def stack(self, part: str) -> str:
        """The name of a stack of this environment."""
        return stack_name(self.environment, part)

    def name(self, part: str) -> str:
        """The name of a resource: the network's name and a suffix, such as `private-nodes`.

        Args:
            part: the suffix, such as `nodes`.
        """
        return f"{self.network.name}-{part}"

    @property
    def node_tag(self) -> str:
        """The network tag of the nodes, for the firewall rules of the connector."""
        return self.name("node")

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
    def cluster_location(self) -> str:
        """The cluster's region or zone."""
        return self.cluster.location or self.region
