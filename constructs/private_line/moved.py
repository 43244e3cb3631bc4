"""Tells Terraform that a resource was renamed, so that it neither destroys nor makes one."""

from cdktf import TerraformResource


def move(resource: TerraformResource, former_id: str | None) -> None:
    """Move the state of the resource that a construct of another id had; None for no move.

    A `moved` block without such a resource in the state does nothing.

    Args:
        resource: a construct's only resource, whose Terraform id is the construct's own.
        former_id: the construct id before the rename, such as `address-myapi`.
    """
    if former_id is not None:
        resource.move_from_id(f"{resource.terraform_resource_type}.{former_id}")
