"""The names of stacks: `ENVIRONMENT-PART`, such as `dev-network`."""

from typing import Final

PARTS: Final = ("network", "connector", "cluster", "service", "dns")
"""What stacks hold; an environment has one stack of each. None ends with a hyphen and another."""


def stack_name(environment: str, part: str) -> str:
    """The name of a stack, of its output folder and of its state."""
    return f"{environment}-{part}"


def environment_and_part(name: str) -> tuple[str, str]:
    """Both parts of a stack's name.

    Raises:
        ValueError: no stack is called so.
    """
    for part in PARTS:
        environment = name.removesuffix(f"-{part}")
        if environment and environment != name:
            return environment, part
    raise ValueError(f"{name} is no stack's name: it must end with -{', -'.join(PARTS)}")
