"""The pause after the last Service, in which Google collects what load balancers leave."""

from typing import Final

from cdktf import DataResource, ITerraformDependable, LocalExecProvisioner
from constructs import Construct

NEG_COLLECTION_SECONDS: Final = 180
"""GKE collects a Service's NEGs up to 120 s after its delete; without a cluster nobody does."""


class NegCollection(Construct):
    """Waits on destroy, after all Services that depend on it are gone.

    One for all Services of a cluster: a Service that leaves alone waits for nobody, since the
    cluster stays and collects.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Make the wait; it needs a `sleep` on the machine that runs Terraform."""
        super().__init__(scope, construct_id)
        self._wait = DataResource(
            self,
            "Default",
            provisioners=[
                LocalExecProvisioner(
                    type="local-exec", when="destroy", command=f"sleep {NEG_COLLECTION_SECONDS}"
                )
            ],
        )

    @property
    def dependable(self) -> ITerraformDependable:
        """What the Services depend on."""
        return self._wait
