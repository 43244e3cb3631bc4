"""Loads only those modules of a jsii package that a program imports.

For CDKTF provider bindings, whose packages hold hundreds of modules. See README.md.
"""

from slim_bindings.install import install

__all__ = ["install"]
