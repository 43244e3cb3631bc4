"""Reads, checks and safely rewrites an app.yaml."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from operations.app_yaml.text import changed, removed
from operations.app_yaml.values import SECTION

_FLEXIBLE: Final = ("flex", "flexible", "2")
"""Values of `env` for the flexible environment, whose instances are in a VPC themselves."""

_WITHOUT_CONNECTORS: Final = ("php", "php55")
"""PHP 5 is older than connectors and is not documented to support them.

The other first-generation runtimes support them (App Engine, go111: "Connecting to a VPC network").
"""


class BadAppYamlError(Exception):
    """The file cannot have a connector, or cannot be changed; it is left unchanged."""


class AppYaml:
    """One app.yaml of App Engine's standard environment.

    Attributes:
        path: its path.
    """

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            BadAppYamlError: the file cannot be read or is not YAML, or the app cannot use a
                connector.
        """
        self.path = path
        try:
            self._text = path.read_bytes().decode("utf-8")
        except OSError as error:
            raise BadAppYamlError(f"{path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise BadAppYamlError(f"{path} is not UTF-8: byte {error.start}") from error
        try:
            self._content = _loaded(self._text)
        except (YAMLError, ValueError, RecursionError) as error:
            raise BadAppYamlError(f"{path} is not YAML: {error}") from error
        if not isinstance(self._content, dict):
            raise BadAppYamlError(f"{path} must be a mapping with keys such as `runtime`")
        self._check_runtime()

    def _check_runtime(self) -> None:
        runtime, env = self._content.get("runtime"), str(self._content.get("env", "standard"))
        if not isinstance(runtime, str):
            raise BadAppYamlError(f"{self.path} names no runtime: check that it is an app.yaml")
        if env in _FLEXIBLE or self._content.get("vm"):
            raise BadAppYamlError(
                f"{self.path} is for the flexible environment, which does not use a connector: name"
                " the VPC in its `network` section"
            )
        if runtime in _WITHOUT_CONNECTORS:
            raise BadAppYamlError(
                f"{self.path}: the runtime {runtime} cannot use a connector: use a newer one"
            )

    @property
    def _section(self) -> dict[str, Any]:
        section = self._content.get(SECTION)
        return section if isinstance(section, dict) else {}

    def matches(self, wanted: Mapping[str, str]) -> bool:
        """Whether the section already has these values."""
        return self._section == {**self._section, **wanted}

    def conflicts(self, wanted: Mapping[str, str]) -> dict[str, Any]:
        """The keys whose current values differ from the wanted ones, with their current values."""
        current = self._content.get(SECTION)
        if current is not None and not isinstance(current, dict):
            return {SECTION: current}
        section = self._section
        return {key: section[key] for key in wanted if section.get(key, wanted[key]) != wanted[key]}

    @property
    def connector(self) -> str:
        """The name of the connector, or the whole section if it has no name."""
        return str(self._section.get("name", self._content.get(SECTION)))

    @property
    def has_no_connector(self) -> bool:
        """Whether the section is missing or empty."""
        return not self._content.get(SECTION)

    def write(self, wanted: Mapping[str, str]) -> None:
        """Write the values into the section, atomically.

        Raises:
            BadAppYamlError: the layout of the file is not supported, or it cannot be written.
        """
        lines = "".join(f"\n  {key}: {value}" for key, value in wanted.items())
        self._save(
            changed(self._text, wanted),
            {**self._content, SECTION: {**self._section, **wanted}},
            f"add it by hand:\n{SECTION}:{lines}",
        )

    def remove(self) -> None:
        """Remove the section, whatever its values, atomically.

        Raises:
            BadAppYamlError: the layout of the file is not supported, or it cannot be written.
        """
        rest = {key: value for key, value in self._content.items() if key != SECTION}
        self._save(removed(self._text), rest, f"remove `{SECTION}` by hand")

    def _save(self, text: str, expected: Mapping[str, Any], by_hand: str) -> None:
        """Write a new text, unless an unusual layout made the change go wrong."""
        try:
            content = _loaded(text)
            # Removing a section in braces leaves its key, without a value.
            loaded = {key: content[key] for key in content if content[key] or key != SECTION}
            valid = loaded == expected
        except (YAMLError, ValueError):
            valid = False
        if not valid:
            raise BadAppYamlError(
                f"{self.path} has a layout that cannot be changed safely; {by_hand}"
            )
        try:
            _replace(self.path.resolve(), text)
        except OSError as error:
            raise BadAppYamlError(f"{self.path} cannot be written: {error.strerror}") from error


def _loaded(text: str) -> Any:  # noqa: ANN401 - any YAML
    return YAML(typ="safe", pure=True).load(text)


def _replace(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
