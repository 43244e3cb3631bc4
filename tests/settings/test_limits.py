"""Every number of the settings, on both sides of its limit: the cases come from the model."""

from pathlib import Path
from typing import Final, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from private_line import limits
from private_line.limits import Limit, Maximum
from settings.errors import InvalidSettingsError
from settings.load import load
from settings.within import Within
from tests.line import Table, changed, errors_in
from tests.settings.places import FIELDS, KEYS, file_with
from tests.support import DEV, DEV_TABLE

HUGE: Final = (2**63, -(2**63), 2**64, 10**400, 1 << 20_000, -(1 << 20_000))
"""Python cannot write the last two as decimals."""

NO_INTEGER: Final[tuple[object, ...]] = (
    True,
    False,
    3.0,
    2.5,
    float("inf"),
    float("nan"),
    1e300,
    [],
    [3],
    {"a": 3},
)

LIMITED: Final = {
    # A field has its limit in its metadata, or in its type if the type has a name.
    place: item.limit
    for place, field in FIELDS.items()
    for item in field.metadata
    if isinstance(item, Within)
}


def takes(field: FieldInfo, kind: type) -> bool:
    """Whether a setting takes values of a type, alone or besides others."""
    types = (field.annotation, *get_args(field.annotation))
    return kind in [getattr(item, "__origin__", item) for item in types]


def places_of(kind: type) -> list[str]:
    return [place for place, field in FIELDS.items() if takes(field, kind)]


def rules_for(place: str, value: object) -> list[str]:
    """The rules that a value breaks; each error has a hint, and is at the key."""
    found = errors_in(file_with(place, value))
    assert all(error.hint for error in found)
    return [error.rule for error in found if error.key.startswith(KEYS[place])]


def test_the_model_has_numbers_and_switches() -> None:
    # A limit in a field's metadata, and one in a type with a name.
    assert {"cluster.disk_size_gb", "cluster.min_nodes"} <= LIMITED.keys()
    without = set(places_of(int)) - {*LIMITED, "services[].ports[].target_port"}
    assert not without, "write Annotated[StrictInt, Within(limits.NAME)] at the field"
    assert {"network.nat", "connector.deny_rules"} <= set(places_of(bool))


@given(st.sampled_from(sorted(LIMITED)), st.data())
@settings(max_examples=200)
def test_a_number_outside_its_limit_is_an_error_at_its_key(key: str, data: st.DataObject) -> None:
    limit = LIMITED[key]
    number = data.draw(
        st.one_of(
            st.integers(max_value=limit.least - 1),
            st.integers(min_value=limit.most + 1),
            st.sampled_from([limit.least - 1, limit.most + 1, 0, *HUGE]).filter(
                lambda number: not limit.least <= number <= limit.most
            ),
        )
    )
    (rule,) = rules_for(key, number)
    assert rule.startswith(f"must be {limit}, got ")


@given(st.sampled_from(sorted(LIMITED)), st.data())
@settings(max_examples=100)
def test_a_number_within_its_limit_is_not_out_of_range(key: str, data: st.DataObject) -> None:
    limit = LIMITED[key]
    number = data.draw(
        st.integers(limit.least, limit.most) | st.sampled_from([limit.least, limit.most])
    )
    assert not [rule for rule in rules_for(key, number) if rule.startswith("must be ")]


@pytest.mark.parametrize("key", places_of(int))
def test_a_number_of_another_type_or_a_huge_one_is_an_error_without_a_traceback(
    key: str, tmp_path: Path
) -> None:
    for value in (*NO_INTEGER, *HUGE):
        assert rules_for(key, value), value
    name = key.rpartition(".")[2]
    (tmp_path / "dev.toml").write_text(f"{name} = {1 << 4_000:#x}\n{DEV}", encoding="utf-8")
    with pytest.raises(InvalidSettingsError, match=f"{name} = 0x1000"):
        load(tmp_path)


@pytest.mark.parametrize("key", places_of(bool))
def test_a_switch_takes_no_number_and_no_text(key: str) -> None:
    values: tuple[object, ...] = (0, 1, 1.0, "true", "no", [], *HUGE)
    for value in values:
        assert rules_for(key, value), value


@pytest.mark.parametrize("key", ["project", "network.nodes", "labels", "cluster.control_plane"])
def test_a_huge_number_in_place_of_text_is_an_error(key: str) -> None:
    for value in HUGE:
        assert rules_for(key, value), value


def test_a_report_cuts_off_a_long_value(tmp_path: Path) -> None:
    labels = "\n".join(f'k{number} = "v"' for number in range(999))
    (tmp_path / "dev.toml").write_text(DEV.replace("[labels]", f"[labels]\n{labels}"))
    with pytest.raises(InvalidSettingsError) as caught:
        load(tmp_path)
    assert max(map(len, str(caught.value).splitlines())) < 500


COUNTS: Final[tuple[tuple[str, Table, Maximum], ...]] = (
    # key, other changes, limit
    ("labels", {}, limits.LABELS),
    (
        "cluster.authorized_networks",
        {"cluster.control_plane": "private"},
        limits.AUTHORIZED_NETWORKS,
    ),
    (
        "cluster.authorized_networks",
        {"cluster.control_plane": "public"},
        limits.AUTHORIZED_NETWORKS,
    ),
    ("services[0].extra_source_ranges", {}, limits.SERVICE_SOURCE_RANGES),
)


@pytest.mark.parametrize(("key", "others", "limit"), COUNTS, ids=lambda value: str(value)[:40])
def test_a_list_has_at_most_so_many_elements(key: str, others: Table, limit: Maximum) -> None:
    def given_elements(number: int) -> object:
        if key == "labels":
            return {f"k{index}": "v" for index in range(number)}
        return [f"10.{100 + index // 256}.{index % 256}.0/24" for index in range(number)]

    assert errors_in(changed(DEV_TABLE, {**others, key: given_elements(limit.most)})) == []
    (error,) = errors_in(changed(DEV_TABLE, {**others, key: given_elements(limit.most + 1)}))
    assert error.key == key
    assert error.rule.startswith(f"must have at most {limit.most} {limit.elements}")
    assert error.hint == "remove 1"


def test_the_limits_are_those_of_google_and_kubernetes_and_each_has_a_source() -> None:
    """The numbers are here a second time, so that nobody changes one by accident."""
    table = {name: item for name, item in vars(limits).items() if isinstance(item, Limit)}
    counts = {name: item for name, item in vars(limits).items() if isinstance(item, Maximum)}
    assert {name: (limit.least, limit.most) for name, limit in table.items()} == {
        "NODES_PREFIX": (8, 29),
        "SERVICES_PREFIX": (16, 28),
        "CONNECTOR_PREFIX": (28, 28),
        "CONNECTOR_MIN_INSTANCES": (2, 9),
        "CONNECTOR_MAX_INSTANCES": (3, 10),
        "NODES": (1, 3000),
        "DISK_SIZE_GB": (10, 65536),
        "MAINTENANCE_HOURS": (4, 24),
        "PORT": (1, 65535),
    }, "write a new limit here, too, as on the page that it names"
    assert {name: limit.most for name, limit in counts.items()} == {
        "AUTHORIZED_NETWORKS": 100,
        "SERVICE_SOURCE_RANGES": 4999,
        "LABELS": 63,
    }, "write a new maximum here, too, as on the page that it names"
    sources = [item.source for item in table.values()] + [item.source for item in counts.values()]
    assert all(source.startswith("https://") for source in sources)
