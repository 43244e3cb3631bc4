"""The error that every rule raises."""


class InvalidValueError(ValueError):
    """A value that Google Cloud or Kubernetes would reject, or that would expose a resource.

    Attributes:
        rule: what the value must be.
        hint: what to write instead.
    """

    def __init__(self, rule: str, hint: str) -> None:
        """Keep rule and hint apart: reports print each on its own line."""
        super().__init__(f"{rule}; {hint}")
        self.rule = rule
        self.hint = hint
