"""The whole grammar of each kind of name, on both sides of each limit."""

import re
from collections.abc import Sequence
from typing import Final

import pytest

from settings.paths import CLEANED
from tests.line import Table, changed, errors_in
from tests.settings.places import errors_at
from tests.support import DEV_TABLE, ROOT

IAM: Final = "my-project-id.iam.gserviceaccount.com"
LONG: Final = "a" * 63
DOMAIN: Final = ".".join(["b" * 60] * 3)

NAMES: Final[dict[str, tuple[Sequence[str], Sequence[str]]]] = {
    # setting: accepted, rejected
    "state.bucket": (
        ["abc", LONG, "a_b-c", "tf.example.com", f"{LONG}.com", f"{DOMAIN}.{'c' * 39}", "gold"],
        [
            "ab",
            f"{LONG}a",
            "-ab",
            "ab_",
            "a..com",
            "a.-b.com",
            "a-.com",
            f"{LONG}a.com",
            f"{DOMAIN}.{'c' * 40}",
            "192.168.5.4",
            "1.2.3",
            "goog-state",
            "my-google-state",
            "my-g00gle-state",
        ],
    ),
    "state.prefix": (
        ["a", "a/b", "team.net/v1_2-x", ".well-known/other", "a" * 200],
        [
            "",
            ".",
            "./a",
            "a/",
            "a//b",
            "a/./b",
            "a/../b",
            "/a",
            "a b",
            "-a",
            "~/a",
            "a" * 201,
            ".well-known/acme-challenge",
            ".well-known/acme-challenge/x",
        ],
    ),
    "state.path": (
        ["state", ".state", "terraform/state", "builds", "a/build", "a.egg-info.d", "constructs/x"],
        [
            "./state",
            "state/",
            "../state",
            "cdktf.out",
            "cdktf.out/state",
            "Build",
            "CDKTF.out/x",
            "x.egg-info",
            "x.egg-info/state",
            "constructs/x.egg-info/y",
            "a/__pycache__/b",
        ],
    ),
    "state.hostname": (
        ["app.terraform.io", "tfe.example.com:8443", "tfe.example.com:65535", "localhost:1"],
        [
            "TFE.example.com",
            "tfe.example.com.",
            "tfe.example.com:443",
            "tfe.example.com:0",
            "tfe.example.com:65536",
            "tfe.example.com:08443",
            "tfe.example.com:",
            ":8443",
            "https://tfe.example.com",
            "tfe.example.com:1:2",
            "xn--tfe.example.com",
        ],
    ),
    "state.organization": (["a", "A_b-1", "a" * 60], ["", "a" * 61, "a b", "a.b", "-a"]),
    "state.workspace_prefix": (["", "a", "A_b-", "a" * 60], ["a" * 61, "a b", "a/b", "-a"]),
    "state.project": (["abc", "a b", "a" * 40], ["ab", "a" * 41, " ab", "ab ", "a\tb", "a.b"]),
    "services[].namespace": (["1apis", "a"], [f"{LONG}a", "a.b", "Apis", "-a", "a-", ""]),
    "services[].was": (["1apis-myapp", "oldapi"], ["a.b", "Old"]),
    "services[].ports[].name": (
        ["8080-http", "1", "a--b", LONG],
        [f"{LONG}a", "http_", "a.b", "-a", "a-", "Http"],
    ),
    "services[].ports[].target_port": (
        ["8080-http", "a" * 15, "0a"],
        ["a" * 16, "80", "a--b", "-a", "a-", "Http", ""],
    ),
    "impersonate_service_account": (
        [
            f"abcdef@{IAM}",
            f"{'a' * 30}@{IAM}",
            "deployer@my-project.example.com.iam.gserviceaccount.com",
            "123456789012-compute@developer.gserviceaccount.com",
            "my-project-id@appspot.gserviceaccount.com",
        ],
        [
            f"abcde@{IAM}",
            f"{'a' * 31}@{IAM}",
            f"1deployer@{IAM}",
            f"deployer-@{IAM}",
            f"deployer@{IAM}.example.com",
            "deployer@x.gserviceaccount.com",
            "deployer@..iam.gserviceaccount.com",
            "123@cloudservices.gserviceaccount.com",
        ],
    ),
    "cluster.location": (
        ["asia-northeast1", "asia-northeast1-a", "asia-northeast1-z"],
        ["asia-northeast1a", "asia-northeast1-", "asia-northeast1-aa", "asia-northeast1-A"],
    ),
    "app_engine.location": (
        ["northamerica-northeast1", "europe-west12"],
        [f"{'a' * 20}-bbbbbbb1", "asia-northeast123"],
    ),
    "dns.zone": (["private", "a.1a", "1.a"], ["1", "10.1", "api.1"]),
}
CASES: Final = [
    (place, name, valid)
    for place, both in NAMES.items()
    for valid, names in zip((True, False), both, strict=True)
    for name in names
]


@pytest.mark.parametrize(("place", "name", "valid"), CASES, ids=lambda value: str(value)[:40])
def test_a_name_is_accepted_if_and_only_if_its_api_accepts_it(
    place: str, name: str, *, valid: bool
) -> None:
    assert (errors_at(place, name) == []) == valid


@pytest.mark.parametrize(
    ("namespaces", "valid"),
    [(["1apis", LONG], True), ([f"{LONG}a"], False), (["a.b"], False)],
    ids=str,
)
def test_a_namespace_to_create_is_a_label(namespaces: list[str], *, valid: bool) -> None:
    assert (errors_at("cluster.namespaces", namespaces) == []) == valid


@pytest.mark.parametrize("prefix", ["a.b", "a", "1.x", "a" * 100, "a" * 253])
def test_the_prefix_of_a_selector_key_can_be_any_dns_subdomain(prefix: str) -> None:
    assert errors_at("services[].selector", {f"{prefix}/c": "x"}) == []


@pytest.mark.parametrize("prefix", ["a..b", "a.-b", "-a", "a-", "", "A.b", "a/b", "a_b", "a" * 254])
def test_the_prefix_of_a_selector_key_must_be_a_dns_subdomain(prefix: str) -> None:
    (error,) = errors_at("services[].selector", {f"{prefix}/c": "x"})
    assert "label key" in error.rule


def test_the_service_of_the_kubernetes_api_cannot_be_a_service() -> None:
    named: Table = {"services[0].name": "kubernetes"}
    (error,) = errors_in(changed(DEV_TABLE, named))
    assert error.key == "services[0].name"
    assert errors_in(changed(DEV_TABLE, {**named, "services[0].namespace": "apis"})) == []


@pytest.mark.parametrize("pattern", CLEANED)
def test_no_state_is_in_a_folder_that_make_clean_deletes(pattern: str) -> None:
    folder = pattern.replace("*", "x")
    for path in (folder, f"{folder}/state"):
        (error,) = errors_at("state.path", path)
        assert "`make clean` deletes" in error.rule


def test_the_folders_that_make_clean_deletes_are_those_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.split("\nclean:")[1].split("\n\n")[0]
    removed = re.findall(r"@rm -rf (.+)", recipe)
    assert tuple(" ".join(removed).split()) == CLEANED
    assert re.findall(r"-name (\S+)", recipe) == ["__pycache__"]
