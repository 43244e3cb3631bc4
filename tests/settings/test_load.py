"""Errors in files: a file that cannot be read is one of them, and one report covers all files."""

from pathlib import Path

import pytest

from settings.errors import InvalidSettingsError
from settings.load import load
from tests.support import DEV


def report_of(folder: Path, **files: bytes | str) -> str:
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / f"{name}.toml").write_bytes(data)
    with pytest.raises(InvalidSettingsError) as caught:
        load(folder)
    return str(caught.value)


def another(old: str, new: str) -> str:
    """A second environment with other names than dev.toml, and one more change."""
    text = DEV.replace('"private"', '"other"').replace('"private-', '"other-')
    assert old in text
    return text.replace(old, new)


def test_every_file_in_the_folder_is_an_environment(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(DEV, encoding="utf-8")
    (tmp_path / "prod.toml").write_text(another("dev", "prod"), encoding="utf-8")
    assert [settings.environment for settings in load(tmp_path)] == ["dev", "prod"]


def test_a_folder_without_files_is_an_error(tmp_path: Path) -> None:
    assert f"{tmp_path}\n    rule: contains no .toml file" in report_of(tmp_path)


def test_an_empty_file_is_an_error(tmp_path: Path) -> None:
    assert "is empty" in report_of(tmp_path, dev="")


def test_a_file_with_only_comments_is_empty(tmp_path: Path) -> None:
    assert "is empty" in report_of(tmp_path, dev="# nothing\n")


def test_invalid_toml_is_reported_with_its_position(tmp_path: Path) -> None:
    assert "must be valid TOML" in (report := report_of(tmp_path, dev="region = \n"))
    assert "line 1, column 10" in report


def test_a_number_of_thousands_of_digits_is_an_error(tmp_path: Path) -> None:
    report = report_of(tmp_path, dev=f"project = {10**1900}")
    assert "...\n    rule: must be a 64-bit integer" in report
    report = report_of(tmp_path, dev=f"project = {10**4000}{10**4000}")
    assert "dev.toml\n    rule: must have lines of at most 2000 characters" in report


def test_a_file_that_is_not_utf_8_is_reported_with_its_position(tmp_path: Path) -> None:
    assert "must be UTF-8, but byte 2" in report_of(tmp_path, dev=b"# \xff\n")


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(DEV, encoding="utf-8-sig")
    assert len(load(tmp_path)) == 1


def test_a_folder_named_like_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").mkdir()
    assert "cannot be read: Is a directory" in report_of(tmp_path)


@pytest.mark.parametrize("name", ["Dev", "dev_1", "1dev", "dev--1", "dev-"])
def test_an_environment_name_must_make_valid_stack_names(tmp_path: Path, name: str) -> None:
    assert "stacks are named after it" in report_of(tmp_path, **{name: DEV})


def test_a_glob_for_one_environment_must_not_match_another(tmp_path: Path) -> None:
    report = report_of(tmp_path, **{"dev": DEV, "dev-eu": another("dev", "eu")})
    assert "dev-eu.toml" in report
    assert "cdktf deploy 'dev-*' would match both" in report


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('name = "other"', 'name = "private"', "network.name"),
        ('"other-connector"', '"private-connector"', "connector.name"),
        ('"other-cluster"', '"private-cluster"', "cluster.name"),
    ],
)
def test_two_environments_in_one_project_share_no_name(
    tmp_path: Path, old: str, new: str, key: str
) -> None:
    report = report_of(tmp_path, dev=DEV, prod=another(old, new))
    assert f"prod.toml: {key} = " in report
    assert f"by {tmp_path / 'dev.toml'}" in report


def test_two_environments_in_one_project_share_no_address_name(tmp_path: Path) -> None:
    eu = another('name = "other"', 'name = "private-eu"')
    report = report_of(tmp_path, dev=DEV.replace('"myapi"\n', '"eu-myapi"\n', 1), prod=eu)
    assert report.startswith("1 error")
    assert 'prod.toml: services[0].name = "private-eu-myapi"' in report


def test_two_projects_can_share_every_name(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(DEV, encoding="utf-8")
    prod = DEV.replace("my-project-id", "my-other-project")
    (tmp_path / "prod.toml").write_text(prod, encoding="utf-8")
    assert len(load(tmp_path)) == 2


def test_the_errors_of_all_files_are_in_one_report(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        dev=DEV.replace("10.8.0.0/28", "10.8.0.0/24"),
        prod=another("asia-northeast1", "tokyo"),
        test="= 1",
    )
    assert report.startswith("4 errors in the settings. Nothing was written.")
    assert 'dev.toml: network.connector = "10.8.0.0/24"' in report
    assert 'prod.toml: region = "tokyo"' in report
    assert 'prod.toml: app_engine.location = "tokyo"' in report
    assert "test.toml\n    rule: must be valid TOML" in report


def test_an_invalid_value_in_one_file_hides_no_error_in_another(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        dev=DEV.replace("10.8.0.0/28", "10.8.0.0/24"),
        prod=another('services = "10.0.16.0/20"', 'services = "10.4.0.0/20"'),
    )
    assert report.startswith("2 errors in the settings.")
    assert 'dev.toml: network.connector = "10.8.0.0/24"' in report
    assert 'prod.toml: network.services = "10.4.0.0/20"' in report
    assert "must not overlap network.pods" in report
