"""`make test` passes after users edit the files that README and docs/first-call.md ask to edit."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import APP_YAML, DEV_FILE, ROOT

pytestmark = pytest.mark.slow

TIMEOUT_SECONDS = 300
SELF = Path(__file__).name


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, edited as both pages describe."""
    copy = tmp_path_factory.mktemp("edited") / "checkout"
    generated = (".*", "*.egg-info", "node_modules", "cdktf.out", "state")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*generated))
    (copy / ".cache").symlink_to(ROOT / ".cache")
    edit_environments(copy)
    app_yaml = copy / "examples" / "caller" / "app.yaml"
    shutil.copy(APP_YAML, app_yaml)
    edit(app_yaml, {"http://my.api.private": "http://orders.shop.private"})
    run(copy, "-m", "operations.app_yaml", "prod", str(app_yaml))
    return copy


def edit_environments(copy: Path) -> None:
    """Replace the settings with prod.toml: another project and region, a bucket, a second API."""
    environments = copy / "environments"
    for file in environments.glob("*.toml"):
        file.unlink()
    readme = (copy / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```toml\n(.*?)^```", readme, flags=re.DOTALL | re.MULTILINE)
    _complete, second_service, bucket = blocks[:3]
    shutil.copy(DEV_FILE, environments / "prod.toml")
    edit(
        environments / "prod.toml",
        {
            '"my-project-id"': '"shop-production"',
            'region = "asia-northeast1"': 'region = "europe-west1"',
            'location = "asia-northeast1"': 'location = "europe-west"',
            '"private"': '"shop"',
            '"private-': '"shop-',
            '"myapi"': '"orders"',
            '"my"': '"orders"',
            '"api.private"': '"shop.private"',
            "deletion_protection = true": "deletion_protection = false",
            '[state]\nbackend = "local"': f"{second_service}\n{bucket}",
        },
    )
    shutil.copy(copy / "examples" / "argo.toml", environments)


def edit(file: Path, changes: dict[str, str]) -> None:
    """Replace texts in a file; each must occur in it."""
    text = file.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text, f"{file.name} has no {old}"
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def run(copy: Path, *arguments: str) -> str:
    """Run Python in a copy of the checkout; imports resolve to the copy."""
    path = os.pathsep.join([str(copy), str(copy / "constructs")])
    done = subprocess.run(  # noqa: S603 - our own Python, no shell
        [sys.executable, *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_all_tests_are_collected_and_those_that_read_the_users_files_pass(checkout: Path) -> None:
    readers = [
        path.name
        for path in sorted((checkout / "tests").rglob("test_*.py"))
        if "USERS_" in path.read_text(encoding="utf-8") and path.name != SELF
    ]
    assert readers
    selected = " or ".join(readers)
    printed = run(checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", selected)
    assert re.search(r"\d+ passed, \d+ deselected", printed)


def test_only_support_py_names_the_users_files() -> None:
    paths = re.compile(r'ROOT / "environments"|(CALLER|"caller") / "app\.yaml"')
    reading = {
        path.name
        for path in (ROOT / "tests").rglob("*.py")
        if paths.search(path.read_text(encoding="utf-8")) and path.name != SELF
    }
    assert reading == {"support.py"}
