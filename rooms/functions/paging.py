"""Where a page of a list begins and ends, for lists that are as of the time of their first page."""

import re
from dataclasses import dataclass

from rooms.functions.http import Request, query
from rooms.rules.time import MAX_TIME, Ticks, now
from rooms.wire.paging import from_token, to_token


@dataclass(frozen=True, slots=True)
class Point:
    """Where a page begins: `row`, without what all rows of the list begin with. All pages are as of the time of the first."""

    as_of: Ticks
    row: str | None

    def after(self, prefix: str) -> str | None:
        """The row behind which the page begins."""
        return None if self.row is None else prefix + self.row


def page_begin(request: Request, row: str) -> Point:
    """Where the page that is asked for begins. Raises ValidationFailed, if it is not of a list whose rows match `row`."""
    token = query(request.http, "nextLink")
    if token is None:
        return Point(now(), None)
    as_of, _, after = from_token(token, re.compile(f"[0-9]{{18,19}} {row}")).partition(" ")
    return Point(min(int(as_of), MAX_TIME - 1), after)


def page_end(request: Request, point: Point, prefix: str, last: str | None) -> str | None:
    """The URL of the page that begins behind `last`, if there is one."""
    return None if last is None else request.next_link(to_token(f"{point.as_of} {last.removeprefix(prefix)}"))
