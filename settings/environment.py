"""The settings of one environment: its file, its name, and every name made from them."""

from collections.abc import Mapping

from private_line import names
from settings.model import Service, SettingsFile
from settings.stack_names import stack_name


class Settings(SettingsFile):
    """One environment, frozen and checked value by value."""

    environment: str

    @classmethod
    def of(cls, table: Mapping[str, object], environment: str) -> "Settings":
        """Check every value of one file.

        Args:
            table: what the file holds.
            environment: the environment's name.

        Raises:
            pydantic.ValidationError: it holds wrong values; `settings.explain` says which.
        """
        return cls(**dict(SettingsFile.model_validate(table)), environment=environment)

    def stack(self, part: str) -> str:
        """The name of a stack of this environment."""
        return stack_name(self.environment, part)

    def name(self, part: str) -> str:
        """Makes a resource name from a part: `nodes` becomes `private-nodes`."""
        return f"{self.network.name}-{part}"

    @property
    def node_tag(self) -> str:
        """The network tag of the nodes, at which the connector's firewall aims."""
        return self.name("node")

    @property
    def connector_region(self) -> str:
        """The region of App Engine's location; two locations are older than their regions."""
        return names.APP_ENGINE_REGIONS.get(self.app_engine.location, self.app_engine.location)

    def url(self, service: Service) -> str:
        """What callers write: the first port of a service under its name in the zone."""
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
