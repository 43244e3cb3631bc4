"""`make plan`, `deploy`, `destroy`: the arguments of cdktf, and errors before it starts."""

import asyncio
import json
import os
import pty
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from operations.lifecycle.forgotten import check_forgotten
from operations.lifecycle.request import BadRequestError, Request
from settings.environment import Settings
from settings.errors import as_toml
from settings.existing import Existing
from stacks import forgotten
from tests.line import STACKS, Line, Table, changed, settings_from
from tests.support import DEV, DEV_TABLE, ROOT, Synthesize, existing

pytestmark = pytest.mark.slow

ALL = ["dev-network", "dev-connector", "dev-cluster", "dev-service", "dev-dns"]
UNPROTECTED = DEV.replace("deletion_protection = true", "deletion_protection = false")
STATUS = 7


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Settings of one environment, and a cdktf that records its arguments."""
    write(tmp_path, "dev", UNPROTECTED)
    for name, line in {
        "cdktf": f'printf "%s\\n" "$@" > called; exit {STATUS}',
        "terraform": """echo '{"terraform_version": "1.4.0"}'""",
    }.items():
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        program.chmod(0o755)
    return tmp_path


def write(folder: Path, environment: str, settings: str) -> None:
    """Write the settings of an environment."""
    path = folder / "environments" / f"{environment}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(settings, encoding="utf-8")


class Ran:
    """The exit status and output of a command, and the arguments of cdktf."""

    def __init__(self, folder: Path, status: int, output: str) -> None:
        """Read the recorded arguments."""
        called = folder / "called"
        # None if cdktf was not called.
        self.cdktf = called.read_text(encoding="utf-8").splitlines() if called.exists() else None
        self.status = status
        self.output = output


def run(
    folder: Path,
    *arguments: str,
    answer: str | None = None,
    python: Sequence[str] = (sys.executable,),
    variables: Mapping[str, str] | None = None,
) -> Ran:
    """Run a command as make does, with a terminal if there is an answer."""
    terminal, stdin = pty.openpty()
    if answer is not None:
        os.write(terminal, f"{answer}\n".encode())
    path = {"PATH": f"{folder / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"}
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        [*python, "-m", "operations.lifecycle", *arguments],
        cwd=folder,
        env={
            **os.environ,
            **path,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'constructs'}",
            **(variables or {}),
        },
        stdin=subprocess.DEVNULL if answer is None else stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(terminal)
    os.close(stdin)
    return Ran(folder, done.returncode, done.stdout)


def test_a_deploy_names_the_five_stacks_and_returns_the_exit_status_of_cdktf(folder: Path) -> None:
    ran = run(folder, "deploy", "dev", "", "--auto-approve", "--parallelism", "1")
    assert ran.cdktf == ["deploy", *ALL, "--auto-approve", "--parallelism", "1"]
    assert ran.status == STATUS
    assert ran.output == ""


def test_a_deploy_of_one_stack_says_what_is_left_out(folder: Path) -> None:
    ran = run(folder, "deploy", "dev", "service", "--auto-approve")
    assert ran.cdktf == [
        *("deploy", "dev-service", "--auto-approve", "--ignore-missing-stack-dependencies")
    ]
    assert ran.output == (
        "dev-service only; left out: dev-network, dev-connector, dev-cluster, dev-dns.\n"
    )


def test_at_a_terminal_cdktf_asks_before_a_deploy(folder: Path) -> None:
    assert run(folder, "deploy", "dev", "", answer="").cdktf == ["deploy", *ALL]


def test_a_plan_shows_one_stack(folder: Path) -> None:
    ran = run(folder, "plan", "dev", "network")
    assert ran.cdktf == ["diff", "dev-network"]
    assert ran.output == ""


@pytest.mark.parametrize(("verb", "status"), [("plan", STATUS), ("deploy", 1)])
def test_a_closed_standard_input_is_not_a_terminal(folder: Path, verb: str, status: int) -> None:
    closed = ("/bin/sh", "-c", 'exec "$0" "$@" <&-', sys.executable)
    ran = run(folder, verb, "dev", "network", python=closed)
    assert ran.status == status
    assert "Traceback" not in ran.output


def test_a_destroy_lists_the_resources_and_asks_once(folder: Path) -> None:
    ran = run(folder, "destroy", "dev", "", answer="yes")
    assert ran.cdktf == ["destroy", *ALL, "--auto-approve"]
    assert ran.status == STATUS
    assert ran.output == (
        "Destroys in my-project-id: the zone api.private; the load balancers and addresses of"
        " myapi; the cluster private-cluster and everything that runs in it; the connector"
        " private-connector; the VPC private.\nType yes to destroy: "
    )


@pytest.mark.parametrize("answer", ["no", "", "y", "Yes"])
def test_any_answer_but_yes_destroys_nothing(folder: Path, answer: str) -> None:
    ran = run(folder, "destroy", "dev", "", answer=answer)
    assert ran.cdktf is None
    assert ran.status == 1
    assert ran.output.endswith("Nothing was destroyed.\n")


def test_an_approved_destroy_lists_the_resources_and_does_not_ask(folder: Path) -> None:
    ran = run(folder, "destroy", "dev", "dns", "--auto-approve")
    assert ran.cdktf == [
        *("destroy", "dev-dns", "--auto-approve", "--ignore-missing-stack-dependencies")
    ]
    assert "Destroys in my-project-id: the zone api.private.\n" in ran.output
    assert "Type yes" not in ran.output


@pytest.mark.parametrize("part", ["", "network", "cluster"])
def test_protected_stacks_are_not_destroyed(folder: Path, part: str) -> None:
    write(folder, "dev", DEV)
    ran = run(folder, "destroy", "dev", part, "--auto-approve")
    assert ran.cdktf is None
    assert ran.output == (
        "environments/dev.toml has deletion_protection = true, which protects"
        f" {part or 'network and cluster'}: set it to false, run make deploy ENV=dev, then"
        " destroy\n"
    )


def test_namespaces_are_protected_like_the_cluster(folder: Path) -> None:
    write(folder, "dev", DEV.replace("[cluster]", '[cluster]\nnamespaces = ["apis"]'))
    ran = run(folder, "destroy", "dev", "service", "--auto-approve")
    assert ran.cdktf is None
    assert "has deletion_protection = true, which protects service: " in ran.output


def test_a_destroy_of_namespaces_says_that_everything_in_them_is_destroyed(folder: Path) -> None:
    text = DEV.replace("[cluster]", '[cluster]\nnamespaces = ["apis"]')
    write(folder, "dev", text.replace("deletion_protection = true", "deletion_protection = false"))
    ran = run(folder, "destroy", "dev", "service", "--auto-approve")
    assert "the namespaces apis with everything in them" in ran.output


@pytest.mark.parametrize(
    ("part", "first"),
    [("dns", ""), ("service", "dev-dns"), ("connector", "dev-dns and dev-service")],
)
def test_a_destroy_of_one_stack_lists_the_stacks_that_depend_on_it(
    part: str, first: str, folder: Path
) -> None:
    ran = run(folder, "destroy", "dev", part, "--auto-approve")
    assert ran.cdktf
    assert ("first if they exist" in ran.output) is bool(first)
    assert f"Destroy {first} first if they exist" in ran.output or not first


def test_an_unprotected_stack_is_destroyed_while_others_are_protected(folder: Path) -> None:
    write(folder, "dev", DEV)
    assert run(folder, "destroy", "dev", "service", "--auto-approve").cdktf


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("deploy", "", ""), "ENV is missing: make deploy ENV=NAME; environments/ has dev, prod"),
        (("plan", "pord", "dns"), "no environment named pord: environments/ has dev, prod"),
        (
            ("deploy", "dev", "dev-dns"),
            "no stack named dev-dns: STACK is one of network, connector, cluster, service, dns",
        ),
        (
            ("plan", "dev", ""),
            "make plan needs one stack: STACK=network|connector|cluster|service|dns."
            " To plan all stacks: make synth, then make review ARGS=dev",
        ),
        (
            ("deploy", "dev", ""),
            "make deploy needs your approval, but there is no terminal to ask:"
            " approve with ARGS=--auto-approve",
        ),
        (
            ("destroy", "dev", ""),
            "make destroy needs your approval, but there is no terminal to ask:"
            " approve with ARGS=--auto-approve",
        ),
    ],
)
def test_an_invalid_request_is_reported_in_one_line(
    folder: Path, arguments: tuple[str, ...], message: str
) -> None:
    write(folder, "prod", UNPROTECTED.replace('"my-project-id"', '"my-production"'))
    ran = run(folder, *arguments)
    assert ran.output == f"{message}\n"
    assert ran.status == 1
    assert ran.cdktf is None


def test_invalid_settings_are_reported_before_cdktf_starts(folder: Path) -> None:
    write(folder, "dev", DEV.replace("10.8.0.0/28", "10.8.0.0/24"))
    ran = run(folder, "plan", "dev", "network")
    assert "must be a /28" in ran.output
    assert "Traceback" not in ran.output
    assert ran.status == 1
    assert ran.cdktf is None


def test_a_missing_terraform_is_reported_before_cdktf_starts(folder: Path) -> None:
    ran = run(
        folder, "plan", "dev", "dns", variables={"TERRAFORM_BINARY_NAME": "terraform-nowhere"}
    )
    assert ran.output.startswith("terraform-nowhere is not on the PATH: install Terraform, or")
    assert ran.cdktf is None


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        (
            '{"terraform_version": "1.3.10"}',
            "terraform 1.3.10 is too old: the stacks require 1.4 or newer. Upgrade it,"
            " or name a newer one in TERRAFORM_BINARY_NAME\n",
        ),
        ("hello", "terraform is not Terraform or OpenTofu: it prints no version\n"),
    ],
)
def test_an_unusable_terraform_is_reported_before_cdktf_starts(
    folder: Path, printed: str, message: str
) -> None:
    (folder / "bin" / "terraform").write_text(f"#!/bin/sh\necho '{printed}'\n", encoding="utf-8")
    ran = run(folder, "plan", "dev", "dns")
    assert ran.output == message
    assert ran.status == 1
    assert ran.cdktf is None


@pytest.mark.parametrize("part", STACKS)
def test_the_listed_stacks_are_those_that_depend_on_it(part: str, line: Line, table: Table) -> None:
    def depends(other: str) -> bool:
        return any(name == part or depends(name) for name in line.dependencies(other))

    request = Request(verb="destroy", settings=settings_from(table), parts=[part])
    assert request.consumers == [f"dev-{other}" for other in reversed(STACKS) if depends(other)]


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


FORGOTTEN = {
    "network": forgotten.NETWORK,
    "connector": forgotten.CONNECTOR,
    "cluster": forgotten.CLUSTER,
    "dns": forgotten.ZONE,
}

SHARED = ROOT / "examples" / "existing-cluster.toml"

ARTICLE = ROOT / "examples" / "existing-network.toml"


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
