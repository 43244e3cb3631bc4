"""What the plans do to the DNS names that callers use: to the zone and its records."""

from collections.abc import Iterator

from operations.review.environment import Environment
from operations.review.plan import Action, ResourceChange, is_planned
from operations.review.resource_types import RECORD, ZONE
from operations.review.risk import DEPLOY, Explanation, Risk, explain


def name_risks(environment: Environment) -> Iterator[Explanation]:
    """The risks to zones and records."""
    records = [change for change in environment.changes if change.kind == RECORD and change.now]
    for zone in environment.changes:
        if zone.kind == ZONE and zone.is_gone:
            gone = [record for record in records if record.now["managed_zone"] == zone.title_now]
            records = [record for record in records if record not in gone]
            yield _zone_gone(environment, zone, gone)
    for record in records:
        if record.is_gone:
            yield _name_gone(environment, record)
        elif record.action is Action.CHANGE and record.elements(
            "rrdatas", record.now
        ) != record.elements("rrdatas"):
            yield _name_moved(environment, record)
    for record in environment.all(RECORD):
        holder = environment.zone_of(record)
        if holder and holder.exists and record.action in {Action.ADD, Action.REPLACE}:
            yield _name_taken(environment, record, holder)


def _zone_gone(
    environment: Environment, zone: ResourceChange, records: list[ResourceChange]
) -> Explanation:
    old, new = zone.now["dns_name"], zone.after.get("dns_name")
    names = ", ".join(_name(record) for record in records) or f"every name in {old.rstrip('.')}"
    deploy = f"run {DEPLOY}"
    if new is None:
        reason = f"zone destroyed: {names} no longer resolves, and calls fail as caches expire"
        step = f"make sure that nobody calls {names}, then {deploy}"
    elif new != old:
        reason = (
            f"every name changes from .{old.rstrip('.')} to .{new.rstrip('.')}: {names} no longer"
            " resolves, and calls fail as caches expire"
        )
        step = f"{deploy}, then change every caller to the new name and deploy it"
    else:
        reason = f"zone replaced: {names} does not resolve until the new zone is ready"
        step = f"{deploy}, when callers tolerate an outage of a few minutes"
    return explain(Risk.HIGH, zone, reason, step, *records, env=environment.name)


def _name_gone(environment: Environment, record: ResourceChange) -> Explanation:
    name, ttl = _name(record), record.now["ttl"]
    others = ", ".join(
        other.title.rstrip(".")
        for other in environment.all(RECORD)
        if other.action is Action.ADD
        and other.elements("rrdatas") == record.elements("rrdatas", record.now)
    )
    if others:
        reason = f"{name} becomes {others}: callers of {name} fail within {ttl} s"
        step = f"run {DEPLOY}, then change every caller to {others} and deploy it"
    else:
        reason = f"{name} is {record.removal}: calls fail within {ttl} s, as caches expire"
        step = f"make sure that nobody calls {name}, then run {DEPLOY}"
    return explain(Risk.HIGH, record, reason, step, env=environment.name)


def _name_moved(environment: Environment, record: ResourceChange) -> Explanation:
    before, after = (
        ", ".join(map(_shown, record.elements("rrdatas", values)))
        for values in (record.now, record.after)
    )
    return explain(
        Risk.MEDIUM,
        record,
        f"{_name(record)} moves from {before} to {after}: callers keep the old address for up to"
        f" {record.now['ttl']} s",
        DEPLOY,
        env=environment.name,
    )


def _name_taken(
    environment: Environment, record: ResourceChange, zone: ResourceChange
) -> Explanation:
    """Cloud DNS has one set of A records per name, and the provider replaces it on create.

    See `resource_dns_record_set.go` of the google provider.
    """
    name = record.after["name"]
    return explain(
        Risk.MEDIUM,
        record,
        f"if zone {zone.title} has a record {name.rstrip('.')} that somebody else added, the apply"
        " overwrites it without a message, and it is deleted with this environment's record later",
        f"`gcloud dns record-sets list --zone={zone.title} --name={name}"
        f" --project={zone.after['project']}`; if it lists nothing, {DEPLOY}",
        env=environment.name,
    )


def _name(record: ResourceChange) -> str:
    return str(record.now["name"]).rstrip(".")


def _shown(value: object) -> str:
    return "an address that is known after apply" if is_planned(value) else str(value)
