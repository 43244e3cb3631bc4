"""`make destroy` of an environment with what exists already, which stays."""

import asyncio
import json
import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from operations.lifecycle.forgotten import check_forgotten
from operations.lifecycle.request import BadRequestError, Request
from settings.environment import Settings
from settings.errors import as_toml
from settings.existing import Existing
from stacks import forgotten
from tests.line import STACKS, Table, changed, settings_from
from tests.operations.lifecycle import run, write
from tests.support import DEV_TABLE, ROOT, Synthesize, existing

pytestmark = pytest.mark.slow

ARTICLE: Final = ROOT / "examples" / "existing-network.toml"
SHARED: Final = ROOT / "examples" / "existing-cluster.toml"

FORGOTTEN: Final = {
    "network": forgotten.NETWORK,
    "connector": forgotten.CONNECTOR,
    "cluster": forgotten.CLUSTER,
    "dns": forgotten.ZONE,
}
"""What a deploy forgets, by the part that exists."""


@pytest.mark.parametrize(
    ("sections", "destroyed"),
    [
        (
            existing(),
            "the zone api.private; the load balancers and addresses of myapi; the cluster"
            " private-cluster and everything that runs in it; the connector private-connector",
        ),
        (
            existing("connector", "cluster", "dns"),
            "the records of myapi in the zone api.private; the load balancers and addresses of"
            " myapi",
        ),
        (
            {
                **existing("connector", "cluster", "dns"),
                "connector": {"existing": True, "name": "shared-connector", "deny_rules": True},
            },
            "the records of myapi in the zone api.private; the load balancers and addresses of"
            " myapi; the deny rules of the connector shared-connector",
        ),
    ],
)
def test_a_destroy_lists_nothing_that_exists(sections: Table, destroyed: str) -> None:
    settings = settings_from(changed(DEV_TABLE, sections))
    request = Request(verb="destroy", settings=settings, parts=STACKS)
    assert request.destroyed == destroyed
    assert Request(verb="destroy", settings=settings, parts=["network"]).destroyed == "nothing"


def test_a_destroy_of_namespaces_names_the_environments_with_services_in_them() -> None:
    def environment(api: str, namespaces: Sequence[str], namespace: str, **other: str) -> Table:
        service = {**DEV_TABLE["services"][0], "name": api, "namespace": namespace}
        sections = existing("connector", "cluster", "dns", prefix=api)
        section = {**sections["cluster"], "namespaces": [*namespaces], **other}
        return changed(DEV_TABLE, {**sections, "cluster": section, "services": [service]})

    owner, *neighbors = (
        Settings.of(table, table["services"][0]["name"])
        for table in (
            environment("a", ["reporting", "apis"], "default"),
            environment("b", [], "reporting"),
            environment("c", [], "apis"),
            environment("d", [], "default"),
            environment("e", [], "reporting", name="another"),
            environment("f", [], "reporting", location="asia-northeast1-b"),
        )
    )
    request = Request(verb="destroy", settings=owner, parts=["service"], neighbors=neighbors)
    assert request.destroyed == (
        "the load balancers and addresses of a; the namespaces reporting, apis with everything in"
        " them, also the Services of b and c"
    )


@pytest.mark.parametrize(
    ("part", "destroyed"),
    [
        ("network", "the VPC private, also for b"),
        ("connector", "the connector private-connector, also for b"),
        ("dns", "the zone api.private, also for b"),
    ],
)
def test_a_destroy_names_the_environments_that_read_what_it_destroys(
    part: str, destroyed: str
) -> None:
    shared = {
        **existing("connector", "dns", prefix="b"),
        "connector.name": "private-connector",
        "dns.name": "private-zone",
    }
    tables = {
        "b": shared,
        "c": {**shared, "network.name": "cc", "connector.name": "cc", "dns.name": "cc"},
        "d": {**shared, "project": "another-project"},
    }
    request = Request(
        verb="destroy",
        settings=settings_from(DEV_TABLE),
        parts=[part],
        neighbors=[Settings.of(changed(DEV_TABLE, table), name) for name, table in tables.items()],
    )
    assert request.destroyed == destroyed


def test_a_destroy_of_a_cluster_names_the_environments_with_services_in_it(folder: Path) -> None:
    table = changed(
        tomllib.loads(SHARED.read_text(encoding="utf-8")),
        {"cluster.name": "private-cluster", "network.prefix": "b"},
    )
    write(folder, "b", "\n".join(f"{key} = {as_toml(value)}" for key, value in table.items()))
    ran = run(folder, "destroy", "dev", "cluster", "--auto-approve")
    assert ran.output.endswith(
        "Destroys in my-project-id: the cluster private-cluster and everything that runs in it,"
        " also the Services of b.\n"
    )


def test_whatever_exists_is_kept_from_a_destroy(
    folder: Path, synthesize: Synthesize, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a new section in settings/existing.py, extend `existing` in tests/support.py."""
    table = changed(DEV_TABLE, existing("connector", "cluster", "dns"))
    settings = settings_from(table)
    assert {type(getattr(settings, part)) for part in settings.existing_parts} == {
        *Existing.__subclasses__()
    }
    shutil.copytree(synthesize(table).outdir, folder / "cdktf.out")
    monkeypatch.chdir(folder)
    for part in settings.existing_parts:
        (kind, _), *_ = (address.split(".") for address in FORGOTTEN[part])
        keep(folder, "managed", kind, part)
        request = Request(verb="destroy", settings=settings, parts=[part])
        with pytest.raises(BadRequestError, match=f"the state of dev-{part} still contains it"):
            asyncio.run(check_forgotten(request))


@pytest.fixture
def moved(folder: Path, synthesize: Synthesize) -> Path:
    """An environment whose VPC exists on its own, synthesized; its state still contains the VPC."""
    text = ARTICLE.read_text(encoding="utf-8")
    write(folder, "dev", text)
    shutil.copytree(synthesize(tomllib.loads(text)).outdir, folder / "cdktf.out")
    keep(folder, "managed", "google_compute_network")
    return folder


def keep(folder: Path, mode: str, kind: str, part: str = "network") -> None:
    """Write a state of a stack with one resource."""
    resource = {"mode": mode, "type": kind, "name": "network", "instances": [{"attributes": {}}]}
    state = {"version": 4, "outputs": {}, "resources": [resource]}
    (folder / "state").mkdir(exist_ok=True)
    path = folder / "state" / f"dev-{part}.tfstate"
    path.write_text(json.dumps(state), encoding="utf-8")


@pytest.mark.parametrize("part", ["", "network"])
def test_what_no_deploy_has_forgotten_yet_is_not_destroyed(moved: Path, part: str) -> None:
    ran = run(moved, "destroy", "dev", part, "--auto-approve")
    assert ran.cdktf is None
    assert ran.status == 1
    assert ran.output == (
        "environments/dev.toml says that google_compute_network.network exists on its own, but the"
        " state of dev-network still contains it, so a destroy would destroy it: run make deploy"
        " ENV=dev first, and Terraform forgets it\n"
    )


def test_what_terraform_only_reads_does_not_block_a_destroy(moved: Path) -> None:
    keep(moved, "data", "google_compute_network")
    assert run(moved, "destroy", "dev", "", "--auto-approve").cdktf


def test_other_stacks_of_the_environment_are_destroyed(moved: Path) -> None:
    assert run(moved, "destroy", "dev", "service", "--auto-approve").cdktf


def test_the_stack_of_an_existing_cluster_is_destroyed_after_its_services(moved: Path) -> None:
    keep(moved, "managed", "kubernetes_service_v1", "service")
    ran = run(moved, "destroy", "dev", "cluster", "--auto-approve")
    assert ran.cdktf is None
    assert ran.output == (
        "the state of dev-service still contains Services in the existing cluster: run make destroy"
        " ENV=dev STACK=dns, then STACK=service, first\n"
    )
    keep(moved, "managed", "google_compute_address", "service")
    assert run(moved, "destroy", "dev", "cluster", "--auto-approve").cdktf


def test_without_synthesized_stacks_the_states_of_what_exists_are_not_known(moved: Path) -> None:
    shutil.rmtree(moved / "cdktf.out")
    ran = run(moved, "destroy", "dev", "", "--auto-approve")
    assert ran.cdktf is None
    assert ran.output == "cdktf.out/manifest.json does not exist: run `make synth`\n"


def test_a_subnet_for_a_new_connector_is_not_destroyed_either(
    folder: Path, synthesize: Synthesize
) -> None:
    text = ARTICLE.read_text(encoding="utf-8")
    text = text.replace('connector = "10.8.0.16/28"', 'connector_subnet = "serverless"')
    write(folder, "dev", text)
    shutil.copytree(synthesize(tomllib.loads(text)).outdir, folder / "cdktf.out")
    keep(folder, "managed", "google_compute_subnetwork", "connector")
    ran = run(folder, "destroy", "dev", "", "--auto-approve")
    assert ran.cdktf is None
    assert "the state of dev-connector still contains it" in ran.output
