"""Every stack has its own state, the impersonated account, and the APIs that it needs."""

from tests.line import BACKENDS, STACKS, Line, Table, changed
from tests.support import Synthesize


def test_every_stack_impersonates_the_same_account(any_line: Line) -> None:
    for stack in any_line.stacks.values():
        (google,) = stack["provider"]["google"]
        assert google["impersonate_service_account"].startswith("deployer@")


def test_no_plan_waits_for_a_batch_of_requests(any_line: Line) -> None:
    for stack in any_line.stacks.values():
        (google,) = stack["provider"]["google"]
        assert google["batching"] == [{"enable_batching": False}]


def test_every_stack_has_its_own_state_and_consumers_read_the_state_of_the_producer(
    synthesize: Synthesize, table: Table
) -> None:
    local = synthesize(changed(table, {"state": BACKENDS["local"]}))
    gcs = synthesize(changed(table, {"state": BACKENDS["gcs"]}))
    cloud = synthesize(changed(table, {"state": BACKENDS["cloud"]}))
    for part in STACKS:
        assert local.stacks[part]["terraform"]["backend"]["local"] == {
            "path": f"../../../state/dev-{part}.tfstate"
        }
        assert gcs.stacks[part]["terraform"]["backend"]["gcs"] == {
            "bucket": "my-project-tfstate",
            "prefix": f"lines/dev-{part}",
        }
        assert cloud.stacks[part]["terraform"]["cloud"] == {
            "hostname": "app.terraform.io",
            "organization": "my-organization",
            "workspaces": {"name": f"line-dev-{part}", "project": "networking"},
        }
        for producer in local.dependencies(part):
            reference = f"cross-stack-reference-input-dev-{producer}"
            read = [
                line.stacks[part]["data"]["terraform_remote_state"][reference]["config"]
                for line in (local, gcs, cloud)
            ]
            assert read[0] == {"path": f"../../../state/dev-{producer}.tfstate"}
            assert read[1]["prefix"] == f"lines/dev-{producer}"
            assert read[2]["workspaces"] == {"name": f"line-dev-{producer}"}


def test_the_state_bucket_is_accessed_by_the_same_account(
    synthesize: Synthesize, table: Table
) -> None:
    account = "deployer@my-project-id.iam.gserviceaccount.com"
    line = synthesize(
        changed(table, {"state": BACKENDS["gcs"], "impersonate_service_account": account})
    )
    for part in STACKS:
        backend = line.stacks[part]["terraform"]["backend"]["gcs"]
        assert backend["impersonate_service_account"] == account


APIS = {"compute", "vpcaccess", "container", "iam", "cloudresourcemanager", "dns"}


def test_the_network_stack_enables_the_apis_of_all_stacks_first_and_disables_none(
    line: Line,
) -> None:
    """The provider does not retry a call that fails because an API was enabled only just before.

    The error is "has not been used in project ... before or it is disabled". The other stacks are
    applied minutes later.
    """
    services = line.all("network", "google_project_service")
    assert {service["service"] for service in services.values()} == {
        f"{api}.googleapis.com" for api in APIS
    }
    assert not any(service["disable_on_destroy"] for service in services.values())
    depends_on = line.one("network", "google_compute_network")["depends_on"]
    assert set(depends_on) == {f"google_project_service.{name}" for name in services}
    for part in STACKS:
        if part != "network":
            assert line.all(part, "google_project_service") == {}
            assert "network" in line.dependencies(part)


def test_an_api_that_only_a_setting_needs_is_enabled_with_the_setting(
    synthesize: Synthesize, table: Table
) -> None:
    line = synthesize(changed(table, {"cluster.binary_authorization": True}))
    services = line.all("network", "google_project_service").values()
    assert "binaryauthorization.googleapis.com" in {service["service"] for service in services}


def test_no_api_is_enabled_if_the_settings_turn_it_off(
    synthesize: Synthesize, table: Table
) -> None:
    line = synthesize(changed(table, {"enable_apis": False}))
    for part in STACKS:
        assert line.all(part, "google_project_service") == {}
