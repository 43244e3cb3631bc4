"""Scans the Terraform JSON of every environment and every example with checkov.

`make scan` runs it with a checkov of its own. Checkov succeeds when it can read nothing, so a stack
of which it reports nothing is an error here.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from settings.errors import InvalidSettingsError
from settings.load import load

Table = dict[str, Any]
"""JSON as it comes."""

SCANNED: Final = ("environments", "examples")
"""The folders whose settings are scanned."""

ACCEPTED: Final = {
    "CKV_GCP_12": "Dataplane V2 enforces network policies without the block that this looks for.",
    "CKV_GCP_20": "With `control_plane` `dns` there is no IP endpoint that networks could reach.",
    "CKV_GCP_61": "`cluster.intranode_visibility`, off by default: more flow logs cost more.",
    "CKV_GCP_65": "`cluster.security_group`, off by default: the group is your organization's.",
    "CKV_GCP_66": "`cluster.binary_authorization`, off by default: it needs a policy of yours.",
    "CKV_K8S_21": "`services[].namespace` sets the namespace; other teams deploy the pods.",
    "CKV2_GCP_18": "The VPC's firewall rules are in the connector and service stacks.",
}
"""Accepted findings, with reasons; the table in docs/scanners.md."""

_TIMEOUT_SECONDS: Final = 300

_OFFLINE: Final = {"CKV_SKIP_PACKAGE_UPDATE_CHECK": "true"}

_CHECKOVS_OWN: Final = ("BC_", "CHECKOV_", "CKV_", "PRISMA_")
"""What its variables start with. A key among them would make it upload its results."""


class ScanError(Exception):
    """Checkov reported nothing that can be read."""


class Finding(NamedTuple):
    """One check that failed."""

    check: str
    name: str
    path: str
    resource: str

    def __str__(self) -> str:
        """What is printed."""
        return f"{self.path}: {self.resource}: {self.check} {self.name}"


class Report:
    """What checkov says about a folder of stacks."""

    def __init__(self, report: object, folder: Path) -> None:
        """Take a report apart.

        Args:
            report: checkov's JSON; without a scanned file it holds no `results`.
            folder: the folder that was scanned.
        """
        results = report.get("results", {}) if isinstance(report, dict) else {}
        failed: list[Table] = results.get("failed_checks", [])
        passed: list[Table] = results.get("passed_checks", [])
        found = [
            Finding(one["check_id"], one["check_name"], _stack(one), one["resource"])
            for one in failed
        ]
        self.passed = len(passed)
        self.accepted = [one for one in found if one.check in ACCEPTED]
        self.failed = sorted(one for one in found if one.check not in ACCEPTED)
        seen = {_stack(one) for one in (*failed, *passed)}
        self.unread = sorted({_name(path, folder) for path in stacks(folder)} - seen)

    @property
    def errors(self) -> list[str]:
        """What must be mended; the scan fails if there is any."""
        return [
            *(f"{path}: checkov reports nothing about it" for path in self.unread),
            *map(str, self.failed),
        ]


def stacks(folder: Path) -> Iterator[Path]:
    """The JSON files of all stacks in a folder."""
    return folder.glob("*/stacks/*/cdk.tf.json")


def synthesize_into(folder: Path) -> None:
    """Synthesize what is scanned, in the form that checkov reads.

    Raises:
        InvalidSettingsError: settings are wrong.
    """
    environments = {source: load(Path(source)) for source in SCANNED}
    from stacks.app import synthesize  # noqa: PLC0415 - cdktf starts once the settings are good

    for source, settings in environments.items():
        synthesize(settings, outdir=folder / source)
    for path in stacks(folder):
        configuration = json.loads(path.read_text(encoding="utf-8"))
        # Versions and backend, no resource. Checkov gives up a file with `required_version`
        # (github.com/bridgecrewio/checkov/issues/7454).
        del configuration["terraform"]
        path.write_text(json.dumps(configuration, indent=2), encoding="utf-8")


def scan(program: Path, folder: Path) -> Report:
    """Run checkov on the stacks of a folder.

    Nothing leaves the machine: no update check, no download of policies, no upload. Configuration
    files and keys of whoever runs it are not used.

    Raises:
        ScanError: what it printed is no report.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_CHECKOVS_OWN)}
    done = subprocess.run(  # noqa: S603 - our own checkov, no shell
        [
            program.absolute(),
            *("--directory", "."),
            *("--framework", "terraform_json"),
            "--skip-download",
            *("--output", "json"),
        ],
        cwd=folder,
        env={**kept, **_OFFLINE, "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    try:
        report = json.loads(done.stdout)
    except ValueError:
        raise ScanError(f"checkov reports nothing: {done.stderr.strip()}") from None
    return Report(report, folder)


def main(program: Path) -> None:
    """Scan, print what was found, and exit with 1 if something must be mended."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        try:
            synthesize_into(folder)
            report = scan(program, folder)
        except (InvalidSettingsError, ScanError) as error:
            sys.exit(str(error))
        if report.errors:
            sys.exit("\n".join([*report.errors, f"{len(report.errors)} to mend"]))
        sys.stdout.write(
            f"{len(list(stacks(folder)))} stacks: {report.passed} checks passed, 0 failed,"
            f" {len(report.accepted)} accepted (docs/scanners.md)\n"
        )


def _stack(check: Table) -> str:
    source, _, stack, _ = str(check["file_path"]).strip("/").split("/")
    return f"{source}/{stack}"


def _name(path: Path, folder: Path) -> str:
    source, _, stack, _ = path.relative_to(folder).parts
    return f"{source}/{stack}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
