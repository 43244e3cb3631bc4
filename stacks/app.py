"""Builds an environment's five stacks and wires them together."""

from collections.abc import Iterable
from pathlib import Path

from cdktf import App
from constructs import Construct

from settings.environment import Settings
from stacks.cluster import ClusterStack
from stacks.connector import ConnectorStack
from stacks.dns import DnsStack
from stacks.network import NetworkStack
from stacks.service import ServiceStack


def build(app: Construct, *, settings: Settings) -> None:
    """Add one environment's five stacks to the app."""
    network = NetworkStack(app, settings=settings)
    connector = ConnectorStack(app, settings=settings, network=network)
    cluster = ClusterStack(app, settings=settings, network=network)
    service = ServiceStack(
        app, settings=settings, network=network, connector=connector, cluster=cluster
    )
    DnsStack(app, settings=settings, network=network, service=service)


def synthesize(environments: Iterable[Settings], *, outdir: Path) -> None:
    """Write the Terraform JSON of one or more environments.

    Args:
        environments: the settings of each environment.
        outdir: the output folder; its parent exists.
    """
    app = App(outdir=str(outdir))
    for settings in environments:
        build(app, settings=settings)
    app.synth()
