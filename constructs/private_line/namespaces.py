"""The namespaces of a cluster for Services and their pods."""

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
"""For pods that stop slowly, and for network endpoint groups that GKE deletes first."""


@dataclass(frozen=True, kw_only=True)
class NamespacesProps:
    """Properties of the namespaces.

    Attributes:
        names: the namespaces to create, none that Kubernetes or GKE creates.
        deletion_protection: whether a plan that destroys a namespace fails, also after you removed
            it from `names`: all objects in it would be deleted. Default: it fails.

    Raises:
        InvalidValueError: a name is invalid or reserved.
    """

    names: Sequence[str]
    deletion_protection: bool = choices.DELETION_PROTECTION

    def __post_init__(self) -> None:
        """Validate the props."""
        for name in self.names:
            names.namespace(name)


class Namespaces(Construct):
    """The namespaces, as instances of one resource.

    Terraform applies `prevent_destroy` to an instance that is removed from `for_each`, but not to a
    resource that is removed from the configuration. So the resource exists even without names.

    Changes of labels and annotations are ignored, so other tools can set them, for example for Pod
    Security or a service mesh.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: NamespacesProps) -> None:
        """Create the namespaces."""
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
        """For `depends_on` of Services: created after all namespaces, and destroyed before them."""
        return self._namespaces
