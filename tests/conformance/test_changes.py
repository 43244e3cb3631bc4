"""Comparing two plans, and reducing a plan to a recording."""

import copy

import pytest

from tests.conformance.changes import changes, differences, recordable
from tests.line import Table

SHOWN: Table = {
    "resource_changes": [
        {
            "address": "google_compute_address.address-myapi",
            "change": {
                "actions": ["update"],
                "before": {"name": "myapi", "labels": {}, "users": [], "fixed": True},
                "after": {"name": "myapi", "labels": {"team": "platform"}, "fixed": False},
                "after_unknown": {"users": True, "labels": {}},
                "replace_paths": [["labels"]],
            },
        },
        {
            "address": "google_compute_network.network",
            "change": {
                "actions": ["create"],
                "before": None,
                "after": {
                    "name": "private",
                    "mtu": 0,
                    "ula": False,
                    "range": None,
                    "dns": [{"a": 1}],
                },
                "after_unknown": {"id": True},
            },
        },
        {
            "address": "google_compute_router.router",
            "change": {"actions": ["no-op"], "before": {}, "after": {}, "after_unknown": {}},
        },
    ],
    "output_changes": {
        "id": {
            "actions": ["create"],
            "before": None,
            "after_unknown": True,
            "after_sensitive": False,
        }
    },
}

ADDRESS, NETWORK = (entry["change"] for entry in SHOWN["resource_changes"][:2])


def test_a_plan_does_not_differ_from_itself() -> None:
    assert list(differences(changes(SHOWN), changes(SHOWN))) == []


@pytest.mark.parametrize(
    ("number", "key", "value", "difference"),
    [
        (
            0,
            "actions",
            ["delete", "create"],
            "google_compute_address.address-myapi action: fake 'update' real 'delete and create'",
        ),
        (
            0,
            "replace_paths",
            [["name"]],
            "google_compute_address replacement: fake [['labels']] real [['name']]",
        ),
        (
            0,
            "after",
            {**ADDRESS["after"], "labels": {"team": "other"}},
            "google_compute_address labels.team: fake 'platform' real 'other'",
        ),
        (0, "after_unknown", {}, "google_compute_address users: fake 'unknown' real None"),
        (
            1,
            "after",
            {**NETWORK["after"], "dns": [{"a": 2}]},
            "google_compute_network dns[0].a: fake 1 real 2",
        ),
        (
            2,
            "actions",
            ["update"],
            "google_compute_router.router action: fake 'no-op' real 'update'",
        ),
    ],
    ids=["action", "replacement", "value", "unknown", "in a block", "in one plan only"],
)
def test_a_difference_is_reported_with_both_values(
    number: int, key: str, value: object, difference: str
) -> None:
    real = copy.deepcopy(SHOWN)
    real["resource_changes"][number]["change"][key] = value
    assert list(differences(changes(SHOWN), changes(real))) == [difference]


def test_a_recording_omits_unchanged_and_empty_values() -> None:
    assert recordable(changes(SHOWN)) == {
        "google_compute_address.address-myapi": {
            "actions": ["update"],
            "replace_paths": [["labels"]],
            "after": {"labels": {"team": "platform"}, "fixed": False},
            "unknown": {"users": True},
        },
        "google_compute_network.network": {
            "actions": ["create"],
            "after": {"name": "private", "mtu": 0, "dns": [{"a": 1}]},
            "unknown": {"id": True},
        },
        "output.id": {"actions": ["create"], "unknown": True},
    }
