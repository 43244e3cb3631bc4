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


class InvalidFormatError(InvalidValueError):
    """A value that does not have the form of its kind, of which the hint is an example.

    Who knows what the value is for can give a better example.
    """

    def __init__(self, rule: str, example: str) -> None:
        """Keep the rule, and make a hint of the example."""
        super().__init__(rule, f"for example {example}")
