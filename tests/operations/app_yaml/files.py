"""The app.yaml files of these tests, before and after the command."""

from collections.abc import Callable
from pathlib import Path

CONNECTOR = "projects/my-project-id/locations/asia-northeast1/connectors/private-connector"

LINES = f"""\
vpc_access_connector:
  name: {CONNECTOR}
  egress_setting: private-ranges-only
"""

IN_BRACES = f"vpc_access_connector: {{name: {CONNECTOR}, egress_setting: private-ranges-only}}"

APP = """\
# Our shop.
runtime:   python312   # the oldest that we test

handlers:
    - url: /static
      static_dir: "static"
    - url: /.*
      script: auto
env_variables: {GREETING: 'hello', OCTAL: 010}
# The end.
"""

UNUSUAL = {
    "no last newline": ("runtime: go122", "runtime: go122\n" + LINES.removesuffix("\n")),
    "Windows newlines": ("runtime: go122\r\n", "runtime: go122\r\n" + LINES.replace("\n", "\r\n")),
    "marked document": ("---\nruntime: go122\n...\n", f"---\nruntime: go122\n{LINES}...\n"),
    "empty section": (
        "vpc_access_connector: # later\nruntime: go122\n",
        f"{IN_BRACES} # later\nruntime: go122\n",
    ),
    "half a section": (
        f'runtime: go122\nvpc_access_connector:\n    # ours\n    name: "{CONNECTOR}" # yes\n',
        "runtime: go122\nvpc_access_connector:\n    # ours\n"
        f'    egress_setting: private-ranges-only\n    name: "{CONNECTOR}" # yes\n',
    ),
    "byte order mark": ("\ufeffruntime: go122\n", "\ufeffruntime: go122\n" + LINES),
    "old newlines": (
        "runtime: go122\r# end\r",
        "runtime: go122\r# end\r" + LINES.replace("\n", "\r"),
    ),
    "mixed newlines": (
        "runtime: go122\r\nservice: shop\n",
        "runtime: go122\r\nservice: shop\n" + LINES,
    ),
    "braces": ("{runtime: go122}\n", f"{{{IN_BRACES}, runtime: go122}}\n"),
    "braces over several lines": (
        '{ # all\n  "runtime": "go122",\n}',
        f'{{{IN_BRACES},  # all\n  "runtime": "go122",\n}}',
    ),
    "braces on their own lines": (
        "{\n  runtime: go122\n}\n",
        f"{{{IN_BRACES},\n  runtime: go122\n}}\n",
    ),
    "byte order mark, text at the end": (
        "\ufeffruntime: go122\ndescription: |\n  no newline",
        f"\ufeff{LINES}runtime: go122\ndescription: |\n  no newline",
    ),
    "tag": ("--- !!map\nruntime: go122\n", f"--- !!map\nruntime: go122\n{LINES}"),
    "indented": (
        "  runtime: go122\n",
        "  runtime: go122\n" + "".join(f"  {line}\n" for line in LINES.splitlines()),
    ),
    "text at the end": (
        "# Ours.\nruntime: go122\ndescription: |+\n  no newline",
        f"# Ours.\n{LINES}runtime: go122\ndescription: |+\n  no newline",
    ),
    "explicit keys": ("? runtime\n: go122\n", f"? runtime\n: go122\n{LINES}"),
    "escaped key": (
        f'runtime: go122\n"vpc\\x5faccess_connector": {{name: {CONNECTOR}}}\n',
        'runtime: go122\n"vpc\\x5faccess_connector": {egress_setting: private-ranges-only,'
        f" name: {CONNECTOR}}}\n",
    ),
    "null values": (
        "runtime: go122\nvpc_access_connector:\n  name: # later\n  egress_setting: ~\n# end\n",
        f"runtime: go122\nvpc_access_connector:\n  name: {CONNECTOR} # later\n"
        "  egress_setting: private-ranges-only\n# end\n",
    ),
    "YAML 1.1": (
        "%YAML 1.1\n---\nruntime: go122\ninbound_services: [1e5]\n",
        f"%YAML 1.1\n---\nruntime: go122\ninbound_services: [1e5]\n{LINES}",
    ),
}
"""Files with an unusual layout, before and after the connector is added."""

OTHERS = {
    "another connector": LINES.replace("private-connector", "other"),
    "all traffic": LINES.replace("private-ranges-only", "all-traffic"),
    "in one line": "vpc_access_connector: {egress_setting: all-traffic, name: other} # why\n",
    "odd keys": "vpc_access_connector: {name: other, ? [a] : b}\n",
    "no mapping": "vpc_access_connector: other\n",
    "folded": "vpc_access_connector:\n  name: >-\n    other\n  egress_setting: all-traffic\n",
}
"""Sections that differ from `dev.toml`."""

REJECTED = {
    "runtime: [python312\n": "line 2: not YAML",
    "runtime: a\n\tservice: b\n": "line 2: not YAML",
    "runtime: a\0": "not YAML",
    "runtime: a\nhandlers: [{url: /a?b}]\n": "line 2: not YAML",  # but YAML 1.2
    "runtime: a\nruntime: b\n": "line 2: `runtime` is there twice",
    f"runtime: a\n{LINES}'vpc_access_connector':\n": "line 5: `vpc_access_connector` is",
    "runtime: a\nvpc_access_connector: {name: a, 'name': b}\n": "line 2: `name` is there twice",
    "runtime: a\n---\nruntime: b\n": "line 2: a second document",
    "runtime: a\n---\n": "line 2: a second document",
    f"deep: {150 * '['}{150 * ']'}\n": "line 1: nested more than 100 levels deep",
    "runtime: a\na: &a [*a]\n": "line 2: gcloud supports no anchors and aliases",
    "a: &c {name: other}\nruntime: a\nvpc_access_connector: *c\n": "line 1: gcloud supports no",
    f"<<: {{{IN_BRACES}}}\nruntime: a\n": "line 1: gcloud supports no merge keys",
    "": "must be a mapping",
    "# Only a comment.\n": "must be a mapping",
    "- runtime: python312\n": "must be a mapping",
    "service: shop\n": "names no runtime",
    "runtime: ~\n": "names no runtime",
    "runtime: [python312]\n": "names no runtime",
    "runtime: php55\n": "the runtime php55 cannot use a connector",
    "runtime: python\nenv: flex\n": "flexible environment",
    "runtime: python\nvm: yes\n": "flexible environment",
}
"""Files that no option changes, and the reasons."""


def identity(path: Path) -> tuple[int, int]:
    """What changes with every write of a file."""
    status = path.stat()
    return status.st_ino, status.st_mtime_ns


Put = Callable[..., int]
"""Runs the command with some options, and returns its exit status."""
