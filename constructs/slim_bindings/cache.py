"""The slices, kept from run to run.

A file is named after its module and the digest of its content, so that whatever is damaged,
half-written or foreign does not match its name and is cut anew.
"""

import atexit
import hashlib
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from slim_bindings.bundle import FORMAT, Bundle
from slim_bindings.tell import tell


@dataclass(frozen=True)
class Cache:
    """A folder of slices: one folder an assembly, its version and the format of slices.

    Attributes:
        root: the folder; made when it is missing.
    """

    root: Path

    def find(self, bundle: Bundle, module: str) -> Path | None:
        """A module's slice, when a whole one is there."""
        with suppress(OSError):
            for path in self._folder(bundle).glob(f"{module}-*.tgz"):
                if path.name == _filename(module, path.read_bytes()):
                    return path
        return None

    def keep(self, bundle: Bundle, module: str, content: bytes) -> Path:
        """Write a slice aside, then give it its name: another process sees all of it or nothing.

        Where the folder cannot be written, the slice lasts as long as this process.
        """
        folder = self._folder(bundle)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return _write(folder, module, content)
        except OSError as error:
            tell(f"slices are not kept: {error}")
            folder = Path(tempfile.mkdtemp())
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            return _write(folder, module, content)

    def _folder(self, bundle: Bundle) -> Path:
        name = bundle.name.replace("/", "+")
        # The size as well: bindings made on the spot have the same version each time.
        size = bundle.path.stat().st_size
        return self.root / f"{name}@{bundle.version}-{size}-format{FORMAT}"


def _write(folder: Path, module: str, content: bytes) -> Path:
    aside = folder / f"{uuid4().hex}.part"
    aside.write_bytes(content)
    return aside.replace(folder / _filename(module, content))


def _filename(module: str, content: bytes) -> str:
    return f"{module}-{hashlib.sha256(content).hexdigest()[:32]}.tgz"
