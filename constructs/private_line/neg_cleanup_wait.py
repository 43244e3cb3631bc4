"""Waits on destroy until GKE has deleted the load balancers' network endpoint groups (NEGs)."""

from typing import Final

from cdktf import DataResource, ITerraformDependable, LocalExecProvisioner
from constructs import Construct

NEG_CLEANUP_SECONDS: Final = 180
"""GKE deletes a Service's NEGs up to 120 seconds after the Service, if the cluster still exists."""


class NegCleanupWait(Construct):
    """Waits for 180 seconds on destroy, after all Services that depend on it are deleted.

    Without the wait, the cluster can be destroyed before it deletes the NEGs, which then keep the
    VPC from being deleted. One wait serves all Services of a cluster. Removing a single Service
    does not wait, because the cluster continues to exist.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Create the wait, which runs `sleep` on the machine that runs Terraform."""
        super().__init__(scope, construct_id)
        self._wait = DataResource(
            self,
            "Default",
            provisioners=[
                LocalExecProvisioner(
                    type="local-exec", when="destroy", command=f"sleep {NEG_CLEANUP_SECONDS}"
                )
            ],
        )

    @property
    def dependable(self) -> ITerraformDependable:
        """For the Services' `depends_on`, so that Terraform destroys the wait after them."""
        return self._wait
