"""A Python package without its `__init__`, which imports every module that it has."""

import importlib
import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from types import ModuleType


class _LazyPackage(ModuleType):
    """Imports a module when it is asked for, and runs the real `__init__` for all else."""

    __spec__: ModuleSpec

    def __getattr__(self, name: str) -> object:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if name != "__all__" and find_spec(f"{self.__name__}.{name}"):
            return importlib.import_module(f"{self.__name__}.{name}")
        self.__class__ = ModuleType  # type: ignore[assignment] # an ordinary one from here on
        assert self.__spec__.loader  # noqa: S101 - find_spec below gave it
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


def leave_out_init(name: str) -> None:
    """Let a package's modules be imported without running the package's `__init__`.

    Raises:
        ModuleNotFoundError: there is no such package.
    """
    spec = find_spec(name)
    if spec is None or spec.loader is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError(f"no package named {name!r}", name=name)
    package = module_from_spec(spec)
    package.__class__ = _LazyPackage
    sys.modules[name] = package
