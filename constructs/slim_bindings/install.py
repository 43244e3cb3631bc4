"""The one call that a program makes."""

import os
import sys
from pathlib import Path

from slim_bindings.cache import Cache
from slim_bindings.kernel import load_by_module
from slim_bindings.lazy_package import leave_out_init
from slim_bindings.tell import tell


def install(*packages: str, cache: Path) -> None:
    """Make packages of jsii bindings load module by module; call it before they are imported.

    Whatever goes wrong is told in one line, and the package concerned loads as it always did.
    With `SLIM_BINDINGS=off` in the environment every package does. In both cases what Node
    and jsii say of Node's version at every start stays away.

    Args:
        packages: names of Python packages made by jsii, such as `cdktf_cdktf_provider_google`.
        cache: a folder that is kept from run to run; made when it is missing.
    """
    _silence_node()
    if os.environ.get("SLIM_BINDINGS") == "off":
        return
    for package in packages:
        if package in sys.modules:
            tell(f"{package} was imported before and stays whole")
            continue
        try:
            load_by_module(package, Cache(cache))
            leave_out_init(package)
        except Exception as error:  # noqa: BLE001 - whatever it is, the ordinary path is there
            tell(f"{package} loads whole: {error!r}")


def _silence_node() -> None:
    # jsii's banner about a Node with known faults stays: it may be the answer to what goes wrong.
    majors = ",".join(str(major) for major in range(16, 40))
    for variable, value in {
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": majors,
        "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    }.items():
        os.environ.setdefault(variable, value)
    # jsii's own use of an old function of Node, told at every start.
    options = os.environ.get("NODE_OPTIONS", "").split()
    if "--no-deprecation" not in options:
        os.environ["NODE_OPTIONS"] = " ".join([*options, "--no-deprecation"])
