"""Loads only the modules of prebuilt CDKTF provider bindings that a program uses. See README.md."""

import importlib.util
import os
import sys
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

_BINDINGS = ("cdktf_cdktf_provider_*/__init__.py", "cdktn_provider_*/__init__.py")
_MANY_MODULES = 50  # as in lazy_index.js


def install() -> None:
    """Load installed bindings module by module; call it before you import constructs or cdktf.

    If that is not possible, it writes one line to stderr and bindings load as usual. To turn it
    off, set `SLIM_BINDINGS=off` in the environment.
    """
    found = [path for entry in sys.path for name in _BINDINGS for path in Path(entry).glob(name)]
    inits = {path.parent.name: path for path in reversed(found)}  # the first on sys.path wins
    large = [name for name in inits if len([*inits[name].parent.glob("*/")]) >= _MANY_MODULES]
    if not large or os.environ.get("SLIM_BINDINGS") == "off":
        return
    try:
        if "constructs" in sys.modules:
            raise ImportError("constructs was imported before install()")
        if tuple(map(int, version("jsii").split(".")[:2])) < (1, 139):
            raise ImportError(f"jsii {version('jsii')} is older than 1.139")
        importlib.import_module("slim_bindings.node").install()  # it imports jsii
    except (AttributeError, ImportError, TypeError) as error:
        sys.stderr.write(f"slim_bindings: bindings load whole: {error}\n")
        return
    for name in large:
        code = inits[name].read_text(encoding="utf-8")
        if "\nfrom . import " in code and (spec := importlib.util.find_spec(name)):
            sys.modules[name] = importlib.util.module_from_spec(spec)
            sys.modules[name].__class__ = _LazyPackage
        elif "\ndef __getattr__(" not in code:  # otherwise, the package is already lazy
            sys.stderr.write(f"slim_bindings: {name} loads whole in Python: unknown layout\n")


class _LazyPackage(ModuleType):
    """Imports modules on first access, and runs the package's `__init__` for other attributes."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if name != "__all__" and importlib.util.find_spec(f"{self.__name__}.{name}"):
            return importlib.import_module(f"{self.__name__}.{name}")
        self.__class__ = ModuleType  # type: ignore[assignment] # Python allows it for modules
        importlib.reload(self)
        return getattr(self, name)
