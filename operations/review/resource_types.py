"""Terraform's names of the resource types on the path of a call."""

from typing import Final

NETWORK: Final = "google_compute_network"
SUBNET: Final = "google_compute_subnetwork"
ADDRESS: Final = "google_compute_address"
FIREWALL: Final = "google_compute_firewall"
CONNECTOR: Final = "google_vpc_access_connector"
CLUSTER: Final = "google_container_cluster"
NODE_POOL: Final = "google_container_node_pool"
NAMESPACE: Final = "kubernetes_namespace_v1"
SERVICE: Final = "kubernetes_service_v1"
ZONE: Final = "google_dns_managed_zone"
RECORD: Final = "google_dns_record_set"

NOUNS: Final = {
    NETWORK: "VPC",
    SUBNET: "subnet",
    CONNECTOR: "connector",
    CLUSTER: "cluster",
    NODE_POOL: "node pool",
    NAMESPACE: "namespace",
    ZONE: "zone",
}
"""What people call them."""
