"""Moves the state of a renamed resource, so that Terraform does not replace the resource."""

from cdktf import TerraformResource


def move(resource: TerraformResource, previous_id: str | None) -> None:
    """Add a `moved` block for a resource whose construct id has changed.

    If the state does not contain the resource under its previous id, the block has no effect.

    Args:
        resource: a construct's only resource, whose Terraform id is the construct id.
        previous_id: the construct id before the rename, such as `address-myapi`. With None, no
            block is added.
    """
    if previous_id is not None:
        resource.move_from_id(f"{resource.terraform_resource_type}.{previous_id}")
