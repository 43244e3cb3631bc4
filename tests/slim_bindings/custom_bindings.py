"""Bindings for Kubernetes that contain a part of the installed ones."""

import io
import json
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path

import cdktf_cdktf_provider_kubernetes._jsii as installed

_PACKAGE = Path(str(installed.__file__)).parent.parent
_INDEX_LINE = re.compile(r'^exports\.(\w+) = require\("\./([\w-]+)"\);$', re.MULTILINE)


@dataclass(frozen=True)
class CustomBindings:
    """Bindings with some modules of the installed ones.

    Attributes:
        folder: the folder to create the package in, for PYTHONPATH.
        count: the number of modules, including that of ServiceV1.
        lazy_index: whether the bundle contains `lazy-index.js`.
    """

    folder: Path
    count: int
    lazy_index: bool = True

    def create(self) -> Path:
        """Write the package, and return its folder."""
        package = self.folder / _PACKAGE.name
        (package / "_jsii").mkdir(parents=True)
        (bundle,) = (_PACKAGE / "_jsii").glob("*.tgz")
        with tarfile.open(bundle) as archive:
            exports = _INDEX_LINE.findall(_text(archive, "package/lib/index.js"))
            kept = dict(sorted(exports, key=_weight)[: self.count])
            self._write_bundle(archive, package / "_jsii" / bundle.name, kept)
        folders = {_plain(folder) for folder in kept.values()}
        names = [path.name for path in _PACKAGE.iterdir() if path.name.replace("_", "") in folders]
        for name in names:
            (package / name).symlink_to(_PACKAGE / name)
        (package / "_jsii" / "__init__.py").symlink_to(_PACKAGE / "_jsii" / "__init__.py")
        head, *_ = (_PACKAGE / "__init__.py").read_text(encoding="utf-8").partition("\nfrom . ")
        imports = "\n".join(f"from . import {name}" for name in names)
        (package / "__init__.py").write_text(f"{head}\n{imports}\n", encoding="utf-8")
        return package

    def _write_bundle(self, archive: tarfile.TarFile, path: Path, kept: dict[str, str]) -> None:
        described = json.loads(_text(archive, "package/.jsii"))
        described["types"] = {
            fqn: kind for fqn, kind in described["types"].items() if fqn.split(".")[1] in kept
        }
        index = "".join(f'exports.{name} = require("./{kept[name]}");\n' for name in kept)
        texts = {"package/.jsii": json.dumps(described), "package/lib/index.js": index}
        with tarfile.open(path, "w:gz", compresslevel=1) as bundle:
            for member in archive:
                if member.name == "package/lib/lazy-index.js" and not self.lazy_index:
                    continue
                folder = re.match(r"package/lib/([\w-]+)/", member.name)
                if not folder or folder[1] in kept.values():
                    text = texts.get(member.name) or _text(archive, member.name)
                    _add(bundle, member.name, text)


def _weight(export: tuple[str, str]) -> tuple[bool, int]:
    """A sort key: ServiceV1 first, then the smallest modules, which load fastest."""
    name, folder = export
    (module,) = (
        path for path in _PACKAGE.iterdir() if path.name.replace("_", "") == _plain(folder)
    )
    return name != "serviceV1", (module / "__init__.py").stat().st_size


def _plain(folder: str) -> str:
    return folder.replace("-", "").lower()


def _text(archive: tarfile.TarFile, name: str) -> str:
    opened = archive.extractfile(name)
    assert opened is not None
    return opened.read().decode()


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    content = text.encode()
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))
