"""What the plans do to an API that is called: to its Service, its address and its rules."""

from collections.abc import Iterator
from typing import Final

from operations.review.api import Api, apis
from operations.review.line import Line, Port, service_ports
from operations.review.namespace_risks import is_sure, namespace_after, namespace_now
from operations.review.plan import Action, Change, is_planned
from operations.review.resource_types import ADDRESS, SERVICE
from operations.review.risk import DEPLOY, Explained, Risk, explained
from settings.stack_names import stack_name

_IN_A_QUIET_HOUR: Final = f"{DEPLOY}, when callers can do without it for some minutes"


def api_risks(line: Line) -> Iterator[Explained]:
    """The risks of each API."""
    for api in apis(line):
        if api.service.action is Action.DESTROYED:
            yield _ended(line, api)
        elif api.service.action is Action.REPLACED:
            yield _made_anew(line, api)
        else:
            if api.address is not None and api.address.is_gone:
                yield _address_in_use(line, api, api.address)
            if closed := service_ports(api.service.now) - service_ports(api.service.after):
                yield _ports_closed(line, api, closed)
    yield from _asked_for(line)
    yield from _wrong_was(line)


def _address_in_use(line: Line, api: Api, address: Change) -> Explained:
    """Google does not give up an address that a load balancer has."""
    return explained(
        Risk.HIGH,
        address,
        f"address {address.action} while {api.service.title} keeps its load balancer on it: the"
        f' apply stops ("already being used by"), and calls to {api.names} may be cut off by then',
        "put `replace_triggered_by` the address back on the Service, or remove the Service in the"
        f" same plan; then {DEPLOY}",
        env=line.environment,
    )


def _ports_closed(line: Line, api: Api, closed: set[Port]) -> Explained:
    where = ", ".join(f"{protocol.upper()} {port}" for protocol, port in sorted(closed))
    return explained(
        Risk.LOW,
        api.service,
        f"{api.names} answers no more at {where}: whoever calls it there gets no answer",
        f"{DEPLOY}, when no caller uses {where}",
        env=line.environment,
    )


def _ended(line: Line, api: Api) -> Explained:
    """A Service is destroyed: another one takes its fixed address or its name, or nothing does."""
    if heir := _heir(line, api):
        return _renamed_without_was(line, api, heir)
    followed = [record for record in api.records if record.after]
    if followed:
        return _taken_over(line, api, followed)
    return _removed(line, api)


def _heir(line: Line, api: Api) -> Change | None:
    """The new address that asks for the very address which an API gives up."""
    return next(
        (
            address
            for address in line.all(ADDRESS)
            if address.action is Action.NEW and address.after["address"] == api.ip
        ),
        None,
    )


def _renamed_without_was(line: Line, api: Api, heir: Change) -> Explained:
    old, new = _key(api.address) if api.address else api.service.title, _key(heir)
    kept = all(record.after for record in api.records)
    until = "until it goes on" if kept else "for good, unless it is the same API"
    return explained(
        Risk.HIGH,
        heir,
        f"{new} asks for {api.ip}, which {old} gives up in the same plan: Terraform knows no order"
        f" between the two, so the apply may stop, and calls to {api.names} fail {until}",
        f'if {new} is {old} under another name, set `was = "{old}"` on services[{new}] in'
        f" `environments/{{env}}.toml`, then {DEPLOY}; if not, deploy without {new} first",
        *_parts(api),
        *api.records,
        env=line.environment,
    )


def _taken_over(line: Line, api: Api, followed: list[Change]) -> Explained:
    ips = {ip for record in followed for ip in record.elements("rrdatas")}
    heirs = [
        service.title
        for service in line.all(SERVICE)
        if (address := line.address_of(service)) and address.after["address"] in ips
    ]
    return explained(
        Risk.HIGH,
        api.service,
        f"{api.names} goes from {api.service.title} to {', '.join(heirs) or 'another address'}:"
        f" calls fail from the end of the one until {_dns(line)} is applied, and"
        f" {_cached(api)}",
        _IN_A_QUIET_HOUR,
        *_parts(api),
        *followed,
        env=line.environment,
    )


def _removed(line: Line, api: Api) -> Explained:
    known = (
        f"; the name resolves until {_dns(line)} is applied, and {_cached(api)}"
        if api.records
        else ""
    )
    return explained(
        Risk.HIGH,
        api.service,
        f"API removed: whoever still calls {api.names} gets no answer{known}",
        f"make sure that nobody calls {api.names}, then {DEPLOY}",
        *_parts(api),
        *api.records,
        env=line.environment,
    )


def _made_anew(line: Line, api: Api) -> Explained:
    """Service and address go, then both are made: one deploy, with an outage in its middle."""
    followed = [record for record in api.records if record.action is Action.CHANGED]
    namespace = namespace_after(api.service)
    moves = namespace_now(api.service) != namespace
    until = "until the new load balancer is there"
    if followed:
        until += f" and {_dns(line)} is applied; {_cached(api)}"
    return explained(
        Risk.HIGH,
        api.service,
        f"outage of {api.service.title}: {_why(line, api)}, so its load balancer goes before the"
        f" new one comes; calls to {api.names} fail {until}",
        f"`kubectl create namespace {namespace}`, unless it exists; then {_IN_A_QUIET_HOUR}"
        if moves and not is_sure(line, namespace)
        else _IN_A_QUIET_HOUR,
        *_parts(api),
        *followed,
        env=line.environment,
    )


def _why(line: Line, api: Api) -> str:
    service = api.service
    reasons = []
    before, after = namespace_now(service), namespace_after(service)
    if service.moved_from and service.title_now != service.title:
        reasons.append(f"it is renamed from {service.title_now}")
    if before != after:
        must = "" if is_sure(line, after) else ", which must exist"
        reasons.append(f"it moves from namespace {before} to {after}{must}")
    address = line.address_of(service)
    if address and address.after["address"] != api.ip:
        value = address.after["address"]
        new = "one that Google picks" if is_planned(value) else value
        reasons.append(f"its address changes from {api.ip} to {new}")
    return " and ".join(reasons) or "its Service is replaced"


def _asked_for(line: Line) -> Iterator[Explained]:
    """An address that is asked for while another one has it."""
    addresses = [one for one in line.changes if one.kind == ADDRESS]
    for one in addresses:
        if one.action not in {Action.NEW, Action.REPLACED}:
            continue
        for other in addresses:
            if other is one or other.now.get("address") != one.after["address"]:
                continue
            if not other.is_gone:
                yield _kept(line, one, other)
            elif one.action is Action.REPLACED:
                # A new one is the renamed API's; that is told with the API.
                yield _passed_on(line, one, other)


def _kept(line: Line, one: Change, other: Change) -> Explained:
    return explained(
        Risk.HIGH,
        one,
        f"{_key(one)} asks for {one.after['address']}, which {_key(other)} keeps: the apply stops,"
        " after what it replaces is gone",
        f"give {_key(one)} another address, or {_key(other)} first; then {DEPLOY}",
        env=line.environment,
    )


def _passed_on(line: Line, one: Change, other: Change) -> Explained:
    """A swap, or one address that moves on to the next API."""
    if other.after.get("address") == one.now["address"]:
        step = f"give {_key(other)} a third address first and run {DEPLOY}, then swap"
    else:
        step = f"change {_key(other)} alone first and run {DEPLOY}, then {_key(one)} and {DEPLOY}"
    return explained(
        Risk.HIGH,
        one,
        f"{_key(one)} asks for {one.after['address']}, which {_key(other)} gives up in the same"
        " plan: Terraform knows no order between the two, so the apply may stop",
        step,
        env=line.environment,
    )


def _wrong_was(line: Line) -> Iterator[Explained]:
    """A rename of what is not deployed makes a new API, and perhaps ends the one that was meant."""
    services = line.all(SERVICE) + line.gone(SERVICE)
    ended = any(service.action is Action.DESTROYED for service in services)
    moves = {to: old for plan in line.plans for old, to in plan.moves}
    for service in services:
        if service.action is Action.NEW and (old := moves.get(service.address)):
            was = old.partition(".service-")[2]
            yield explained(
                Risk.MEDIUM if ended else Risk.LOW,
                service,
                f'`was = "{was}"` names nothing that is deployed: {service.title} is made as a new'
                " API",
                f"correct it in `environments/{{env}}.toml`, or remove it; then {DEPLOY}",
                env=line.environment,
            )


def _parts(api: Api) -> list[Change]:
    """What stands and falls with a Service."""
    return [api.service, *([api.address] if api.address else []), *api.rules]


def _key(address: Change) -> str:
    """The key of an API's settings: what its address' id ends with."""
    return address.address.partition(".address-")[2] or address.title


def _dns(line: Line) -> str:
    return stack_name(line.environment, "dns")


def _cached(api: Api) -> str:
    """For how long callers keep what they looked up."""
    seconds = max(record.now["ttl"] for record in api.records)
    return f"callers keep the old address for up to {seconds} s after that"
