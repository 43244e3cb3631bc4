"""What every subnet logs of its traffic."""

from cdktf_cdktf_provider_google.compute_subnetwork import ComputeSubnetworkLogConfig


def flow_logs() -> ComputeSubnetworkLogConfig:
    """Half of all flows, summed up over 10 minutes: enough to see who calls whom.

    Organizations demand flow logs of every subnet (constraints/compute.requireVpcFlowLogs, CIS
    Google Cloud 3.8).
    """
    return ComputeSubnetworkLogConfig(
        aggregation_interval="INTERVAL_10_MIN",
        flow_sampling=0.5,
        metadata="INCLUDE_ALL_METADATA",
    )
