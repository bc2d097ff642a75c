"""Pages of lists, and cursors: where the next page begins.

A cursor is opaque to callers. It is the base64url of the last row that a page has read, behind the
time of the first page in lists that are as of that time. It has only letters, digits, `-` and `_`,
because the Python SDK quotes it once more.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass

from rooms.domain.time import MAX_TIME, Ticks
from rooms.storage.errors import InvalidCursor

CURSOR = re.compile(r"[A-Za-z0-9_-]{1,4000}")
"""The longest is that of the log of all rooms: 56 characters for each partition of each account."""


@dataclass(frozen=True, slots=True)
class Page[Item]:
    """A part of a list. `cursor` leads to the next page, if there may be one."""

    items: list[Item]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class PageAsOf[Item](Page[Item]):
    """A part of a list that is as of the time of its first page."""

    as_of: Ticks


@dataclass(frozen=True, slots=True)
class Start:
    """Where a page begins: behind the row `after`, if it is not the first of the list.

    `as_of` is the time of the first page.
    """

    as_of: Ticks
    after: str | None

    def cursor(self, last: str | None) -> str | None:
        """Returns the cursor of the page behind the row `last`, or None."""
        return None if last is None else to_cursor(f"{self.as_of:018d} {last}")


def read_start(cursor: str | None, rows: str, now: Ticks) -> Start:
    """Reads where a page of a list begins that is as of the time of its first page.

    Args:
        rows: a regular expression that the rows of this list match, and no others.
        now: the time, if this page is the first.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    if cursor is None:
        return Start(now, None)
    as_of, _, after = read_cursor(cursor, re.compile(f"[0-9]{{18,19}} {rows}")).partition(" ")
    return Start(min(int(as_of), MAX_TIME - 1), after)


def read_cursor(cursor: str, expected: re.Pattern[str]) -> str:
    """Returns the text that `to_cursor` was given.

    Raises:
        InvalidCursor: it is not a cursor of a text that matches `expected`.
    """
    try:
        if CURSOR.fullmatch(cursor):
            text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
            if expected.fullmatch(text):
                return text
    except (Error, UnicodeDecodeError):
        pass
    raise InvalidCursor


def to_cursor(text: str) -> str:
    """Returns the cursor for a text of ASCII."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")
