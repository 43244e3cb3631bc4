"""VPC Flow Logs, the same for every subnet."""

from cdktf_cdktf_provider_google.compute_subnetwork import ComputeSubnetworkLogConfig


def flow_logs() -> ComputeSubnetworkLogConfig:
    """Sample half of all flows, aggregated over 10 minutes, with all metadata.

    The organization policy constraints/compute.requireVpcFlowLogs and CIS Google Cloud 3.8 require
    flow logs for every subnet.
    """
    return ComputeSubnetworkLogConfig(
        aggregation_interval="INTERVAL_10_MIN",
        flow_sampling=0.5,
        metadata="INCLUDE_ALL_METADATA",
    )
