"""Constructs for a private line: App Engine standard to an API on a private GKE cluster.

One logical entity a module. Import the module that you need; this file imports none of
them, so that looking at a rule does not load the provider bindings.
"""
