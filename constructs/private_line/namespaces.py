"""The namespaces of a cluster that Services, and the pods behind them, live in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cdktf import ITerraformDependable, TerraformIterator, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_kubernetes.namespace_v1 import (
    NamespaceV1,
    NamespaceV1Metadata,
    NamespaceV1Timeouts,
)
from constructs import Construct

from private_line import choices, names

_DELETE_TIMEOUT: Final = "15m"
"""Pods may end slowly, and GKE collects a load balancer's NEGs before their namespace is gone."""


@dataclass(frozen=True, kw_only=True)
class NamespacesProps:
    """Namespaces to make.

    Attributes:
        names: their names; none is Kubernetes' or GKE's own.
        deletion_protection: rejects, while planning, what would destroy one, also once it is no
            longer in `names`: everything in it would go, whoever made it.

    Raises:
        InvalidValueError: a name breaks its rule.
    """

    names: Sequence[str]
    deletion_protection: bool = choices.DELETION_PROTECTION

    def __post_init__(self) -> None:
        """Reject what Kubernetes would reject, and what exists without us."""
        for name in self.names:
            names.namespace(name)


class Namespaces(Construct):
    """The namespaces, as instances of one resource.

    Terraform heeds `prevent_destroy` for an instance that leaves `for_each`, but not for a resource
    that leaves the configuration; so the resource is always there, even without a name. Labels
    and annotations belong to whoever deploys there: Pod Security, a service mesh.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: NamespacesProps) -> None:
        """Make the resource."""
        super().__init__(scope, construct_id)
        each = TerraformIterator.from_list(list(props.names))
        self._namespaces = NamespaceV1(
            self,
            "Default",
            for_each=each,
            metadata=NamespaceV1Metadata(name=Token.as_string(each.value)),
            timeouts=NamespaceV1Timeouts(delete=_DELETE_TIMEOUT),
            lifecycle=TerraformResourceLifecycle(
                prevent_destroy=props.deletion_protection,
                ignore_changes=["metadata[0].annotations", "metadata[0].labels"],
            ),
        )

    @property
    def dependable(self) -> ITerraformDependable:
        """What Services list in `depends_on`, to come after all namespaces and go before them."""
        return self._namespaces
