"""The values that stacks pass to each other and to users, after a deploy."""

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.fixtures import Change
from tests.fake_cloud.provider.values import first


def subnet_ranges(cloud: FakeCloud) -> dict[str, str]:
    """The primary range of each subnet, by name."""
    subnets = cloud.world.all("google_compute_subnetwork")
    return {subnet["name"]: subnet["ip_cidr_range"] for subnet in subnets}


def test_service_annotation_and_record_have_the_same_address(
    first_deploy: FakeCloud,
) -> None:
    world = first_deploy.world
    (reserved,) = world.all("google_compute_address")
    (service,) = world.all("kubernetes_service_v1")
    (record,) = world.all("google_dns_record_set")
    annotations = first(service, "metadata.annotations")
    assert first(service, "status.load_balancer.ingress.ip") == reserved["address"]
    assert annotations["networking.gke.io/load-balancer-ip-addresses"] == reserved["name"]
    assert record["rrdatas"] == [reserved["address"]]


def test_app_yaml_names_the_connector_that_exists(first_deploy: FakeCloud) -> None:
    (connector,) = first_deploy.world.all("google_vpc_access_connector")
    app_yaml = first_deploy.succeed("connector", "output", "-raw", "app_yaml").stdout
    assert f"  name: {connector['id']}\n" in app_yaml
    assert connector["id"] == (
        "projects/my-project-id/locations/asia-northeast1/connectors/private-connector"
    )


def test_the_output_lists_the_reserved_address(first_deploy: FakeCloud) -> None:
    (reserved,) = first_deploy.world.all("google_compute_address")
    output = first_deploy.succeed("service", "output", "-json", "addresses").stdout
    assert output.strip() == f'{{"myapi":"{reserved["address"]}"}}'


def test_the_firewall_admits_the_connector_only_to_the_load_balancer(
    first_deploy: FakeCloud,
) -> None:
    world = first_deploy.world
    (reserved,) = world.all("google_compute_address")
    (pool,) = world.all("google_container_node_pool")
    (connector,) = world.all("google_vpc_access_connector")
    ranges = subnet_ranges(first_deploy)
    rules = {rule["name"]: rule for rule in world.all("google_compute_firewall")}
    allow, deny = rules["private-allow-myapi"], rules["private-deny-connector"]
    connector_range = [ranges[first(connector, "subnet.name")]]
    assert allow["source_ranges"] == deny["source_ranges"] == connector_range
    assert allow["destination_ranges"] == [f"{reserved['address']}/32"]
    assert allow["target_tags"] == first(pool, "node_config")["tags"]
    assert allow["priority"] < deny["priority"]
    egress_allow = rules["private-egress-myapi"]
    egress_deny = rules["private-deny-connector-egress"]
    assert egress_allow["destination_ranges"] == allow["destination_ranges"]
    assert egress_allow["target_tags"] == egress_deny["target_tags"]
    assert egress_allow["priority"] < egress_deny["priority"]


def test_the_firewall_admits_the_connector_to_extra_destinations_at_both_ends(
    deployed_with: Change,
) -> None:
    line = deployed_with({"connector.extra_destinations": ["10.20.0.0/24"]})
    line.succeed("connector", "apply", "-auto-approve")
    output = line.succeed("connector", "output", "-json", "extra_destinations").stdout
    assert output.strip() == '["10.20.0.0/24"]'
    rules = {rule["name"]: rule for rule in line.world.all("google_compute_firewall")}
    allow, deny = rules["private-extra-destinations"], rules["private-deny-connector"]
    egress_allow = rules["private-extra-destinations-egress"]
    egress_deny = rules["private-deny-connector-egress"]
    assert egress_allow["destination_ranges"] == allow["destination_ranges"] == ["10.20.0.0/24"]
    assert egress_allow["target_tags"] == egress_deny["target_tags"]
    assert allow["source_ranges"] == deny["source_ranges"]
    assert egress_allow["priority"] < egress_deny["priority"]
    assert allow["priority"] < deny["priority"]


def test_the_load_balancer_admits_only_the_range_of_the_connector(first_deploy: FakeCloud) -> None:
    (service,) = first_deploy.world.all("kubernetes_service_v1")
    admitted = first(service, "spec")["load_balancer_source_ranges"]
    assert admitted == [subnet_ranges(first_deploy)["private-connector"]]
