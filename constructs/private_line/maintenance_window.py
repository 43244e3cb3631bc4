"""When Google may upgrade a cluster, in GKE's own terms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, get_args

from private_line import choices, rules

_EARLIEST: Final = datetime(2025, 1, 1, tzinfo=UTC)
"""GKE wants a date in the past to count from. This one is a Wednesday."""

_WEEKDAYS: Final[tuple[choices.Weekday, ...]] = get_args(choices.Weekday)


@dataclass(frozen=True, kw_only=True)
class MaintenanceWindow:
    """A window that opens on some days of every week.

    Attributes:
        days: two-letter weekdays of RFC 5545, MO to SU.
        start: time of day, UTC.
        hours: 4 to 24.

    Raises:
        InvalidValueError: the window is open less than GKE demands.
    """

    days: Sequence[choices.Weekday] = choices.MAINTENANCE_DAYS
    start: time = choices.MAINTENANCE_START
    hours: int = choices.MAINTENANCE_HOURS

    def __post_init__(self) -> None:
        """Reject what Google would reject."""
        rules.maintenance_window(len(set(self.days)), self.hours)

    @property
    def start_time(self) -> str:
        """The first opening, RFC 3339, on one of the days.

        From any other weekday RFC 5545 leaves open what is counted (section 3.8.5.3).
        """
        return self._rfc3339(timedelta())

    @property
    def end_time(self) -> str:
        """The first closing, RFC 3339."""
        return self._rfc3339(timedelta(hours=self.hours))

    @property
    def recurrence(self) -> str:
        """The weekdays as a recurrence rule of RFC 5545."""
        chosen = [day for day in _WEEKDAYS if day in self.days]
        return f"FREQ=WEEKLY;BYDAY={','.join(chosen)}"

    def _rfc3339(self, later: timedelta) -> str:
        week = (_EARLIEST + timedelta(days=days) for days in range(7))
        first = next(day for day in week if _WEEKDAYS[day.weekday()] in self.days)
        opening = datetime.combine(first.date(), self.start, tzinfo=UTC)
        return (opening + later).strftime("%Y-%m-%dT%H:%M:%SZ")
