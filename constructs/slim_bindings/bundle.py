"""A package's part for Node, and slices of it that hold one module each.

jsii packs it as a tgz: `package/.jsii` describes every type in JSON, `package/lib/` holds the
JavaScript, a folder a module. A slice is an assembly of its own, since the kernel takes each
name once: module `MODULE` of assembly `NAME` becomes assembly `NAME~MODULE`, and its types
`NAME.MODULE.Type` become `NAME~MODULE.Type`.
"""

import gzip
import io
import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from posixpath import dirname, normpath
from typing import Any, Final

FORMAT: Final = 1
"""Raise it when slices are cut in another way than before; older ones are then left alone."""

_DESCRIPTION: Final = "package/.jsii"
_MANIFEST: Final = "package/package.json"
_FOR_READERS: Final = frozenset({"docs", "locationInModule", "symbolId"})
"""What descriptions hold for documentation only: half of their size."""

_REQUIRED: Final = re.compile(rb"""require\(["'](\.[^"']*)["']\)""")


class NotSliceableError(Exception):
    """The modules of a package do not stand alone, so that they cannot be parted."""


@dataclass(frozen=True)
class Bundle:
    """What a package brings for Node.

    Attributes:
        name: name of the assembly, such as `@cdktf/provider-google`.
        version: its version.
        path: the tgz.
    """

    name: str
    version: str
    path: Path

    def module_of(self, fqn: str) -> str | None:
        """The module of a type, by the type's full name; None when it is in no module here."""
        assembly, *parts = fqn.split(".")
        return parts[0] if assembly == self.name and len(parts) > 1 else None

    def slice_name(self, module: str) -> str:
        """Name of the assembly that holds one module."""
        return f"{self.name}~{module}"

    def cut(self, module: str) -> bytes:
        """The tgz of the assembly that holds one module; the same bytes each time.

        Raises:
            NotSliceableError: there is no such module, or it does not stand alone.
        """
        if module not in self._types_by_module:
            raise NotSliceableError(f"{self.name} has no module {module}")
        prefix, name = f"{self.name}.{module}", self.slice_name(module)
        folder = self._folder(self._description["submodules"][prefix]["symbolId"])
        description = {
            **self._description,
            "name": name,
            "types": _without(_FOR_READERS, self._types_by_module[module]),
            "submodules": {},
            "readme": {},
        }
        manifest = {**self._manifest, "name": name, "main": f"{folder}/index.js"}
        files = {
            _DESCRIPTION: json.dumps(description).encode(),
            _MANIFEST: json.dumps(manifest).encode(),
            **self._scripts(f"package/{folder}/"),
        }
        old, new = f'"{prefix}.'.encode(), f'"{name}.'.encode()
        return _pack({path: content.replace(old, new) for path, content in files.items()})

    @cached_property
    def _files(self) -> dict[str, bytes]:
        with tarfile.open(self.path) as archive:
            return {
                member.name: opened.read()
                for member in archive
                if member.name.endswith((".js", ".json", ".jsii"))
                and (opened := archive.extractfile(member))
            }

    @cached_property
    def _manifest(self) -> dict[str, Any]:
        manifest: dict[str, Any] = json.loads(self._files[_MANIFEST])
        return manifest

    @cached_property
    def _description(self) -> dict[str, Any]:
        description: dict[str, Any] = json.loads(self._files[_DESCRIPTION])
        return description

    @cached_property
    def _types_by_module(self) -> dict[str, dict[str, object]]:
        """The definitions of types, parted; each part may name no type of another one."""
        parted: dict[str, dict[str, object]] = {}
        for fqn, definition in self._description["types"].items():
            own = self.module_of(fqn)
            if own is None:
                raise NotSliceableError(f"{fqn} is in no module")
            for text in _texts(definition):
                if self.module_of(text) not in {None, own}:
                    raise NotSliceableError(f"{fqn} needs {text}")
            parted.setdefault(own, {})[fqn] = definition
        return parted

    def _folder(self, symbol: str) -> str:
        """The folder of a module's JavaScript, from its symbol, such as `src/some-name/index:`."""
        compiler = self._manifest["jsii"]["tsc"]
        source = symbol.removesuffix("/index:").removeprefix(compiler["rootDir"])
        return f"{compiler['outDir']}{source}"

    def _scripts(self, folder: str) -> dict[str, bytes]:
        scripts = {
            path: content
            for path, content in self._files.items()
            if path.startswith(folder) and path.endswith(".js")
        }
        for path, content in scripts.items():
            for needed in _REQUIRED.findall(content):
                if not normpath(f"{dirname(path)}/{needed.decode()}").startswith(folder):
                    raise NotSliceableError(f"{path} needs {needed.decode()}")
        return scripts


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _without(keys: frozenset[str], value: object) -> object:
    if isinstance(value, dict):
        return {key: _without(keys, one) for key, one in value.items() if key not in keys}
    if isinstance(value, list):
        return [_without(keys, one) for one in value]
    return value


def _pack(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w") as archive,
    ):
        for path, content in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()
