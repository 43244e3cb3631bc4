"""One environment's settings, and the five stacks that are made of them.

The bindings' packages are slimmed before any module here imports one.
"""

from pathlib import Path

import slim_bindings

slim_bindings.install(
    "cdktf_cdktf_provider_google",
    "cdktf_cdktf_provider_kubernetes",
    cache=Path(__file__).parent.parent / ".cache" / "slim-bindings",
)
