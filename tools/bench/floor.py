"""The floor: the same settings, stacks and number of resources, without provider bindings."""

import json
import sys
from pathlib import Path

from cdktf import App, DataResource, LocalBackend, TerraformResource, TerraformStack

from settings.load import load

counts: dict[str, int] = json.loads(sys.argv[1])
(settings,) = load(Path("environments"))

app = App()
for part, count in counts.items():
    name = settings.stack(part)
    stack = TerraformStack(app, name)
    LocalBackend(stack, path=f"../../../state/{name}.tfstate")
    if part == "service":
        # As in the real stack. It makes cdktf run Terraform to get its version.
        DataResource(stack, "wait")
    for number in range(count):
        TerraformResource(stack, f"resource-{number}", terraform_resource_type="any_resource")
app.synth()
