"""The five stacks of an environment."""

import slim_bindings

# Before any module here imports a provider's bindings.
slim_bindings.install()
