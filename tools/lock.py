"""Takes the package index out of Pipfile.lock.

pipenv writes the index that the machine happens to use into the lock. Without it a lock verifies
and installs just the same, from whatever index the next machine is set up with.
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
