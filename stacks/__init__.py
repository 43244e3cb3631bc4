"""The five stacks of an environment."""

import slim_bindings

# Must run before any module in this package imports provider bindings.
slim_bindings.install()
