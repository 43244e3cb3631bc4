"""`make plan`, `deploy`, `destroy`: the arguments of cdktf, and errors before it starts."""

import sys
from pathlib import Path

import pytest

from operations.lifecycle.request import Request
from tests.line import STACKS, Line, Table, settings_from
from tests.operations.lifecycle import STATUS, UNPROTECTED, run, write
from tests.support import DEV

pytestmark = pytest.mark.slow

ALL = ["dev-network", "dev-connector", "dev-cluster", "dev-service", "dev-dns"]


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
