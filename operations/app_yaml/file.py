"""Reads and checks an app.yaml, and replaces it; nothing else reads or writes it."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from operations.app_yaml.document import BadYamlError, Node, parse
from operations.app_yaml.text import LayoutError, changed, removed
from operations.app_yaml.values import SECTION
from settings.errors import printable

_FLEXIBLE: Final = ("flex", "flexible", "2")
"""Values of `env` for the flexible environment, whose instances are in a VPC themselves."""

_FALSE: Final = ("false", "no", "off", "n", "0")

_DIRECT: Final = "vpc_access"
"""The key of app.yaml for Direct VPC egress (docs/adr/0011-a-connector.md)."""

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
        self._snapshot = _Snapshot.read(path)
        try:
            # gcloud reads UTF-8 (`FileReader` in `googlecloudsdk/core/util/files.py`).
            self._document = parse(self._snapshot.content.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise BadAppYamlError(
                f"{path} is not UTF-8: byte {error.start}\n    hint: save it as UTF-8"
            ) from error
        except BadYamlError as error:
            raise BadAppYamlError(f"{path}: {error}") from error
        self._check_runtime()

    def _check_runtime(self) -> None:
        runtime, env, vm = self._text("runtime"), self._text("env"), self._text("vm")
        if runtime is None:
            raise BadAppYamlError(f"{self.path} names no runtime: check that it is an app.yaml")
        if env in _FLEXIBLE or (vm or "no").lower() not in _FALSE:
            raise BadAppYamlError(
                f"{self.path} is for the flexible environment, which does not use a connector: name"
                " the VPC in its `network` section"
            )
        if runtime in _WITHOUT_CONNECTORS:
            raise BadAppYamlError(
                f"{self.path}: the runtime {runtime} cannot use a connector: use a newer one"
            )

    def _text(self, key: str) -> str | None:
        pair = self._document.root.get(key)
        return pair.value.text if pair else None

    def _source(self, node: Node) -> str:
        """A value for messages: its printable text, or else its source in one line."""
        if node.text is not None:
            return printable(node.text)
        return " ".join(self._document.text[node.start : node.end].split())

    def conflicts(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """The keys whose current values differ from the wanted ones, with their current values."""
        if self.has_no_connector or not (section := self._document.section):
            return {}
        if not section.value.is_mapping:
            return {SECTION: self._source(section.value)}
        found = {key: pair.value for key in wanted if (pair := section.value.get(key))}
        return {
            key: self._source(value)
            for key, value in found.items()
            if not value.is_null and value.text != wanted[key]
        }

    @property
    def connector(self) -> str:
        """The name of the connector, or the whole section if it has no name."""
        section = self._document.section
        if not section:
            return "no connector"
        name = section.value.get("name")
        return self._source(name.value if name else section.value)

    @property
    def has_no_connector(self) -> bool:
        """Whether the section is missing or empty."""
        section = self._document.section
        if not section:
            return True
        return section.value.is_null or (section.value.is_mapping and not section.value.pairs)

    def write(self, wanted: Mapping[str, str], *, check: bool) -> bool:
        """Write the values into the section, atomically.

        Args:
            wanted: keys and values of the section.
            check: only check whether the file can be changed.

        Returns:
            Whether the file differs from the wanted one.

        Raises:
            BadAppYamlError: the app uses Direct VPC egress, the layout of the file is not
                supported, or it cannot be written.
        """
        direct = self._document.root.get(_DIRECT)
        if direct and not direct.value.is_null:
            raise BadAppYamlError(
                f"{self.path}: line {direct.key.line}: `{_DIRECT}` (Direct VPC egress) and"
                f" `{SECTION}` exclude each other\n    hint: remove `{_DIRECT}`"
            )
        lines = "".join(f"\n{SECTION}:" + f"\n  {key}: {value}" for key, value in wanted.items())
        try:
            text = changed(self._document, wanted)
        except LayoutError as error:
            raise BadAppYamlError(
                f"{self.path}: {error}\n    hint: add it by hand:{lines}"
            ) from error
        return self._replace(text, check=check)

    def remove(self, *, check: bool) -> bool:
        """Remove the section, whatever its values, atomically.

        Args:
            check: only check whether the file can be changed.

        Returns:
            Whether the file has a section.

        Raises:
            BadAppYamlError: the layout of the file is not supported, or it cannot be written.
        """
        try:
            text = removed(self._document)
        except LayoutError as error:
            raise BadAppYamlError(
                f"{self.path}: {error}\n    hint: remove `{SECTION}` by hand"
            ) from error
        return self._replace(text, check=check)

    def _replace(self, text: str, *, check: bool) -> bool:
        if text == self._document.text:
            return False
        self._snapshot.check_replaceable()
        if not check:
            self._snapshot.replace(text.encode())
        return True


@dataclass(frozen=True, kw_only=True)
class _Snapshot:
    """A file at the moment when it was read.

    Attributes:
        path: its path, which may be that of a symbolic link.
        target: the file that it names.
        content: the bytes of the file.
        status: owner, mode, number of hard links, and so on.
    """

    path: Path
    target: Path
    content: bytes
    status: os.stat_result

    @staticmethod
    def read(path: Path) -> "_Snapshot":
        """Read a regular file.

        Raises:
            BadAppYamlError: it cannot be read, or is not a regular file.
        """
        try:
            with open(path, "rb", opener=_open) as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode):
                    kind = "a pipe" if stat.S_ISFIFO(status.st_mode) else "a device"
                    raise BadAppYamlError(
                        f"{path} is {kind}\n    hint: name the app.yaml of the app"
                    )
                content = file.read()
            return _Snapshot(path=path, target=path.resolve(), content=content, status=status)
        except OSError as error:
            raise BadAppYamlError(f"{path}: {error.strerror}") from error

    def check_replaceable(self) -> None:
        """Check that a replacement keeps everything but the content.

        Raises:
            BadAppYamlError: it cannot be replaced, or would lose its owner or its hard links.
        """
        for problem, hint in self._obstacles():
            raise BadAppYamlError(f"{self.path} {problem}\n    hint: {hint}")

    def _obstacles(self) -> Iterator[tuple[str, str]]:
        status, user = self.status, os.geteuid()
        if status.st_nlink > 1:
            yield (
                f"has {status.st_nlink} hard links, and only this one would change",
                "replace the hard links by symbolic links",
            )
        if not (status.st_mode & 0o222 and os.access(self.target, os.W_OK)):
            yield "is read-only", f"chmod u+w {self.path}"
        if not os.access(self.target.parent, os.W_OK | os.X_OK):
            yield f"is in {self.target.parent}, which is read-only", "make the folder writable"
        groups = {os.getegid(), *os.getgroups()}
        if user and (status.st_uid != user or status.st_gid not in groups):
            yield (
                f"belongs to user {status.st_uid} and group {status.st_gid}, and you cannot"
                " create such a file",
                "run the command as its owner",
            )

    def replace(self, content: bytes) -> None:
        """Replace the content, but not owner, group, mode, and extended attributes.

        Raises:
            BadAppYamlError: it cannot be written, or was changed after it was read.
        """
        try:
            # The name is short, because it must not be longer than a file system permits.
            descriptor, name = tempfile.mkstemp(dir=self.target.parent, prefix=".app-yaml-")
            temporary = Path(name)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    # First the owner, because a change of it resets some bits of the mode.
                    os.chown(temporary, self.status.st_uid, self.status.st_gid)
                    shutil.copystat(self.target, temporary)
                    os.utime(temporary)
                    os.fsync(file.fileno())
                self._check_unchanged()
                temporary.replace(self.target)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            raise BadAppYamlError(f"{self.path} cannot be written: {error.strerror}") from error

    def _check_unchanged(self) -> None:
        now = _Snapshot.read(self.path)
        if (now.target, now.content) != (self.target, self.content):
            raise BadAppYamlError(
                f"{self.path} was changed by another program in the meantime\n"
                "    hint: run the command again"
            )


def _open(path: str, flags: int) -> int:
    """Open a file; without O_NONBLOCK, a pipe waits for a program that writes into it."""
    return os.open(path, flags | os.O_NONBLOCK)
