"""Points in time as whole numbers.

A tick is 100 ns, the resolution of the wire and of Table Storage; a point in time is the number of
ticks since 0001-01-01T00:00:00Z. Python's datetime stops at microseconds, so it serves only for the
calendar.
"""

import re
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated

from pydantic import WithJsonSchema

type Ticks = int
"""A point in time: 100 ns steps since 0001-01-01T00:00:00Z; or a length of time in such steps."""

SECOND: Ticks = 10_000_000
HOUR: Ticks = 3_600 * SECOND
DAY: Ticks = 24 * HOUR
MAX_TIME: Ticks = 3_155_378_975_999_999_999
"""The last tick of the year 9999."""

_UNIX_EPOCH: Ticks = 719_162 * DAY
_YEAR_1 = datetime(1, 1, 1, tzinfo=UTC)
_ONE_SECOND = timedelta(seconds=1)
RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)
"""The form of a time in a request. It must also be within the years 1 to 9999."""

WIRE_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{0,6}[1-9])?\+00:00"
"""What `format_time` makes."""

type Time = Annotated[
    str, WithJsonSchema({"type": "string", "format": "date-time", "pattern": f"^{WIRE_TIME}$"})
]
"""A point in time as `format_time` makes it."""


def now() -> Ticks:
    """Returns the time of this machine's clock."""
    return _UNIX_EPOCH + time.time_ns() // 100


def unix_seconds(at: Ticks) -> int:
    """Returns a time as whole seconds since 1970, as tokens have it."""
    return (at - _UNIX_EPOCH) // SECOND


def from_unix_seconds(seconds: int) -> Ticks:
    """Returns the time that `unix_seconds` was given, without its fraction."""
    return _UNIX_EPOCH + seconds * SECOND


def from_unix_milliseconds(milliseconds: int) -> Ticks:
    """Returns a time that is given as milliseconds since 1970."""
    return _UNIX_EPOCH + milliseconds * (SECOND // 1_000)


def parse_time(text: str) -> Ticks:
    """Reads a time of RFC 3339 with an offset. Cuts it to the tick.

    Raises:
        ValueError: it is none, or not within the years 1 to 9999.
    """
    match = RFC3339.fullmatch(text)
    if match is None:
        raise ValueError("no time of RFC 3339")
    calendar, fraction, sign, hours, minutes = match.groups()
    ticks = (datetime.fromisoformat(f"{calendar}+00:00") - _YEAR_1) // _ONE_SECOND * SECOND
    ticks += int((fraction or "")[:7].ljust(7, "0"))
    if sign is not None:
        offset = (int(hours) * 60 + int(minutes)) * 60 * SECOND
        ticks += -offset if sign == "+" else offset
    if not 0 <= ticks <= MAX_TIME:
        raise ValueError("not within the years 1 to 9999")
    return ticks


def parse_http_date(text: str) -> datetime:
    """Reads a date of an HTTP header in the only form that may be sent (IMF-fixdate): `Mon, 04 May
    2026 10:00:00 GMT`.

    Raises:
        ValueError: it is none.
    """
    return datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)


@lru_cache(1024)  # who watches a call asks for the same times every few seconds
def format_time(ticks: Ticks) -> str:
    """Writes a time as the wire has it: `+00:00`, no trailing zeros in the fraction, no fraction if
    whole."""
    seconds, fraction = divmod(ticks, SECOND)
    text = (_YEAR_1 + timedelta(seconds=seconds)).isoformat().removesuffix("+00:00")
    return f"{text}.{fraction:07d}".rstrip("0") + "+00:00" if fraction else f"{text}+00:00"


def format_second(ticks: Ticks) -> str:
    """Writes a time for people, cut to the second: `2026-05-04T10:00:00Z`."""
    return format_time(ticks - ticks % SECOND).replace("+00:00", "Z")
