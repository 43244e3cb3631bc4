"""What the stacks hand each other and people, as it is after a deploy."""

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.fixtures import Change
from tests.fake_cloud.provider.values import first


def test_service_annotation_and_record_have_one_and_the_same_address(
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


def test_people_are_told_the_address_that_is_reserved(first_deploy: FakeCloud) -> None:
    (reserved,) = first_deploy.world.all("google_compute_address")
    told = first_deploy.succeed("service", "output", "-json", "addresses").stdout
    assert told.strip() == f'{{"myapi":"{reserved["address"]}"}}'


def test_the_firewall_lets_the_connector_through_to_the_load_balancer_alone(
    first_deploy: FakeCloud,
) -> None:
    world = first_deploy.world
    (reserved,) = world.all("google_compute_address")
    (pool,) = world.all("google_container_node_pool")
    (connector,) = world.all("google_vpc_access_connector")
    subnets = {one["name"]: one["ip_cidr_range"] for one in world.all("google_compute_subnetwork")}
    rules = {one["name"]: one for one in world.all("google_compute_firewall")}
    allow, deny = rules["private-allow-myapi"], rules["private-deny-connector"]
    connector_range = [subnets[first(connector, "subnet.name")]]
    assert allow["source_ranges"] == deny["source_ranges"] == connector_range
    assert allow["destination_ranges"] == [f"{reserved['address']}/32"]
    assert allow["target_tags"] == first(pool, "node_config")["tags"]
    assert allow["priority"] < deny["priority"]
    out, nothing_else = rules["private-egress-myapi"], rules["private-deny-connector-egress"]
    assert out["destination_ranges"] == allow["destination_ranges"]
    assert out["target_tags"] == nothing_else["target_tags"]
    assert out["priority"] < nothing_else["priority"]


def test_the_firewall_lets_the_connector_through_to_extra_destinations_at_both_ends(
    deployed_with: Change,
) -> None:
    line = deployed_with({"connector.extra_destinations": ["10.20.0.0/24"]})
    line.succeed("connector", "apply", "-auto-approve")
    told = line.succeed("connector", "output", "-json", "extra_destinations").stdout
    assert told.strip() == '["10.20.0.0/24"]'
    rules = {one["name"]: one for one in line.world.all("google_compute_firewall")}
    into, nothing_else_in = rules["private-extra-destinations"], rules["private-deny-connector"]
    out = rules["private-extra-destinations-egress"]
    nothing_else_out = rules["private-deny-connector-egress"]
    assert out["destination_ranges"] == into["destination_ranges"] == ["10.20.0.0/24"]
    assert out["target_tags"] == nothing_else_out["target_tags"]
    assert into["source_ranges"] == nothing_else_in["source_ranges"]
    assert out["priority"] < nothing_else_out["priority"]
    assert into["priority"] < nothing_else_in["priority"]


def test_the_load_balancer_admits_the_connector_s_range_alone(first_deploy: FakeCloud) -> None:
    world = first_deploy.world
    (service,) = world.all("kubernetes_service_v1")
    subnets = {one["name"]: one["ip_cidr_range"] for one in world.all("google_compute_subnetwork")}
    assert first(service, "spec")["load_balancer_source_ranges"] == [subnets["private-connector"]]
