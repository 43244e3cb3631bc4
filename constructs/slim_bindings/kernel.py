"""The seam to jsii: with `provider.py`, all that this package knows of its inside.

jsii loads a package's whole assembly when the package is imported. Here that is put off; each
class that is made afterwards tells its module, and the module's slice is loaded instead. Python
and Node then both know the class as `NAME~MODULE.Type`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsii import _reference_map
from jsii._runtime import kernel

from slim_bindings.bundle import Bundle
from slim_bindings.cache import Cache
from slim_bindings.provider import ProviderInFront
from slim_bindings.tell import tell

_REGISTRIES: Final = ("register_type", "register_data_type", "register_enum", "register_interface")

_Load = Callable[[str, str, str], None]
_Register = Callable[[Any], None]

_caches: Final[dict[str, Cache]] = {}
_assemblies: Final[dict[str, "_Assembly"]] = {}


@dataclass
class _Assembly:
    """An assembly that is loaded slice by slice, or whole once a slice has failed."""

    bundle: Bundle
    cache: Cache
    load: _Load
    _classes: dict[str, list[tuple[Any, _Register]]] = field(default_factory=dict)
    _whole: bool = False

    def adopt(self, kind: Any, register: _Register) -> None:  # noqa: ANN401 - a class with jsii's own attributes
        """Load what a class needs, and register it by the name by which Node knows it."""
        module = self.bundle.module_of(kind.__jsii_type__) or ""
        if self._has(module):
            _rename(kind, kind.__jsii_type__.replace(".", "~", 1))
            self._classes[module].append((kind, register))
        register(kind)

    def give_up(self, slice_name: str, error: BaseException) -> None:
        """Load the whole, and give the classes of a slice that failed their own names back."""
        if not self._whole:
            tell(f"{self.bundle.name} loads whole: {error!r}")
            self.load(self.bundle.name, self.bundle.version, str(self.bundle.path))
            self._whole = True
        for kind, register in self._classes.pop(slice_name.partition("~")[2], []):
            _rename(kind, kind.__jsii_type__.replace("~", ".", 1))
            register(kind)

    def expect_classes(self) -> None:
        """Load the whole when no class came to be adopted: this jsii makes them in another way."""
        if not self._classes:
            self.give_up("", RuntimeError("none of its classes was seen"))

    def _has(self, module: str) -> bool:
        if module not in self._classes and not self._whole:
            try:
                self._load_slice(module)
            except Exception as error:  # noqa: BLE001 - whatever it is, the whole is there
                self.give_up(self.bundle.slice_name(module), error)
            else:
                self._classes[module] = []
        return module in self._classes

    def _load_slice(self, module: str) -> None:
        bundle = self.bundle
        path = self.cache.find(bundle, module)
        if path is None:
            path = self.cache.keep(bundle, module, bundle.cut(module))
        self.load(bundle.slice_name(module), bundle.version, str(path))


def load_by_module(package: str, cache: Cache) -> None:
    """Load a package's modules one by one, as they are imported.

    Raises:
        AttributeError: this jsii is made in another way.
    """
    _reach_in()
    _caches[package] = cache


@cache
def _reach_in() -> None:
    load: _Load = kernel.load
    registries: dict[str, _Register] = {name: getattr(_reference_map, name) for name in _REGISTRIES}

    def put_off(name: str, version: str, tarball: str) -> None:
        path = Path(tarball)
        package = path.parent.parent.name
        if package in _caches:
            _assemblies[name] = _Assembly(Bundle(name, version, path), _caches[package], load)
        else:
            load(name, version, tarball)

    # The ignores: ours stand for the originals on this one object, on purpose.
    kernel.provider = ProviderInFront(  # type: ignore[assignment]
        kernel.provider, settle=_settle, readable=_readable
    )
    kernel.load = put_off  # type: ignore[method-assign]
    for name, register in registries.items():
        setattr(_reference_map, name, _adopting(register))


def _settle(failures: Mapping[str, BaseException]) -> None:
    for slice_name, error in failures.items():
        assembly = _assemblies.get(slice_name.partition("~")[0])
        if assembly is None or "~" not in slice_name:
            raise error
        assembly.give_up(slice_name, error)
    for assembly in _assemblies.values():
        assembly.expect_classes()


def _readable(text: str) -> str:
    for assembly in _assemblies:
        text = text.replace(f"{assembly}~", f"{assembly}.")
    return text


def _adopting(register: _Register) -> _Register:
    def adopt(kind: Any) -> None:  # noqa: ANN401 - a class with jsii's own attributes
        assembly = _assemblies.get(kind.__jsii_type__.partition(".")[0])
        if assembly:
            assembly.adopt(kind, register)
        else:
            register(kind)

    return adopt


def _rename(kind: Any, fqn: str) -> None:  # noqa: ANN401 - a class with jsii's own attributes
    if getattr(kind, "__jsii_declared_type__", None) == kind.__jsii_type__:
        kind.__jsii_declared_type__ = fqn
    kind.__jsii_type__ = fqn
