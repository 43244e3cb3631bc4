"""Constructs that connect App Engine standard to an API on a private GKE cluster.

One logical entity per module. Import the module that you need: this file imports none of them, so
importing a rule does not load the provider bindings.
"""
