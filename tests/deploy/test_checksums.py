"""Provider checksums: `make provider-lock` writes the lock file, and Terraform checks it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.memo import Run
from tests.fake_cloud.tools import Tools
from tests.line import STACKS
from tests.project import Project
from tests.support import ROOT
from tools.provider_lock import PLATFORMS

LOCK = ".terraform.lock.hcl"


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> Path:
    """The fake providers for every platform. Those for other platforms differ, and do not run."""
    mirror = tmp_path_factory.mktemp("mirror")
    shutil.copytree(tools.mirror, mirror, dirs_exist_ok=True)
    for version in mirror.glob("*/*/*/*"):
        (own,) = version.iterdir()
        for platform in set(PLATFORMS) - {own.name}:
            shutil.copytree(own, version / platform)
            (program,) = (version / platform).iterdir()
            program.write_text(f"# for {platform}\n", encoding="utf-8")
    return mirror


class Checkout:
    """A project folder in which `make provider-lock` is run."""

    def __init__(self, cloud: FakeCloud, mirror: Path) -> None:
        """Create a project in the folder of a cloud, or use the one that is there."""
        self.cloud = cloud
        self.project = Project(cloud.folder, cloud.environment())
        self.path = cloud.folder / LOCK
        self._mirror = mirror

    def lock(self, *options: str) -> Run:
        """Run the command of `make provider-lock`; without options, it uses the mirror."""
        return subprocess.run(  # noqa: S603 - our own command, no shell
            [
                *(sys.executable, "-m", "tools.provider_lock"),
                *(options or [f"-fs-mirror={self._mirror}"]),
            ],
            cwd=self.cloud.folder,
            # Makes every registry unreachable.
            env={
                **self.cloud.environment(),
                "HTTPS_PROXY": "http://127.0.0.1:9",
                "PYTHONPATH": f"{ROOT}:{ROOT / 'constructs'}",
            },
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def synth(self) -> None:
        """Synthesize the stacks."""
        done = self.project.main()
        assert done.returncode == 0, done.stdout + done.stderr

    def of(self, stack: str) -> Path:
        """The lock file of a stack such as `network`."""
        return self.cloud.folder / "cdktf.out" / "stacks" / f"dev-{stack}" / LOCK


@pytest.fixture
def checkout(cloud: FakeCloud, mirror: Path) -> Checkout:
    """A checkout without a lock file."""
    return Checkout(cloud, mirror)


@pytest.fixture(scope="module")
def first_locked(tmp_path_factory: pytest.TempPathFactory, tools: Tools, mirror: Path) -> Checkout:
    """A synthesized checkout with a lock file; tests must not change it."""
    checkout = Checkout(FakeCloud(tmp_path_factory.mktemp("locked") / "line", tools), mirror)
    done = checkout.lock()
    assert done.returncode == 0, done.stderr
    assert "linux_arm64. Commit it." in done.stdout
    checkout.synth()
    return checkout


@pytest.fixture
def locked(tmp_path: Path, first_locked: Checkout, mirror: Path) -> Checkout:
    """A checkout with a lock file, which the test may change."""
    return Checkout(first_locked.cloud.copy(tmp_path / "copy"), mirror)


def test_the_lock_file_has_a_checksum_per_provider_and_platform(first_locked: Checkout) -> None:
    blocks = first_locked.path.read_text(encoding="utf-8").split("\nprovider ")[1:]
    assert [block.count('"h1:') for block in blocks] == [len(PLATFORMS)] * 2


def test_an_unreachable_registry_is_one_line_and_the_lock_file_does_not_change(
    checkout: Checkout,
) -> None:
    checkout.path.write_text("mine", encoding="utf-8")
    # `providers lock` uses the registry, even if the CLI configuration names a mirror.
    failed = checkout.lock(f"-platform={PLATFORMS[0]}")
    assert failed.returncode == 1
    (line,) = failed.stderr.splitlines()
    assert line.startswith(f"{LOCK} was not written: Could not retrieve providers for locking")
    assert "registry." in line
    assert checkout.path.read_text(encoding="utf-8") == "mine"


def test_a_synthesis_writes_the_checksums_of_its_providers_to_each_stack(
    first_locked: Checkout,
) -> None:
    whole = first_locked.path.read_text(encoding="utf-8")
    for stack in STACKS:
        part = first_locked.of(stack).read_text(encoding="utf-8")
        configuration = first_locked.of(stack).with_name("cdk.tf.json").read_text(encoding="utf-8")
        providers = json.loads(configuration)["terraform"]["required_providers"]
        assert len(re.findall("^provider ", part, re.MULTILINE)) == len(providers)
        assert all(block in whole for block in part.split("\n\n"))
    assert "hashicorp/kubernetes" in first_locked.of("service").read_text(encoding="utf-8")
    assert "hashicorp/kubernetes" not in first_locked.of("network").read_text(encoding="utf-8")


def test_without_a_lock_file_a_synthesis_writes_none(checkout: Checkout) -> None:
    checkout.synth()
    assert not any(checkout.of(stack).exists() for stack in STACKS)


def test_terraform_accepts_providers_with_these_checksums(locked: Checkout) -> None:
    locked.cloud.succeed("service", "init", "-lockfile=readonly")


def test_terraform_rejects_a_provider_with_another_checksum(locked: Checkout) -> None:
    text = locked.path.read_text(encoding="utf-8")
    locked.path.write_text(re.sub(r'"h1:.{4}', '"h1:AAAA', text), encoding="utf-8")
    locked.synth()
    failed = locked.cloud.terraform("network", "init", "-no-color")
    assert failed.returncode == 1
    error = " ".join(failed.stderr.replace("│", " ").split())
    assert "match any of the checksums previously recorded in the dependency lock file" in error


def test_the_cdktf_command_deploys_with_checksums_and_without_a_registry(locked: Checkout) -> None:
    deploy = locked.project.cdktf("deploy", "dev-network", "--auto-approve")
    assert deploy.returncode == 0, deploy.stdout[-3000:] + deploy.stderr
    assert locked.cloud.names()["google_compute_network"]


@pytest.mark.parametrize(
    ("old", "new", "lacks"),
    [
        ("6.50.0", "6.49.0", "google 6.50.0"),
        ("hashicorp/kubernetes", "hashicorp/other", "kubernetes 2.38.0"),
    ],
)
def test_a_lock_file_of_other_providers_stops_a_synthesis(
    locked: Checkout, old: str, new: str, lacks: str
) -> None:
    text = locked.path.read_text(encoding="utf-8")
    locked.path.write_text(text.replace(old, new), encoding="utf-8")
    failed = locked.project.main()
    assert failed.returncode
    printed = failed.stdout + failed.stderr
    assert f"{LOCK}: has no checksums of {lacks}: run make provider-lock, or remove the file" in (
        " ".join(printed.split())
    )
    assert "Traceback" not in printed
