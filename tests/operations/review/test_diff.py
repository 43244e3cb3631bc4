"""Differences, and notations of the same value that are no difference."""

import pytest

from operations.review.diff import differences

ID = "projects/my-project-id/global/networks/private"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, []),
        (None, {}),
        ("", None),
        ([], [{"metadata_fields": [], "filter": ""}]),
        (ID, f"https://www.googleapis.com/compute/v1/{ID}"),
        ([f"https://compute.googleapis.com/compute/beta/{ID}"], [ID]),
    ],
)
def test_two_notations_of_one_value_are_no_difference(before: object, after: object) -> None:
    assert list(differences({"attribute": before}, {"attribute": after})) == []
    assert list(differences({"attribute": after}, {"attribute": before})) == []


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (False, True, "attribute: False → True"),
        (None, False, "attribute: nothing → False"),
        ([], [0], "attribute: nothing → 0"),
        (ID, f"{ID}-2", f"attribute: {ID} → {ID}-2"),
        ({"app.kubernetes.io/name": "a"}, {}, "attribute.app.kubernetes.io/name: a → nothing"),
        (
            [{"ports": ["80"]}],
            [{"ports": ["80", "planned:dev-network/a.b.c"]}],
            "attribute[0].ports: 80 → 80, (known after apply)",
        ),
    ],
)
def test_a_difference_is_shown_with_both_values(before: object, after: object, shown: str) -> None:
    (difference,) = differences({"attribute": before}, {"attribute": after})
    assert str(difference) == shown
