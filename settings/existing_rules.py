"""Rules for what exists already: which settings need each other, or exclude each other."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from private_line.errors import InvalidValueError
from settings import fields
from settings.created import Cluster, Connector
from settings.environment import Settings
from settings.errors import SettingError
from settings.existing import EXISTING, ExistingConnector, ExistingNetwork
from settings.stack_names import PARTS


def _what_exists_is_in_an_existing_network(settings: Settings) -> Iterator[SettingError]:
    if "network" in settings.existing_parts:
        return
    for part in PARTS:
        if part in settings.existing_parts:
            yield SettingError(
                key=f"{part}.{EXISTING}",
                value=True,
                rule="needs network.existing = true: it belongs to a network that exists",
                hint="describe that network in [network], with existing = true",
            )


def _prefix_fits(settings: Settings) -> Iterator[SettingError]:
    network = settings.network
    if isinstance(network, ExistingNetwork) and network.prefix is None:
        try:
            fields.network_name(network.name)
        except InvalidValueError as error:
            yield SettingError(
                key="network.name",
                value=network.name,
                rule=f"as a prefix of resource names {error.rule}",
                hint='write a shorter one beside it, for example prefix = "line"',
            )


def _secondary_ranges(settings: Settings) -> Iterator[SettingError]:
    network = settings.network
    if not isinstance(network, ExistingNetwork):
        return
    parts = {
        "pods": (network.pods_range, network.pods),
        "services": (network.services_range, network.services),
    }
    for part, (name, given) in parts.items():
        missing = partial(
            SettingError, key=f"network.{part}_range", hint=f'for example {part}_range = "{part}"'
        )
        if name is None and isinstance(settings.cluster, Cluster):
            yield missing(rule=f"is missing: the cluster needs a secondary range for {part}")
        elif name is None and given is not None:
            yield missing(
                rule=f"is missing: it names the range that network.{part} is compared with"
            )
    if network.pods_range is not None and network.pods_range == network.services_range:
        yield SettingError(
            key="network.services_range",
            value=network.services_range,
            rule="must be another range than pods_range",
            hint="see `gcloud compute networks subnets describe`",
        )


def _connector_subnet(settings: Settings) -> Iterator[SettingError]:
    network = settings.network
    if not isinstance(network, ExistingNetwork):
        return
    subnet = network.connector_subnet
    if isinstance(settings.connector, Connector) and subnet is None and network.connector is None:
        yield SettingError(
            key="network.connector_subnet",
            rule="is missing: the connector needs a subnet, or a range to create one",
            hint='for example connector_subnet = "serverless", or connector = "10.8.0.0/28"',
        )
    if isinstance(settings.connector, ExistingConnector) and subnet is not None:
        yield SettingError(
            key="network.connector_subnet",
            value=subnet,
            rule="is not a setting with connector.existing = true: the connector has its subnet",
            hint="remove it",
        )
    if subnet is not None and subnet == network.node_subnet:
        yield SettingError(
            key="network.connector_subnet",
            value=subnet,
            rule="must be another subnet than node_subnet: only the connector can use it",
            hint="write the name of a /28 subnet that nothing uses",
        )


def _extra_destinations(settings: Settings) -> Iterator[SettingError]:
    connector = settings.connector
    if (
        isinstance(connector, ExistingConnector)
        and connector.extra_destinations
        and not connector.deny_rules
    ):
        yield SettingError(
            key="connector.extra_destinations",
            value=connector.extra_destinations,
            rule="needs deny_rules = true: without deny rules the connector reaches the whole VPC",
            hint="remove it, or write deny_rules = true if nobody else uses the connector",
        )


EXISTING_RULES: Final[Sequence[Callable[[Settings], Iterator[SettingError]]]] = (
    _what_exists_is_in_an_existing_network,
    _prefix_fits,
    _secondary_ranges,
    _connector_subnet,
    _extra_destinations,
)
