"""One environment's settings, and the five stacks that are made of them."""

import slim_bindings

# Before any module here imports a provider's bindings.
slim_bindings.install()
