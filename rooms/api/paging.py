"""Where a page of a list begins and ends, for lists that are as of the time of their first page."""

import re
from dataclasses import dataclass

from rooms.api.request import Request
from rooms.api.tokens import from_token, to_token
from rooms.domain.time import MAX_TIME, Ticks


@dataclass(frozen=True, slots=True)
class Point:
    """Where a page begins: behind `row`, if it is not the first. All pages are as of the time of
    the first."""

    as_of: Ticks
    row: str | None


def page_begin(request: Request, prefix: str, rest: str) -> Point:
    """Where the page that is asked for begins.

    Raises:
        InvalidCursor: the token is not of a list whose rows are `prefix` and what matches
            `rest`.
    """
    token = request.query("nextLink")
    if token is None:
        return Point(request.app.clock(), None)
    as_of, _, row = from_token(
        token, re.compile(f"[0-9]{{18,19}} {re.escape(prefix)}{rest}")
    ).partition(" ")
    return Point(min(int(as_of), MAX_TIME - 1), row)


def page_end(request: Request, point: Point, last: str | None) -> str | None:
    """The URL of the page that begins behind the row `last`, if there is one."""
    return None if last is None else request.next_link(to_token(f"{point.as_of} {last}"))
