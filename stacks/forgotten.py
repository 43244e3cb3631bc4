"""What a stack no longer manages once a section has `existing = true`.

Without these addresses, the next deploy would destroy what the stacks once created. A `removed`
block lets Terraform forget it instead, and has no effect if the state does not contain it:
https://developer.hashicorp.com/terraform/language/block/removed.

Not listed, so destroyed: the deny rules of a connector, which are this project's own;
`google_project_service`, whose destroy leaves the API enabled (`disable_on_destroy = false`); and
`terraform_data`, which is nothing in Google Cloud.
"""

from typing import Final

NETWORK: Final = (
    "google_compute_network.network",
    "google_compute_router.network_router_B15B771C",
    "google_compute_router_nat.network_nat_B2CD8D5F",
    "google_compute_subnetwork.network_nodes_63EB1868",
)

CONNECTOR_SUBNET: Final = ("google_compute_subnetwork.connector_subnet_B2338848",)

CONNECTOR: Final = ("google_vpc_access_connector.connector", *CONNECTOR_SUBNET)

CLUSTER: Final = (
    "google_container_cluster.cluster",
    "google_container_node_pool.node-pool",
    "google_project_iam_member.node-account_images_F112E639",
    "google_project_iam_member.node-account_node_5C288078",
    "google_service_account.node-account",
)

ZONE: Final = ("google_dns_managed_zone.zone",)
