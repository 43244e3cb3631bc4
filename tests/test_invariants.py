"""Properties of the synthesized stacks that hold for all settings."""

import getpass
import re
import socket
from ipaddress import IPv4Network
from pathlib import Path

from private_line.limits import PRIVATE_RANGES
from tests.line import STACKS, Line, Table, changed
from tests.support import ROOT, Synthesize, existing

PINNED = Path(__file__).parent / "ids.txt"

ALL_IN_USE: Table = {
    "network.nat": True,
    "services[0].address": "192.168.32.10",
    "services[0].extra_source_ranges": ["10.100.0.0/16"],
    "app_engine.location": "us-central",
    "connector.extra_destinations": ["10.20.0.0/24"],
    "cluster.control_plane": "private",
    "cluster.authorized_networks": ["10.100.0.0/16"],
}


def test_no_resource_has_a_public_address(any_line: Line) -> None:
    for address in any_line.all("service", "google_compute_address").values():
        assert address["address_type"] == "INTERNAL"
        assert address["purpose"] == "GCE_ENDPOINT"
    service = any_line.one("service", "kubernetes_service_v1")
    assert service["metadata"]["annotations"]["networking.gke.io/load-balancer-type"] == "Internal"
    cluster = any_line.one("cluster", "google_container_cluster")
    assert cluster["private_cluster_config"]["enable_private_nodes"] is True
    assert any_line.one("dns", "google_dns_managed_zone")["visibility"] == "private"
    kinds = {kind for part in STACKS for kind in any_line.stacks[part].get("resource", {})}
    assert not kinds & {"google_compute_global_address", "google_compute_instance"}
    assert not any(key.endswith(".access_config") for key, _ in any_line.everything())


def test_no_rule_admits_every_address(any_line: Line, synthesize: Synthesize, table: Table) -> None:
    for line in (any_line, synthesize(changed(table, ALL_IN_USE))):
        open_to = [key for key, value in line.everything() if value == "0.0.0.0/0"]
        # Only the rules that deny the connector all other destinations.
        assert open_to == [
            f"connector.resource.google_compute_firewall.{denied}.destination_ranges[]"
            for denied, rule in line.all("connector", "google_compute_firewall").items()
            if rule["direction"] == "EGRESS" and rule.get("deny") == [{"protocol": "all"}]
        ]


def test_every_created_range_is_private(line: Line) -> None:
    created = [
        IPv4Network(str(value))
        for key, value in line.everything()
        if ".resource." in key and key.endswith(".ip_cidr_range")
    ]
    assert len(created) == 4
    for network in created:
        assert any(network.subnet_of(private) for private in PRIVATE_RANGES), network


def test_every_stack_has_its_own_state(any_line: Line) -> None:
    backends = {
        str(stack["terraform"].get("backend", stack["terraform"].get("cloud")))
        for stack in any_line.stacks.values()
    }
    assert len(backends) == len(STACKS)


def test_every_stack_requires_a_terraform_that_supports_its_resources(line: Line) -> None:
    """The newest of them, `terraform_data`, needs Terraform 1.4."""
    versions = {stack["terraform"]["required_version"] for stack in line.stacks.values()}
    assert versions == {">= 1.4"}


def test_timeouts_are_set_only_where_a_provider_waits(line: Line) -> None:
    """The provider does not retry on "is already being used by", so a timeout has no effect there.

    Source: hashicorp/terraform-provider-google, `google/transport/error_retry_predicates.go`.
    """
    timeouts = {key: value for key, value in line.everything() if ".timeouts." in key}
    assert timeouts == {
        "service.resource.kubernetes_namespace_v1.namespaces.timeouts.delete": "15m",
        "service.resource.kubernetes_service_v1.service-myapi.timeouts.create": "15m",
    }


def test_the_output_does_not_name_the_machine_that_synthesized(any_line: Line) -> None:
    for part in STACKS:
        path = any_line.outdir / "stacks" / f"dev-{part}" / "cdk.tf.json"
        text = path.read_text(encoding="utf-8")
        for local in (str(ROOT), str(any_line.outdir), str(Path.home()), socket.gethostname()):
            assert local not in text
        assert not re.search(rf"\b{re.escape(getpass.getuser())}[@/]", text)
        assert not re.search(r'"/[a-z]', text), "an absolute path"


def test_a_second_synthesis_writes_the_same_bytes(table: Table, synthesize: Synthesize) -> None:
    first = synthesize(table)
    # The same settings in another order, so that `synthesize` does not return its cached result.
    again = synthesize({key: table[key] for key in reversed(table)})
    assert again.outdir != first.outdir
    files = sorted(path.relative_to(first.outdir) for path in first.outdir.rglob("*.json"))
    assert len(files) == len(STACKS) + 1
    for file in files:
        assert (again.outdir / file).read_bytes() == (first.outdir / file).read_bytes()


def test_the_order_of_services_in_the_file_does_not_change_the_resources(
    table: Table, synthesize: Synthesize
) -> None:
    second = {**table["services"][0], "name": "other", "host": "other"}
    ordered = synthesize(changed(table, {"services": [table["services"][0], second]}))
    swapped = synthesize(changed(table, {"services": [second, table["services"][0]]}))
    for part in STACKS:
        assert ordered.stacks[part].get("resource") == swapped.stacks[part].get("resource")


def test_resource_addresses_and_output_names_match_ids_txt(
    table: Table, synthesize: Synthesize
) -> None:
    """ids.txt is a contract: a renamed ID replaces a resource, or breaks a consumer."""
    everything = {**existing("connector", "cluster", "dns"), "cluster.control_plane": "private"}
    lines = [
        synthesize(table),
        synthesize(changed(table, ALL_IN_USE)),
        # The outputs of what exists; the resources of these environments are among the others.
        synthesize(changed(table, existing("connector", "cluster", "dns"))),
        synthesize(changed(table, everything)),
    ]
    found = set()
    for line in lines:
        for part, stack in line.stacks.items():
            for kind, resources in stack.get("resource", {}).items():
                found |= {f"{part}: {kind}.{name}" for name in resources}
            found |= {f"{part}: output {name}" for name in stack.get("output", {})}
    promised = PINNED.read_text(encoding="utf-8").splitlines()
    gone, new = sorted(set(promised) - found), sorted(found - set(promised))
    assert not gone, (
        "change an ID only in a major version, and describe in CHANGELOG.md how to move the "
        f"state; no stack has these lines of tests/ids.txt: {', '.join(gone)}"
    )
    assert not new, f"add these lines to tests/ids.txt: {', '.join(new)}"
    assert promised == sorted(promised), "tests/ids.txt is sorted"
