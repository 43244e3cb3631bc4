"""What the plans do to deployed APIs: to their Services, addresses and firewall rules."""

from collections.abc import Iterator
from typing import Final

from operations.review.api import Api, apis
from operations.review.environment import Environment, Port, service_ports
from operations.review.namespace_risks import is_sure, namespace_after, namespace_now
from operations.review.plan import Action, ResourceChange, is_planned
from operations.review.resource_types import ADDRESS, SERVICE
from operations.review.risk import DEPLOY, Explanation, Risk, explain
from settings.stack_names import stack_name

_OFF_PEAK: Final = f"{DEPLOY}, when callers tolerate an outage of a few minutes"


def api_risks(environment: Environment) -> Iterator[Explanation]:
    """The risks to each API."""
    for api in apis(environment):
        if api.service.action is Action.DESTROY:
            yield _destroyed(environment, api)
        elif api.service.action is Action.REPLACE:
            yield _replaced(environment, api)
        else:
            if api.address is not None and api.address.is_gone:
                yield _address_in_use(environment, api, api.address)
            if closed := service_ports(api.service.now) - service_ports(api.service.after):
                yield _ports_closed(environment, api, closed)
    yield from _requested_addresses(environment)
    yield from _wrong_was(environment)


def _address_in_use(environment: Environment, api: Api, address: ResourceChange) -> Explanation:
    """Google does not release an address that a load balancer uses."""
    return explain(
        Risk.HIGH,
        address,
        f"address {address.removal} while {api.service.title} keeps its load balancer on it: the"
        f' apply stops ("already being used by"), and calls to {api.names} may already fail',
        "put `replace_triggered_by` the address back on the Service, or remove the Service in the"
        f" same plan; then {DEPLOY}",
        env=environment.name,
    )


def _ports_closed(environment: Environment, api: Api, closed: set[Port]) -> Explanation:
    ports = ", ".join(f"{protocol.upper()} {port}" for protocol, port in sorted(closed))
    return explain(
        Risk.LOW,
        api.service,
        f"{api.names} no longer answers on {ports}: calls to it there fail",
        f"{DEPLOY}, when no caller uses {ports}",
        env=environment.name,
    )


def _destroyed(environment: Environment, api: Api) -> Explanation:
    """A Service is destroyed, and another one may take over its fixed address or its name."""
    if successor := _successor(environment, api):
        return _renamed_without_was(environment, api, successor)
    records = [record for record in api.records if record.after]
    if records:
        return _taken_over(environment, api, records)
    return _removed(environment, api)


def _successor(environment: Environment, api: Api) -> ResourceChange | None:
    """The added address that requests the IP address which an API releases."""
    return next(
        (
            address
            for address in environment.all(ADDRESS)
            if address.action is Action.ADD and address.after["address"] == api.ip
        ),
        None,
    )


def _renamed_without_was(
    environment: Environment, api: Api, successor: ResourceChange
) -> Explanation:
    old, new = _key(api.address) if api.address else api.service.title, _key(successor)
    kept = all(record.after for record in api.records)
    until = "until you apply again" if kept else "permanently, unless it is the same API"
    return explain(
        Risk.HIGH,
        successor,
        f"{new} requests {api.ip}, which {old} releases in the same plan: Terraform does not order"
        f" the two, so the apply may stop, and calls to {api.names} fail {until}",
        f'if {new} is a new name of {old}, set `was = "{old}"` on services[{new}] in'
        f" `environments/{{env}}.toml`, then {DEPLOY}; if not, deploy without {new} first",
        *_parts(api),
        *api.records,
        env=environment.name,
    )


def _taken_over(environment: Environment, api: Api, records: list[ResourceChange]) -> Explanation:
    ips = {ip for record in records for ip in record.elements("rrdatas")}
    successors = [
        service.title
        for service in environment.all(SERVICE)
        if (address := environment.address_of(service)) and address.after["address"] in ips
    ]
    return explain(
        Risk.HIGH,
        api.service,
        f"{api.names} moves from {api.service.title} to"
        f" {', '.join(successors) or 'another address'}: calls fail from the destroy of"
        f" {api.service.title} until {_dns(environment)} is applied, and {_cached(api)}",
        _OFF_PEAK,
        *_parts(api),
        *records,
        env=environment.name,
    )


def _removed(environment: Environment, api: Api) -> Explanation:
    cached = (
        f"; the name resolves until {_dns(environment)} is applied, and {_cached(api)}"
        if api.records
        else ""
    )
    return explain(
        Risk.HIGH,
        api.service,
        f"API removed: calls to {api.names} fail{cached}",
        f"make sure that nobody calls {api.names}, then {DEPLOY}",
        *_parts(api),
        *api.records,
        env=environment.name,
    )


def _replaced(environment: Environment, api: Api) -> Explanation:
    """Service and address are destroyed, then created: one deploy with an outage."""
    records = [record for record in api.records if record.action is Action.CHANGE]
    namespace = namespace_after(api.service)
    moves = namespace_now(api.service) != namespace
    until = "until the new load balancer is ready"
    if records:
        until += f" and {_dns(environment)} is applied; {_cached(api)}"
    return explain(
        Risk.HIGH,
        api.service,
        f"outage of {api.service.title}: {_why(environment, api)}, so its load balancer is"
        f" destroyed before the new one is created; calls to {api.names} fail {until}",
        f"`kubectl create namespace {namespace}`, unless it exists; then {_OFF_PEAK}"
        if moves and not is_sure(environment, namespace)
        else _OFF_PEAK,
        *_parts(api),
        *records,
        env=environment.name,
    )


def _why(environment: Environment, api: Api) -> str:
    service = api.service
    reasons = []
    before, after = namespace_now(service), namespace_after(service)
    if service.moved_from and service.title_now != service.title:
        reasons.append(f"it is renamed from {service.title_now}")
    if before != after:
        must = "" if is_sure(environment, after) else ", which must exist"
        reasons.append(f"it moves from namespace {before} to {after}{must}")
    address = environment.address_of(service)
    if address and api.ip and address.after["address"] != api.ip:
        value = address.after["address"]
        new = "one that Google picks" if is_planned(value) else value
        reasons.append(f"its address changes from {api.ip} to {new}")
    return " and ".join(reasons) or "its Service is replaced"


def _requested_addresses(environment: Environment) -> Iterator[Explanation]:
    """Addresses that are requested while another API has them."""
    addresses = [change for change in environment.changes if change.kind == ADDRESS]
    for address in addresses:
        if address.action not in {Action.ADD, Action.REPLACE}:
            continue
        for holder in addresses:
            if holder is address or holder.now.get("address") != address.after["address"]:
                continue
            if not holder.is_gone:
                yield _address_kept(environment, address, holder)
            elif address.action is Action.REPLACE:
                # An added one belongs to a renamed API: `_renamed_without_was` reports it.
                yield _address_released(environment, address, holder)


def _address_kept(
    environment: Environment, address: ResourceChange, holder: ResourceChange
) -> Explanation:
    return explain(
        Risk.HIGH,
        address,
        f"{_key(address)} requests {address.after['address']}, which {_key(holder)} keeps: the"
        " apply stops, after the destroy of what it replaces",
        f"give {_key(address)} another address, or {_key(holder)} first; then {DEPLOY}",
        env=environment.name,
    )


def _address_released(
    environment: Environment, address: ResourceChange, holder: ResourceChange
) -> Explanation:
    """Two APIs swap addresses, or one takes the address of another, which gets a new one."""
    requester, other = _key(address), _key(holder)
    if holder.after.get("address") == address.now["address"]:
        step = f"give {other} a third address first and run {DEPLOY}, then swap"
    else:
        step = f"change {other} alone first and run {DEPLOY}, then {requester} and {DEPLOY}"
    return explain(
        Risk.HIGH,
        address,
        f"{requester} requests {address.after['address']}, which {other} releases in the same"
        " plan: Terraform does not order the two, so the apply may stop",
        step,
        env=environment.name,
    )


def _wrong_was(environment: Environment) -> Iterator[Explanation]:
    """A `was` that names no deployed API adds an API, and may destroy the one that was meant."""
    services = environment.all(SERVICE) + environment.gone(SERVICE)
    destroyed = any(service.action is Action.DESTROY for service in services)
    moves = {to: old for plan in environment.plans for old, to in plan.moves}
    for service in services:
        if service.action is Action.ADD and (old := moves.get(service.address)):
            was = old.partition(".service-")[2]
            yield explain(
                Risk.MEDIUM if destroyed else Risk.LOW,
                service,
                f'`was = "{was}"` names no deployed API: {service.title} is added as a new API',
                f"correct it in `environments/{{env}}.toml`, or remove it; then {DEPLOY}",
                env=environment.name,
            )


def _parts(api: Api) -> list[ResourceChange]:
    """The resources that are created and destroyed with a Service."""
    return [api.service, *([api.address] if api.address else []), *api.rules]


def _key(address: ResourceChange) -> str:
    """The key of an API in the settings: the end of its address' ID."""
    return address.address.partition(".address-")[2] or address.title


def _dns(environment: Environment) -> str:
    return stack_name(environment.name, "dns")


def _cached(api: Api) -> str:
    """How long callers use the old address."""
    seconds = max(record.now["ttl"] for record in api.records)
    return f"callers keep the old address for up to {seconds} s after that"
