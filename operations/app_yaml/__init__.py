"""Adds an environment's connector to the app.yaml of an App Engine app."""
