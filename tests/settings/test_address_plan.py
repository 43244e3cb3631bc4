"""The rules for the address plan, with arbitrary ranges from hypothesis."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from private_line.limits import PRIVATE_RANGES, PROHIBITED
from tests.line import changed, errors_in
from tests.support import DEV_TABLE

KEYS = ("nodes", "pods", "services", "connector")


def ranges(smallest: int, largest: int) -> st.SearchStrategy[IPv4Network]:
    """Any IPv4 range whose prefix is between two lengths, private or not."""
    return st.builds(
        lambda bits, length: IPv4Network((bits >> (32 - length) << (32 - length), length)),
        st.one_of(
            st.integers(0, 2**32 - 1),
            st.sampled_from(PRIVATE_RANGES).flatmap(
                lambda private: st.integers(int(private[0]), int(private[-1]))
            ),
        ),
        st.integers(smallest, largest),
    )


plans = st.fixed_dictionaries(
    {
        "nodes": ranges(8, 28),
        "pods": ranges(8, 22),
        "services": ranges(16, 28),
        "connector": ranges(28, 28),
    }
)


def each_is_valid(plan: Mapping[str, IPv4Network]) -> bool:
    """Whether each range is valid by itself: private ones for what App Engine calls."""
    called = is_private(plan["nodes"]) and is_private(plan["connector"])
    return called and is_allowed(plan["pods"]) and is_allowed(plan["services"])


def is_allowed(network: IPv4Network) -> bool:
    """Whether a subnet can have a range."""
    return not any(share_an_address(network, prohibited) for prohibited in PROHIBITED)


def is_private(network: IPv4Network) -> bool:
    """Computed differently than in the rules: from the first octets of both ends."""
    ends = [str(network[0]), str(network[-1])]
    if all(end.startswith(("10.", "192.168.")) for end in ends):
        return ends[0].split(".")[0] == ends[1].split(".")[0]
    for high in range(16, 32):
        if high != 17 and all(end.startswith(f"172.{high}.") for end in ends):
            return True
    first, last = IPv4Address("100.64.0.0"), IPv4Address("100.127.255.255")
    wide = IPv4Address("172.18.0.0"), IPv4Address("172.31.255.255")
    return (first <= network[0] and network[-1] <= last) or (
        wide[0] <= network[0] and network[-1] <= wide[1]
    )


def share_an_address(first: IPv4Network, second: IPv4Network) -> bool:
    return first[0] <= second[-1] and second[0] <= first[-1]


@given(plans)
def test_a_plan_is_accepted_if_and_only_if_each_range_is_valid_and_all_are_disjoint(
    plan: dict[str, IPv4Network],
) -> None:
    found = errors_in(
        changed(DEV_TABLE, {f"network.{key}": str(value) for key, value in plan.items()})
    )
    good = each_is_valid(plan) and not any(
        share_an_address(plan[key], plan[other]) for key in KEYS for other in KEYS if key < other
    )
    assert (found == []) == good


@given(plans)
def test_an_error_names_both_of_two_overlapping_ranges(plan: dict[str, IPv4Network]) -> None:
    found = errors_in(
        changed(DEV_TABLE, {f"network.{key}": str(value) for key, value in plan.items()})
    )
    named = {
        frozenset((error.key.removeprefix("network."), key))
        for error in found
        for key in KEYS
        if f"overlap network.{key}," in error.rule
    }
    if not each_is_valid(plan):
        assert named == set(), "each value is checked first"
        return
    assert named == {
        frozenset((key, other))
        for key in KEYS
        for other in KEYS
        if key != other and share_an_address(plan[key], plan[other])
    }


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_a_fixed_address_is_not_reserved_by_google(address: IPv4Address) -> None:
    found = errors_in(changed(DEV_TABLE, {"services[0].address": str(address)}))
    good = IPv4Address("192.168.32.2") <= address <= IPv4Address("192.168.32.253")
    assert (found == []) == good


@given(st.integers(0, 255))
def test_all_except_four_addresses_of_the_node_range_are_free(last: int) -> None:
    found = errors_in(changed(DEV_TABLE, {"services[0].address": f"192.168.32.{last}"}))
    assert (found == []) == (last not in {0, 1, 254, 255})


def test_a_node_range_that_is_too_small_is_an_error_besides_the_fixed_address() -> None:
    small = {"network.nodes": "192.168.32.0/29", "services[0].address": "192.168.32.0"}
    keys = {error.key for error in errors_in(changed(DEV_TABLE, small))}
    assert keys == {"network.nodes", "services[0].address"}
