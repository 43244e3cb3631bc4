"""Scans the Terraform JSON of every environment and every example with checkov.

`make scan` runs it with a separate installation of checkov. Checkov also succeeds if it cannot read
a file, so a stack without any result is an error here.
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
"""Parsed JSON."""

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
"""Prefixes of checkov's environment variables. With an API key, it would upload its results."""


class ScanError(Exception):
    """Checkov did not print a valid report, or did not finish."""


class Finding(NamedTuple):
    """One check that failed."""

    check: str
    name: str
    path: str
    resource: str

    def __str__(self) -> str:
        """The line in the output."""
        return f"{self.path}: {self.resource}: {self.check} {self.name}"


WITHOUT_CHECKS: Final = frozenset(
    {"google_dns_record_set", "google_project_service", "terraform_data"}
)
"""The types that checkov has no check for. If a stack has any other type, and no result, the scan
fails: checkov cannot read it."""


class Report:
    """Checkov's report about a folder of stacks."""

    def __init__(self, report: object, folder: Path) -> None:
        """Read a report.

        Args:
            report: checkov's JSON. If no file was scanned, it has no `results`.
            folder: the scanned folder.
        """
        results = report.get("results", {}) if isinstance(report, dict) else {}
        failed: list[Table] = results.get("failed_checks", [])
        passed: list[Table] = results.get("passed_checks", [])
        found = [
            Finding(check["check_id"], check["check_name"], _stack(check), check["resource"])
            for check in failed
        ]
        self.passed = len(passed)
        self.accepted = [finding for finding in found if finding.check in ACCEPTED]
        self.failed = sorted(finding for finding in found if finding.check not in ACCEPTED)
        scanned = {_stack(check) for check in (*failed, *passed)}
        checked = {_name(path, folder) for path in stacks(folder) if _has_checks(path)}
        self.unread = sorted(checked - scanned)

    @property
    def errors(self) -> list[str]:
        """The errors to fix; the scan fails if there is one."""
        return [
            *(f"{path}: checkov reports no result for this stack" for path in self.unread),
            *map(str, self.failed),
        ]


def _has_checks(path: Path) -> bool:
    """Whether checkov checks a resource of a stack; it may only read what exists."""
    configuration = json.loads(path.read_text(encoding="utf-8"))
    return not configuration.get("resource", {}).keys() <= WITHOUT_CHECKS


def stacks(folder: Path) -> Iterator[Path]:
    """The JSON files of all stacks in a folder."""
    return folder.glob("*/stacks/*/cdk.tf.json")


def synthesize_into(folder: Path) -> None:
    """Synthesize all environments and examples, in a form that checkov can read.

    Raises:
        InvalidSettingsError: a settings file contains an error.
    """
    environments = {source: load(Path(source)) for source in SCANNED}
    from stacks.app import synthesize  # noqa: PLC0415 - load cdktf after the settings are validated

    for source, settings in environments.items():
        synthesize(settings, outdir=folder / source)
    for path in stacks(folder):
        configuration = json.loads(path.read_text(encoding="utf-8"))
        # This block contains versions and the backend, no resources. Checkov cannot read a file
        # with `required_version`: https://github.com/bridgecrewio/checkov/issues/7454
        del configuration["terraform"]
        path.write_text(json.dumps(configuration, indent=2), encoding="utf-8")


def scan(program: Path, folder: Path) -> Report:
    """Run checkov on the stacks of a folder.

    Checkov sends no requests: no update check, no download of policies, no upload. It does not use
    the configuration files and keys of the current user.

    Raises:
        ScanError: checkov did not print a valid report, or did not finish.
    """
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(_CHECKOVS_OWN)
    }
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
            [
                program.absolute(),
                *("--directory", "."),
                *("--framework", "terraform_json"),
                "--skip-download",
                *("--output", "json"),
            ],
            cwd=folder,
            env={**environment, **_OFFLINE, "HOME": str(folder)},
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ScanError(f"checkov did not finish within {error.timeout:g} seconds") from None
    try:
        report = json.loads(done.stdout)
    except ValueError:
        raise ScanError(f"checkov printed no report: {done.stderr.strip()}") from None
    return Report(report, folder)


def main(program: Path) -> None:
    """Scan, print the findings, and exit with status 1 if there is an error to fix."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        try:
            synthesize_into(folder)
            report = scan(program, folder)
        except (InvalidSettingsError, ScanError) as error:
            sys.exit(str(error))
        if report.errors:
            sys.exit("\n".join([*report.errors, f"{len(report.errors)} to fix"]))
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
