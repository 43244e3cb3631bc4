"""How a client reaches a cluster's control plane, at the endpoint that is on."""

from typing import Final

from cdktf import Fn
from cdktf_cdktf_provider_google.data_google_container_cluster import DataGoogleContainerCluster

from private_line.control_plane import ControlPlane

_CREDENTIALS_FLAG: Final = {
    ControlPlane.DNS: " --dns-endpoint",
    ControlPlane.PRIVATE: " --internal-ip",
    ControlPlane.PUBLIC: "",
}


def api_url(cluster: DataGoogleContainerCluster, endpoint: ControlPlane) -> str:
    """The URL of the Kubernetes API, `https://HOST`."""
    match endpoint:
        case ControlPlane.DNS:
            endpoints = cluster.control_plane_endpoints_config.get(0)
            return f"https://{endpoints.dns_endpoint_config.get(0).endpoint}"
        case ControlPlane.PRIVATE:
            private = cluster.private_cluster_config.get(0)
            return f"https://{private.private_endpoint}"
        case ControlPlane.PUBLIC:
            return f"https://{cluster.endpoint}"


def ca_certificate(cluster: DataGoogleContainerCluster, endpoint: ControlPlane) -> str | None:
    """The cluster's certificate authority (CA) in PEM format; None for `dns`.

    The DNS-based endpoint has a publicly trusted certificate. With the cluster's CA, a client fails
    with x509 "unknown authority":
    https://github.com/hashicorp/terraform-provider-kubernetes/issues/2637.
    """
    if endpoint is ControlPlane.DNS:
        return None
    return Fn.base64decode(cluster.master_auth.get(0).cluster_ca_certificate)


def credentials_command(name: str, location: str, project: str, endpoint: ControlPlane) -> str:
    """The gcloud command that configures kubectl for a cluster."""
    return (
        f"gcloud container clusters get-credentials {name}"
        f" --location {location} --project {project}{_CREDENTIALS_FLAG[endpoint]}"
    )
