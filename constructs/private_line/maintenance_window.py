"""When GKE can upgrade a cluster, in the terms of GKE's API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, get_args

from private_line import choices, rules

_EARLIEST: Final = datetime(2025, 1, 1, tzinfo=UTC)
"""GKE requires a start date for the recurrence. This one is a Wednesday in the past."""

_WEEKDAYS: Final[tuple[choices.Weekday, ...]] = get_args(choices.Weekday)


@dataclass(frozen=True, kw_only=True)
class MaintenanceWindow:
    """A window that opens on some days of every week.

    See https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions.

    Attributes:
        days: two-letter weekdays of RFC 5545, MO to SU. Default: every day.
        start: the opening time of day in UTC. Default: 18:00.
        hours: the length of the window in hours, 4 to 24. Default: 4.

    Raises:
        InvalidValueError: the window is shorter than 4 hours, longer than 24 hours, or open for
            less than 12 hours per week.
    """

    days: Sequence[choices.Weekday] = choices.MAINTENANCE_DAYS
    start: time = choices.MAINTENANCE_START
    hours: int = choices.MAINTENANCE_HOURS

    def __post_init__(self) -> None:
        """Validate the props."""
        rules.maintenance_window(len(set(self.days)), self.hours)

    @property
    def start_time(self) -> str:
        """The first opening, in RFC 3339 format, on one of the days.

        For a start on any other weekday, RFC 5545 (section 3.8.5.3) does not define the result.
        """
        return self._rfc3339(timedelta())

    @property
    def end_time(self) -> str:
        """The first closing, in RFC 3339 format."""
        return self._rfc3339(timedelta(hours=self.hours))

    @property
    def recurrence(self) -> str:
        """The weekdays as a recurrence rule in RFC 5545 format."""
        chosen = [day for day in _WEEKDAYS if day in self.days]
        return f"FREQ=WEEKLY;BYDAY={','.join(chosen)}"

    def _rfc3339(self, after_opening: timedelta) -> str:
        week = (_EARLIEST + timedelta(days=days) for days in range(7))
        first = next(day for day in week if _WEEKDAYS[day.weekday()] in self.days)
        opening = datetime.combine(first.date(), self.start, tzinfo=UTC)
        return (opening + after_opening).strftime("%Y-%m-%dT%H:%M:%SZ")
