"""A request to plan, deploy or destroy, checked before anything runs."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from settings.environment import Settings
from settings.existing import ExistingConnector
from settings.load import load
from settings.stack_names import PARTS

_IDENTITIES: Final[Mapping[str, Callable[[Settings], tuple[str, ...]]]] = {
    "network": lambda settings: (settings.project, settings.network.name),
    "connector": lambda settings: (
        settings.project,
        settings.connector_region,
        settings.connector.name,
    ),
    "dns": lambda settings: (settings.project, settings.zone_name),
}
"""What two environments that share a part have in common."""

_CONSUMERS: Final = {
    "network": ["connector", "cluster", "service", "dns"],
    "connector": ["service", "dns"],
    "cluster": ["service", "dns"],
    "service": ["dns"],
    "dns": [],
}
"""The parts that depend on each part, in the order of a deploy."""


class BadRequestError(Exception):
    """An invalid request; the text says how to correct it."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request for one or all stacks of an environment.

    Attributes:
        verb: `plan`, `deploy` or `destroy`.
        settings: the environment's settings.
        parts: the parts of the stacks, such as `network`, in the order of a deploy.
        neighbors: the settings of the other environments.
    """

    verb: str
    settings: Settings
    parts: Sequence[str]
    neighbors: Sequence[Settings] = ()

    @classmethod
    def of(cls, verb: str, environment: str, part: str) -> "Request":
        """Check a request against the settings in `environments/`.

        Args:
            verb: `plan`, `deploy` or `destroy`.
            environment: the environment's name.
            part: the part of the only stack; empty for all of them.

        Raises:
            BadRequestError: the environment or stack is unknown, or the settings protect it.
            InvalidSettingsError: the settings are invalid.
        """
        known = {settings.environment: settings for settings in load(Path("environments"))}
        names = ", ".join(known)
        if not environment:
            raise BadRequestError(
                f"ENV is missing: make {verb} ENV=NAME; environments/ has {names}"
            )
        if environment not in known:
            raise BadRequestError(f"no environment named {environment}: environments/ has {names}")
        if part and part not in PARTS:
            raise BadRequestError(f"no stack named {part}: STACK is one of {', '.join(PARTS)}")
        if verb == "plan" and not part:
            raise BadRequestError(
                f"make plan needs one stack: STACK={'|'.join(PARTS)}."
                f" To plan all stacks: make synth, then make review ARGS={environment}"
            )
        request = cls(
            verb=verb,
            settings=known.pop(environment),
            parts=[part] if part else PARTS,
            neighbors=[*known.values()],
        )
        request._check_protection()
        return request

    def _check_protection(self) -> None:
        protected = {"network", "cluster"} - self.settings.existing_parts
        if self.settings.cluster.namespaces:
            protected.add("service")
        rejected = [part for part in self.parts if part in protected]
        if self.verb == "destroy" and rejected and self.settings.cluster.deletion_protection:
            name = self.settings.environment
            raise BadRequestError(
                f"environments/{name}.toml has deletion_protection = true, which protects"
                f" {' and '.join(rejected)}: set it to false, run make deploy ENV={name}, then"
                " destroy"
            )

    @property
    def stacks(self) -> list[str]:
        """The names of the stacks."""
        return [self.settings.stack(part) for part in self.parts]

    @property
    def others(self) -> list[str]:
        """The names of the environment's other stacks."""
        return [self.settings.stack(part) for part in PARTS if part not in self.parts]

    @property
    def consumers(self) -> list[str]:
        """The names of the stacks that depend on the requested one, in the order of a destroy."""
        (part,) = self.parts
        return [self.settings.stack(consumer) for consumer in reversed(_CONSUMERS[part])]

    @property
    def destroyed(self) -> str:
        """What a destroy destroys, for messages."""
        settings = self.settings
        apis = ", ".join(service.key for service in settings.services)
        created = {
            "network": f"the VPC {settings.network.name}" + self._also_for("network"),
            "connector": f"the connector {settings.connector.name}" + self._also_for("connector"),
            "cluster": f"the cluster {settings.cluster.name} and everything that runs in it"
            + self._also_services_of(None),
            "dns": f"the zone {settings.dns.zone}" + self._also_for("dns"),
        }
        beside = {
            "service": f"the load balancers and addresses of {apis}",
            "dns": f"the records of {apis} in the zone {settings.dns.zone}",
        }
        if namespaces := settings.cluster.namespaces:
            beside["service"] += (
                f"; the namespaces {', '.join(namespaces)} with everything in them"
                + self._also_services_of(namespaces)
            )
        if isinstance(settings.connector, ExistingConnector) and settings.connector.deny_rules:
            beside["connector"] = f"the deny rules of the connector {settings.connector.name}"
        for part in settings.existing_parts:
            del created[part]
        resources = {**beside, **created}
        destroyed = [resources[part] for part in reversed(self.parts) if part in resources]
        return "; ".join(destroyed) or "nothing"

    def _also_for(self, part: str) -> str:
        """A remark on other environments that read what this one created; empty without any."""
        identity = _IDENTITIES[part]
        names = [
            neighbor.environment
            for neighbor in self.neighbors
            if part in neighbor.existing_parts and identity(neighbor) == identity(self.settings)
        ]
        return f", also for {' and '.join(names)}" if names else ""

    def _also_services_of(self, namespaces: Collection[str] | None) -> str:
        """A remark on other environments with Services in the same cluster; empty without any.

        Args:
            namespaces: the namespaces that count; None for all.
        """
        names = [
            neighbor.environment
            for neighbor in self.neighbors
            if neighbor.cluster_id == self.settings.cluster_id
            and any(
                namespaces is None or service.namespace in namespaces
                for service in neighbor.services
            )
        ]
        return f", also the Services of {' and '.join(names)}" if names else ""
