"""FHIR dates: whole or partial, with or without a time."""

from __future__ import annotations

import datetime
import re

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?")
When = tuple[datetime.date | None, datetime.datetime | None]
"""Day and time of day, as far as they are given."""


def as_date(text: str) -> datetime.date | None:
    """The day; the middle of what a partial date leaves open; None when it is not a date.

    >>> as_date("1960"), as_date("2026-11-22T08:30:00Z"), as_date("last week")
    (datetime.date(1960, 7, 1), datetime.date(2026, 11, 22), None)
    """
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day = found.groups()
    try:
        return datetime.date(int(year), int(month or 7), int(day or (15 if month else 1)))
    except ValueError:
        return None


def is_after(text: str, day: datetime.date) -> bool:
    """Whether all that a date leaves open lies after the day; an instant only when it does so in UTC too, since it is
    tomorrow in Auckland while it is today here.

    >>> today = datetime.date(2026, 11, 10)
    >>> is_after("2026-11", today), is_after("2026-11-11T08:00:00Z", today), is_after("", today)
    (False, True, False)
    """
    given, moment = text.strip()[:10], as_moment(text)
    if as_date(text) is None or given <= day.isoformat()[: len(given)]:
        return False
    return moment is None or moment.date() > day


def as_moment(text: str) -> datetime.datetime | None:
    """The instant, UTC when no zone is given; None for a date without a time of day.

    >>> as_moment("2026-11-22T08:30:00+01:00"), as_moment("2026-11-22")
    (datetime.datetime(2026, 11, 22, 7, 30, tzinfo=datetime.timezone.utc), None)
    """
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
        given = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        return given.astimezone(datetime.UTC) if "T" in text else None
    except (ValueError, OverflowError):
        return None


def years_between(born: datetime.date, day: datetime.date) -> int:
    """Completed years.

    >>> years_between(datetime.date(1960, 12, 1), datetime.date(2026, 11, 22))
    65
    """
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
