"""A stack's name is made and read by one pair of functions."""

import pytest

from settings.stack_names import PARTS, environment_and_part, stack_name


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("environment", ["dev", "prod-eu", "dns", "a-network"])
def test_what_is_made_is_read(environment: str, part: str) -> None:
    assert environment_and_part(stack_name(environment, part)) == (environment, part)


def test_a_part_may_have_a_hyphen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("settings.stack_names.PARTS", (*PARTS, "log-sink"))
    assert environment_and_part(stack_name("dev", "log-sink")) == ("dev", "log-sink")


def test_no_part_can_be_taken_for_another() -> None:
    assert not [(one, other) for one in PARTS for other in PARTS if one.endswith(f"-{other}")]


@pytest.mark.parametrize("name", ["dev", "network", "-network", "dev-log-sink"])
def test_another_name_is_rejected_with_the_parts_there_are(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is no stack's name: it must end with -network"):
        environment_and_part(name)
