"""The only place that puts dates, moments and counts into words, for pages and for sentences of the domain."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | datetime, zone: str | None = None) -> str:
    """A date as people read it: 14 Oct 2027. A moment needs the zone whose calendar counts."""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone or "UTC")).date()
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime, zone: str) -> str:
    """A moment in a zone: 14 Oct 2027, 10:34."""
    return f"{day(value, zone)}, {clock_time(value, zone)}"


def clock_time(value: datetime, zone: str) -> str:
    """The time of day in a zone: 10:34."""
    return value.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: 1 item, 3 items."""
    return f"{count} {one if count == 1 else many or one + 's'}"
