"""Plans all stacks of an environment before they are applied, and reports on them together."""
