"""The app.yaml files of these tests, before and after the command."""

from collections.abc import Callable

CONNECTOR = "projects/my-project-id/locations/asia-northeast1/connectors/private-connector"

LINES = f"""\
vpc_access_connector:
  name: {CONNECTOR}
  egress_setting: private-ranges-only
"""

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
        f"vpc_access_connector: {{name: {CONNECTOR}, egress_setting: private-ranges-only}}"
        " # later\nruntime: go122\n",
    ),
    "half a section": (
        f'runtime: go122\nvpc_access_connector:\n    # ours\n    name: "{CONNECTOR}" # yes\n',
        "runtime: go122\nvpc_access_connector:\n    # ours\n"
        f"    egress_setting: private-ranges-only\n    name: {CONNECTOR} # yes\n",
    ),
}
"""Files with an unusual layout, before and after the connector is added."""

OTHERS = {
    "another connector": LINES.replace("private-connector", "other"),
    "all traffic": LINES.replace("private-ranges-only", "all-traffic"),
    "in one line": "vpc_access_connector: {egress_setting: all-traffic, name: other} # why\n",
    "odd keys": "vpc_access_connector: {name: other, ? [a] : b}\n",
    "no mapping": "vpc_access_connector: other\n",
}
"""Sections that differ from `dev.toml`."""

Put = Callable[..., int]
"""Runs the command with some options, and returns its exit status."""
