"""Ordinary changes of settings, in an order in which each can follow the previous one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.support import DEV_TABLE, REPORTS, SECRETS_KEY, SECURITY_GROUP


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change of settings.

    Attributes:
        change: a description of the change. Recorded plans refer to it.
        settings: the new values, by keys such as `services[0].host`; None removes a key.
        stops: whether the deploy fails.
        again: whether a second deploy completes a failed one; otherwise the change is reverted.
    """

    change: str
    settings: Mapping[str, object]
    stops: bool = False
    again: bool = False


LIFE: Final = (
    Step(
        change="an API is added",
        settings={"services": [*DEV_TABLE["services"], REPORTS]},
    ),
    Step(change="another port", settings={"services[1].ports[0].port": 8443}),
    Step(change="another target port", settings={"services[1].ports[0].target_port": 9090}),
    Step(change="another label", settings={"labels.team": "platform"}),
    Step(change="another host", settings={"services[1].host": "stats"}),
    Step(
        change="two APIs swap hosts",
        settings={"services[0].host": "stats", "services[1].host": "my"},
    ),
    Step(change="a fixed address", settings={"services[1].address": "192.168.32.20"}),
    Step(change="another fixed address", settings={"services[1].address": "192.168.32.21"}),
    Step(change="the fixed address is taken away", settings={"services[1].address": None}),
    Step(
        change="the address that it has is fixed",
        settings={"services[1].address": "192.168.32.21"},
    ),
    Step(
        change="an API is renamed, with `was`; its address is fixed",
        settings={"services[1].name": "metrics", "services[1].was": "reports"},
    ),
    Step(
        change="an API is renamed, with `was`; Google picked its address",
        settings={"services[0].name": "api", "services[0].was": "myapi"},
    ),
    Step(
        change="an API is renamed, without `was`; Google picked its address",
        settings={"services[0].name": "myapi", "services[0].was": None},
    ),
    Step(
        change="an API is renamed, without `was`; its address is fixed",
        settings={"services[1].name": "reports", "services[1].was": None},
        stops=True,
        again=True,
    ),
    Step(change="an API is removed", settings={"services[1]": None}),
    Step(change="another connector range", settings={"network.connector": "10.9.0.0/28"}),
    Step(change="more connector instances", settings={"connector.max_instances": 4}),
    Step(change="fewer connector instances", settings={"connector.max_instances": 3}),
    Step(change="another connector name", settings={"connector.name": "second-connector"}),
    Step(
        change="a destination besides the APIs",
        settings={"connector.extra_destinations": ["10.20.0.0/24"]},
    ),
    Step(
        change="another destination besides the APIs",
        settings={"connector.extra_destinations": ["10.20.0.0/24", "172.16.8.0/22"]},
    ),
    Step(
        change="no destination besides the APIs",
        settings={"connector.extra_destinations": None},
    ),
    Step(
        change="an API moves to a new namespace, with `was`",
        settings={
            "cluster.namespaces": ["apis"],
            "services[0].namespace": "apis",
            "services[0].was": "myapi",
        },
    ),
    Step(
        change="an API moves back to `default`, with `was`",
        settings={"services[0].namespace": None, "services[0].was": "apis-myapi"},
    ),
    Step(change="another zone", settings={"dns.zone": "svc.private"}),
    Step(
        change="`control_plane` from `dns` to `private`",
        settings={"cluster.control_plane": "private"},
    ),
    Step(
        change="`control_plane` from `private` to `public`",
        settings={
            "cluster.control_plane": "public",
            "cluster.authorized_networks": ["203.0.113.0/29"],
        },
    ),
    Step(
        change="`control_plane` from `public` to `dns`",
        settings={"cluster.control_plane": "dns", "cluster.authorized_networks": None},
    ),
    Step(change="NAT on", settings={"network.nat": True}),
    Step(change="NAT off", settings={"network.nat": False}),
    Step(change="a larger node range", settings={"network.nodes": "192.168.32.0/23"}),
    Step(change="more nodes", settings={"cluster.max_nodes": 5}),
    Step(change="a larger node disk", settings={"cluster.disk_size_gb": 60}),
    Step(
        change="`intranode_visibility`, `binary_authorization`, two more",
        settings={
            "cluster.intranode_visibility": True,
            "cluster.binary_authorization": True,
            "cluster.security_group": SECURITY_GROUP,
            "cluster.secrets_key": SECRETS_KEY,
        },
    ),
    Step(
        change="no `intranode_visibility`, no `secrets_key`",
        settings={"cluster.intranode_visibility": None, "cluster.secrets_key": None},
    ),
    Step(
        change="no `binary_authorization`, no `security_group`",
        settings={"cluster.binary_authorization": None, "cluster.security_group": None},
    ),
    Step(
        change="a smaller node range",
        settings={"network.nodes": "192.168.32.0/24"},
        stops=True,
    ),
    Step(
        change="another range for pods",
        settings={"network.pods": "10.64.0.0/14"},
        stops=True,
    ),
    Step(
        change="a namespace is taken out",
        settings={"cluster.namespaces": None},
        stops=True,
    ),
    Step(
        change="another network name",
        settings={"network.name": "another"},
        stops=True,
    ),
    Step(
        change="another cluster name",
        settings={"cluster.name": "another"},
        stops=True,
    ),
    Step(
        change="`deletion_protection` off",
        settings={"cluster.deletion_protection": False},
    ),
    Step(
        change="a namespace is taken out, without `deletion_protection`",
        settings={"cluster.namespaces": None},
    ),
)
