"""Writes JSON that a reviewer can read and compare line by line."""

import json
from collections.abc import Mapping


def text(value: Mapping[str, object]) -> str:
    """Sorted JSON, with each table that contains no other table on one line."""
    return _text(value, "") + "\n"


def _text(value: Mapping[str, object], indent: str) -> str:
    if not any(isinstance(inner, dict) for inner in value.values()):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    deeper = f"{indent} "
    lines = (
        f"{deeper}{json.dumps(key)}: "
        + (_text(inner, deeper) if isinstance(inner, dict) else json.dumps(inner, sort_keys=True))
        for key, inner in sorted(value.items())
    )
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
