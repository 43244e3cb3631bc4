"""An app.yaml: whether it can have a connector, what it says of one, and how it is kept whole."""

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
"""What `env` says in the flexible environment, whose instances are in a VPC themselves."""

_WITHOUT_CONNECTORS: Final = ("php", "php55")
"""PHP 5 came before connectors; it is not known to have them.

The other first-generation runtimes have (App Engine, go111: "Connecting to a VPC network").
"""


class BadAppYamlError(Exception):
    """The file cannot take a connector; it is as it was."""


class AppYaml:
    """One app.yaml of App Engine's standard environment.

    Attributes:
        path: where it is.
    """

    def __init__(self, path: Path) -> None:
        """Read it.

        Raises:
            BadAppYamlError: it is not there, no YAML, or no app that can use a connector.
        """
        self.path = path
        try:
            self._text = path.read_bytes().decode("utf-8")
        except OSError as error:
            raise BadAppYamlError(f"{path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise BadAppYamlError(f"{path} is not UTF-8: byte {error.start}") from error
        try:
            self._said = _loaded(self._text)
        except (YAMLError, ValueError, RecursionError) as error:
            raise BadAppYamlError(f"{path} is not YAML: {error}") from error
        if not isinstance(self._said, dict):
            raise BadAppYamlError(f"{path} is not a mapping of settings such as `runtime: ...`")
        self._refuse_without_connectors()

    def _refuse_without_connectors(self) -> None:
        runtime, env = self._said.get("runtime"), str(self._said.get("env", "standard"))
        if not isinstance(runtime, str):
            raise BadAppYamlError(f"{self.path} names no runtime: is it an app.yaml?")
        if env in _FLEXIBLE or self._said.get("vm"):
            raise BadAppYamlError(
                f"{self.path} is for the flexible environment, which uses no connector: name "
                "the VPC in its `network` section"
            )
        if runtime in _WITHOUT_CONNECTORS:
            raise BadAppYamlError(
                f"{self.path}: the runtime {runtime} cannot use a connector; take a newer one"
            )

    @property
    def _section(self) -> dict[str, Any]:
        section = self._said.get(SECTION)
        return section if isinstance(section, dict) else {}

    def says(self, wanted: Mapping[str, str]) -> bool:
        """Whether nothing must be changed."""
        return self._section == {**self._section, **wanted}

    def other(self, wanted: Mapping[str, str]) -> dict[str, Any]:
        """What it says now that is not what it should say."""
        said = self._said.get(SECTION)
        if said is not None and not isinstance(said, dict):
            return {SECTION: said}
        section = self._section
        return {key: section[key] for key in wanted if section.get(key, wanted[key]) != wanted[key]}

    @property
    def connector(self) -> str:
        """The name of the connector; where a section has none, all that it says."""
        return str(self._section.get("name", self._said.get(SECTION)))

    @property
    def says_nothing(self) -> bool:
        """Whether it has no section, or one without a value."""
        return not self._said.get(SECTION)

    def write(self, wanted: Mapping[str, str]) -> None:
        """Make it say what it should: whole or not at all.

        Raises:
            BadAppYamlError: it is written in a way that cannot be changed, or not be written to.
        """
        lines = "".join(f"\n  {key}: {value}" for key, value in wanted.items())
        self._keep(
            changed(self._text, wanted),
            {**self._said, SECTION: {**self._section, **wanted}},
            f"put it in by hand:\n{SECTION}:{lines}",
        )

    def remove(self) -> None:
        """Take the section out, whatever it says: whole or not at all.

        Raises:
            BadAppYamlError: it is written in a way that cannot be changed, or not be written to.
        """
        rest = {key: value for key, value in self._said.items() if key != SECTION}
        self._keep(removed(self._text), rest, f"take `{SECTION}` out by hand")

    def _keep(self, text: str, should: Mapping[str, Any], by_hand: str) -> None:
        """Write a new text, if it says what it should: the change of an odd one may not."""
        try:
            said = _loaded(text)
            # A section in braces leaves its key, with no value.
            right = {key: said[key] for key in said if said[key] or key != SECTION} == should
        except (YAMLError, ValueError):
            right = False
        if not right:
            raise BadAppYamlError(
                f"{self.path} is written in a way that cannot be changed safely; {by_hand}"
            )
        try:
            _replace(self.path.resolve(), text)
        except OSError as error:
            raise BadAppYamlError(f"{self.path} cannot be written: {error.strerror}") from error


def _loaded(text: str) -> Any:  # noqa: ANN401 - whatever the file holds
    return YAML(typ="safe", pure=True).load(text)


def _replace(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
