"""The error of every rule."""


class InvalidValueError(ValueError):
    """A value that Google or Kubernetes would reject later, or that opens what must stay shut.

    Attributes:
        rule: what the value must be.
        hint: what to write instead.
    """

    def __init__(self, rule: str, hint: str) -> None:
        """Keep both halves: reports print them on lines of their own."""
        super().__init__(f"{rule}; {hint}")
        self.rule = rule
        self.hint = hint
