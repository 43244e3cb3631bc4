"""Puts a line's connector into the app.yaml of an App Engine app."""
