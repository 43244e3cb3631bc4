"""Synthesizes `environments/` into `cdktf.out`: the command for people, and the app for cdktf."""
