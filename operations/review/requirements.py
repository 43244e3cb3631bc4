"""Makes the message of a requirement that does not hold short (docs/existing.md, "Errors")."""

import re
from typing import Final

_FAILED: Final = re.compile(
    r"^Error: Resource postcondition failed\n\n"
    r"  on \S+ line \d+, in (?:resource\.)?(?P<source>\S+)\.lifecycle\.postcondition\[\d+\]:\n"
    r"(?: .*\n)+\n"
    r"(?P<requirement>[\w.\[\]-]+ = .*(?:\n.+)*?\n    rule: .+\n    hint: .+)",
    re.MULTILINE,
)
"""A data source or resource, then Terraform's and OpenTofu's lines, then a requirement's text.

The lines are those of the condition, and of the values in it. See `DiagnosticPlain`:
https://github.com/hashicorp/terraform/blob/v1.11.4/internal/command/format/diagnostic.go.
"""


def shortened(message: str) -> str:
    """A message of Terraform without the conditions of requirements, which are long expressions.

    What has another form stays as it is.
    """
    return _FAILED.sub(r"\g<source>:\n\g<requirement>", message)
