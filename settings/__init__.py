"""The settings of an environment, read and validated before cdktf is imported."""
