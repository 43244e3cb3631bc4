"""What must hold for something that exists already, checked when Terraform plans."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from cdktf import Postcondition, TerraformResourceLifecycle


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """A condition on the values of a data source, or of a resource that remembers one.

    If it does not hold, the plan of its stack fails, and Terraform changes nothing in that stack.
    A deploy may already have changed the stacks that this one depends on.

    Attributes:
        condition: an expression in Terraform's language; `self` is the data source or resource.
        key: the setting or prop that names the data source.
        value: its value.
        rule: what must hold. It can contain `${...}`.
        hint: what to do instead. It can contain `${...}`.
    """

    condition: str
    key: str
    value: str
    rule: str
    hint: str


def lifecycle(
    requirements: Sequence[Requirement], *, ignore_changes: Sequence[str] = ()
) -> TerraformResourceLifecycle:
    """The lifecycle of a data source or resource with requirements: one postcondition each.

    Args:
        requirements: what must hold.
        ignore_changes: the arguments of a resource that stay as first applied. Default: none.
    """
    return TerraformResourceLifecycle(
        ignore_changes=list(ignore_changes) or None,
        postcondition=[
            Postcondition(
                condition=f"${{{requirement.condition}}}",
                error_message=f"{requirement.key} = {json.dumps(requirement.value)}\n"
                f"    rule: {requirement.rule}\n    hint: {requirement.hint}",
            )
            for requirement in requirements
        ],
    )


def or_empty(read: str) -> str:
    """An expression for a string that is read, empty instead of null.

    Terraform evaluates the message even if the condition holds, and rejects null in a string.
    """
    return f'try(coalesce({read}), "")'


def listed(networks: Iterable[IPv4Network]) -> str:
    """An expression for a list of ranges."""
    return json.dumps([str(network) for network in networks])


def within(range_: str, networks: str) -> str:
    """An expression for whether a range is in one of some networks.

    Args:
        range_: an expression for a range in CIDR notation.
        networks: an expression for a list of such ranges.
    """
    return (
        f"anytrue([for network in {networks} :"
        f' cidrhost(format("%s/%s", split("/", {range_})[0], split("/", network)[1]), 0)'
        f' == split("/", network)[0]'
        f' && tonumber(split("/", {range_})[1]) >= tonumber(split("/", network)[1])])'
    )


def overlap(range_: str, networks: str) -> str:
    """An expression for whether a range overlaps one of some networks.

    Of two ranges that overlap, one contains the other.

    Args:
        range_: an expression for a range in CIDR notation.
        networks: an expression for a list of such ranges.
    """
    contained = f"anytrue([for other in {networks} : {within('other', f'[{range_}]')}])"
    return f"{within(range_, networks)} || {contained}"
