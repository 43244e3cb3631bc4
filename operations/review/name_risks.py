"""What the plans do to the names that callers use: to the zone and its records."""

from collections.abc import Iterator

from operations.review.line import Line
from operations.review.plan import Action, Change, is_planned
from operations.review.resource_types import RECORD, ZONE
from operations.review.risk import DEPLOY, Explained, Risk, explained


def name_risks(line: Line) -> Iterator[Explained]:
    """The risks of zones and records."""
    records = [change for change in line.changes if change.kind == RECORD and change.now]
    for zone in line.changes:
        if zone.kind == ZONE and zone.is_gone:
            gone = [record for record in records if record.now["managed_zone"] == zone.title_now]
            records = [record for record in records if record not in gone]
            yield _zone_gone(line, zone, gone)
    for record in records:
        if record.is_gone:
            yield _name_gone(line, record)
        elif record.action is Action.CHANGED and record.elements(
            "rrdatas", record.now
        ) != record.elements("rrdatas"):
            yield _name_moved(line, record)


def _zone_gone(line: Line, zone: Change, records: list[Change]) -> Explained:
    old, new = zone.now["dns_name"], zone.after.get("dns_name")
    names = ", ".join(_name(record) for record in records) or f"nothing under {old.rstrip('.')}"
    after = f"run {DEPLOY}"
    if new is None:
        reason = f"zone destroyed: {names} resolves no more, and calls fail as caches expire"
        step = f"make sure that nobody calls {names}, then {after}"
    elif new != old:
        reason = (
            f"every name changes from .{old.rstrip('.')} to .{new.rstrip('.')}: {names} resolves no"
            f" more, and callers fail as their caches expire"
        )
        step = f"{after}, then change every caller to the new name and deploy it"
    else:
        reason = f"zone replaced: {names} does not resolve until the new one is there"
        step = f"{after}, when callers can do without it for some minutes"
    return explained(Risk.HIGH, zone, reason, step, *records, env=line.environment)


def _name_gone(line: Line, record: Change) -> Explained:
    name, ttl = _name(record), record.now["ttl"]
    others = ", ".join(
        one.title.rstrip(".")
        for one in line.all(RECORD)
        if one.action is Action.NEW
        and one.elements("rrdatas") == record.elements("rrdatas", record.now)
    )
    if others:
        reason = f"{name} becomes {others}: callers of {name} fail within {ttl} s"
        step = f"run {DEPLOY}, then change every caller to {others} and deploy it"
    else:
        reason = f"{name} is {record.action}: calls fail within {ttl} s, as caches expire"
        step = f"make sure that nobody calls {name}, then run {DEPLOY}"
    return explained(Risk.HIGH, record, reason, step, env=line.environment)


def _name_moved(line: Line, record: Change) -> Explained:
    before, after = (
        ", ".join(map(_shown, record.elements("rrdatas", values)))
        for values in (record.now, record.after)
    )
    return explained(
        Risk.MEDIUM,
        record,
        f"{_name(record)} moves from {before} to {after}: callers keep the old address for up to"
        f" {record.now['ttl']} s",
        DEPLOY,
        env=line.environment,
    )


def _name(record: Change) -> str:
    return str(record.now["name"]).rstrip(".")


def _shown(value: object) -> str:
    return "an address known after the apply" if is_planned(value) else str(value)
