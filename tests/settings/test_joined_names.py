"""Names that are joined from parts: no two are equal, in one environment and across all."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settings.checks import check_together
from settings.claims import claims
from settings.environment import Settings
from settings.errors import SettingError
from stacks.app import synthesize
from tests.line import BACKENDS, Line, Table, changed, errors_in
from tests.support import DEV_TABLE, existing

NASTY: Final = [
    "backend",
    "google",
    "client",
    "namespaces",
    "neg-collection",
    "addresses",
    "terraform",
    "connector",
    "network",
    "nodes",
    "node",
    "zone",
    "urls",
    "constructor",
    "prototype",
    "tostring",
    "valueof",
    "then",
    "default",
    "deny-connector",
    "deny-connector-egress",
    "extra-destinations",
    "allow-google",
    "egress-a",
    "service-google",
    "address-google",
    "kubernetes-a",
]
"""Names that constructs, providers, resources, or JavaScript have too."""

UNIQUE_IN_REGION: Final = ("compute_address", "compute_subnetwork", "compute_router")


def service(name: str, namespace: str = "default", host: str = "") -> Table:
    return {
        "name": name,
        "namespace": namespace,
        "selector": dict.fromkeys(["constructor", "toString", "hasOwnProperty", "toJSON"], "x"),
        "host": host or f"{name}.{namespace}",
        "ports": [{"name": "constructor", "port": 80, "target_port": "then"}],
    }


def environment(
    name: str, network: str = "private", changes: Mapping[str, object] | None = None
) -> Settings:
    """Settings whose only names in common with others come from the arguments."""
    distinct = {"connector.name": f"c{name}"[:20], "cluster.name": f"c{name}"}
    table = changed(DEV_TABLE, {"network.name": network, **distinct, **(changes or {})})
    assert errors_in(table) == []
    return Settings.of(table, name)


def conflicts(*environments: Settings) -> list[SettingError]:
    files = {Path(f"{found.environment}.toml"): found for found in environments}
    return [error for _, error in check_together(files)]


def resource_names(found: Settings, outdir: Path) -> Iterator[tuple[str, ...]]:
    """Kind, scope and name of every resource of Google Cloud in the Terraform JSON."""
    line = Line(outdir, found.environment)
    for stack in line.stacks.values():
        for kind, resources in stack.get("resource", {}).items():
            for resource in resources.values():
                name = resource.get("account_id") or resource.get("name")
                if kind.startswith("google_") and name and not name.startswith("${"):
                    region = resource["region"] if kind[7:] in UNIQUE_IN_REGION else ""
                    yield (kind, found.project, region, name)
    for part, stack in line.stacks.items():
        if cloud := stack["terraform"].get("cloud"):
            yield ("workspace", cloud["organization"], part, cloud["workspaces"]["name"])


@pytest.mark.parametrize(("backend", "names"), [("local", NASTY), ("cloud", NASTY[:1])])
def test_services_with_the_names_of_everything_else_synthesize(
    tmp_path: Path, backend: str, names: list[str]
) -> None:
    found = environment(
        "constructor",
        changes={
            "state": BACKENDS[backend],
            "labels": dict.fromkeys(["constructor", "then", "prototype"], "x"),
            "services": [
                *map(service, names),
                service("kubernetes", "1apis"),
                service("x", "1apis", host="1apis"),
            ],
            "network.nat": True,
            "network.nodes": "192.168.0.0/22",
            "cluster.namespaces": ["1apis", "constructor"],
            "connector.extra_destinations": ["10.99.0.0/24"],
        },
    )
    synthesize([found], outdir=tmp_path)
    line = Line(tmp_path, "constructor")
    assert len(line.all("service", "kubernetes_service_v1")) == len(names) + 2
    assert len(line.all("dns", "google_dns_record_set")) == len(names) + 2
    made = list(resource_names(found, tmp_path))
    assert len(made) == len(set(made))
    for kind, title in (
        ("google_compute_firewall", "a firewall rule"),
        ("google_compute_address", "an address"),
        ("workspace", "a workspace"),
    ):
        claimed = {claim.name for claim in claims(found) if claim.kind == title}
        assert claimed == {name for made_kind, _, _, name in made if made_kind == kind}


@pytest.mark.parametrize(
    ("changes", "prefix"),
    [({"network.nat": True}, "private"), (existing(), "line"), (existing("cluster"), "line")],
    ids=["created", "existing network", "existing cluster"],
)
def test_the_names_that_no_claim_lists_are_the_prefix_and_one_word(
    tmp_path: Path, changes: Mapping[str, object], prefix: str
) -> None:
    found = environment("dev", changes=changes)
    synthesize([found], outdir=tmp_path)
    claimed = {claim.name for claim in claims(found)}
    for kind, _, _, name in resource_names(found, tmp_path):
        if name not in claimed and kind != "google_dns_record_set":
            start, _, word = name.rpartition("-")
            assert (start, word.isalpha()) == (prefix, True), (
                f"{kind} {name}: name it with one word, settings.name('WORD'), "
                "or yield the name in settings/claims.py"
            )


parts = st.lists(
    st.sampled_from(["a", "b", "allow", "egress", "deny", "connector", "extra", "destinations"]),
    min_size=1,
    max_size=2,
).map("-".join)


@st.composite
def environments(draw: st.DrawFn, name: str) -> Settings:
    apis = draw(st.lists(st.tuples(parts, st.sampled_from(["default", "a", "a-b"])), min_size=1))
    unique = {
        f"{namespace}-{api}".removeprefix("default-"): (api, namespace) for api, namespace in apis
    }
    prefix = draw(parts.filter(lambda network: len(network) <= 24))
    connector = {"one": "10.8.0.0/28", "two": "10.8.0.16/28"}[name]
    exists = existing(prefix=prefix, connector=connector)
    return environment(
        name,
        prefix,
        {
            **(exists if draw(st.booleans()) else {}),
            "services": [
                service(api, namespace, host=key) for key, (api, namespace) in unique.items()
            ][:4],
            "connector.extra_destinations": draw(st.sampled_from([[], ["10.99.0.0/24"]])),
        },
    )


def firewall_rules_and_addresses(found: Settings) -> set[tuple[str, str]]:
    """The joined names, computed differently than by `claims`."""
    keys = [service.key for service in found.services]
    rules = ["deny-connector", "deny-connector-egress"]
    rules += [f"{direction}-{key}" for direction in ("allow", "egress") for key in keys]
    if found.connector.extra_destinations:
        rules += ["extra-destinations", "extra-destinations-egress"]
    return {("rule", f"{found.prefix}-{rule}") for rule in rules} | {
        ("address", f"{found.prefix}-{key}") for key in keys
    }


@given(environments("one"), environments("two"))
@settings(max_examples=40)
def test_two_environments_are_accepted_if_and_only_if_they_share_no_name(
    one: Settings, two: Settings
) -> None:
    shared = firewall_rules_and_addresses(one) & firewall_rules_and_addresses(two)
    expected = bool(shared) or one.prefix == two.prefix
    assert bool(conflicts(one, two)) == expected


@pytest.mark.parametrize(
    ("name", "network", "other", "key"),
    [
        ("deny-connector", "private-allow", "x", "network.name"),
        ("deny-connector", "private-egress", "x", "network.name"),
        ("egress-y", "private-allow", "y", "services[0].name"),
        ("allow-y", "private-allow", "y", "services[0].name"),
        ("eu-y", "private-eu", "y", "services[0].name"),
    ],
)
def test_an_error_names_the_setting_that_makes_a_joined_name(
    name: str, network: str, other: str, key: str
) -> None:
    first = environment("one", changes={"services": [service(name)]})
    second = environment("two", network, {"services": [service(other)]})
    (error,) = conflicts(first, second)
    assert error.key == key
    assert "by one.toml" in error.rule


def test_environments_in_different_projects_share_every_name() -> None:
    two = environment("two", changes={"project": "my-other-project"})
    assert conflicts(environment("one"), two) == []


prefixes = st.text(alphabet="ab", max_size=3).map(lambda text: text and f"{text}-")
names = st.text(alphabet="ab", min_size=1, max_size=2)


@given(prefixes, prefixes, names, names)
@settings(max_examples=40)
def test_no_two_prefixes_make_one_workspace(
    prefix: str, other_prefix: str, name: str, other: str
) -> None:
    found = [
        environment(f"{prefix}{name}", "n1", {"state": cloud(other_prefix.upper())}),
        environment(other, "n2", {"state": cloud("")}),
    ]
    if found[0].environment == found[1].environment:
        return
    keys = {error.key for error in conflicts(*found) if error.key}
    same = f"{other_prefix}{prefix}{name}" == other
    assert keys == ({"state.workspace_prefix"} if same else set())


def cloud(prefix: str, **changes: str) -> Mapping[str, str]:
    return {
        "backend": "cloud",
        "organization": "my-organization",
        "workspace_prefix": prefix,
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({}, 1),
        ({"organization": "My-Organization"}, 1),
        ({"organization": "other"}, 0),
        ({"hostname": "tfe.example.com:8443"}, 0),
    ],
    ids=str,
)
def test_a_workspace_is_taken_once_per_organization(changes: dict[str, str], number: int) -> None:
    first = environment("dev", "n1", {"state": cloud("team-")})
    second = environment("team-dev", "n2", {"state": cloud("", **changes)})
    assert len(conflicts(first, second)) == number


def test_a_project_has_one_app_engine_location() -> None:
    first = environment("one", "n1")
    second = environment("two", "n2", {"app_engine.location": "us-central"})
    (error,) = conflicts(first, second)
    assert error.key == "app_engine.location"
    assert 'must be "asia-northeast1" as in one.toml' in error.rule
    moved = environment(
        "two", "n2", {"app_engine.location": "us-central", "project": "my-other-project"}
    )
    assert conflicts(first, moved) == []


def test_no_service_key_is_made_twice_in_one_environment() -> None:
    for one, other in combinations([("a", "b-c"), ("a-b", "c"), ("default", "a-b-c")], 2):
        apis = [service(name, namespace) for namespace, name in (one, other)]
        (error,) = errors_in(changed(DEV_TABLE, {"services": apis}))
        assert error.key == "services[1].name"
