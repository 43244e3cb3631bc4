"""The types of single values, each with its format and its rules."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StrictInt

from private_line import limits, names, rules
from settings import fields
from settings.within import Within

Range = Annotated[IPv4Network, BeforeValidator(fields.network)]
SourceRange = Annotated[Range, AfterValidator(rules.source_range)]
SourceRanges = Annotated[tuple[SourceRange, ...], AfterValidator(rules.service_source_ranges)]
DestinationRange = Annotated[Range, AfterValidator(rules.destination_range)]
Namespace = Annotated[str, AfterValidator(names.namespace)]
DnsLabel = Annotated[str, AfterValidator(names.dns_label)]
ShortName = Annotated[str, AfterValidator(fields.short_name)]
ExistingName = Annotated[ShortName, AfterValidator(names.dns_label)]
KubernetesLabel = Annotated[str, AfterValidator(names.kubernetes_label)]
DnsName = Annotated[str, AfterValidator(names.dns_name)]
Port = Annotated[StrictInt, Within(limits.PORT)]
Nodes = Annotated[StrictInt, Within(limits.NODES)]
Labels = Annotated[Mapping[str, str], AfterValidator(rules.labels)]
NodesRange = Annotated[Range, AfterValidator(rules.nodes_range)]
PodsRange = Annotated[Range, AfterValidator(rules.subnet_range)]
ServicesRange = Annotated[Range, AfterValidator(rules.services_range)]
ConnectorRange = Annotated[Range, AfterValidator(rules.connector_range)]
ConnectorName = Annotated[str, AfterValidator(names.connector_name)]
ClusterName = Annotated[str, AfterValidator(names.cluster_name)]
ClusterLocation = Annotated[str, AfterValidator(names.cluster_location)]
