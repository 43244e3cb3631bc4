"""One pair of functions builds and splits stack names."""

import pytest

from settings.stack_names import PARTS, environment_and_part, stack_name


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("environment", ["dev", "prod-eu", "dns", "a-network"])
def test_a_stack_name_splits_into_what_it_was_built_from(environment: str, part: str) -> None:
    assert environment_and_part(stack_name(environment, part)) == (environment, part)


def test_a_part_can_contain_a_hyphen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("settings.stack_names.PARTS", (*PARTS, "log-sink"))
    assert environment_and_part(stack_name("dev", "log-sink")) == ("dev", "log-sink")


def test_no_part_ends_like_another() -> None:
    assert not [(part, other) for part in PARTS for other in PARTS if part.endswith(f"-{other}")]


@pytest.mark.parametrize("name", ["dev", "network", "-network", "dev-log-sink"])
def test_the_error_for_another_name_lists_the_parts(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is not a stack name: it must end with -network"):
        environment_and_part(name)
