"""The names of stacks: `ENVIRONMENT-PART`, such as `dev-network`."""

from typing import Final

PARTS: Final = ("network", "connector", "cluster", "service", "dns")
"""An environment has one stack per part. No part ends with a hyphen and another part."""


def stack_name(environment: str, part: str) -> str:
    """The name of a stack, its output folder and its state."""
    return f"{environment}-{part}"


def environment_and_part(name: str) -> tuple[str, str]:
    """Split the name of a stack into environment and part.

    Raises:
        ValueError: it is not the name of a stack.
    """
    for part in PARTS:
        environment = name.removesuffix(f"-{part}")
        if environment and environment != name:
            return environment, part
    raise ValueError(f"{name} is not a stack name: it must end with -{', -'.join(PARTS)}")
