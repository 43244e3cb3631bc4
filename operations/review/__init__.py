"""The review of a line before it is applied: all plans of an environment, read as one."""
