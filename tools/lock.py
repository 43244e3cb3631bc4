"""Removes the package index from Pipfile.lock.

pipenv writes the index of the current machine into the lock file. Without it, the lock file still
verifies the packages, and pipenv installs them from the index of the machine that it runs on.
"""

import json
from pathlib import Path

path = Path("Pipfile.lock")
lock = json.loads(path.read_text(encoding="utf-8"))
lock["_meta"]["sources"] = []
for group in ("default", "develop"):
    for package in lock[group].values():
        package.pop("index", None)
path.write_text(json.dumps(lock, indent=4) + "\n", encoding="utf-8")
