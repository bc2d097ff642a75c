"""What a pass goes through in a partition: what is due by its time, or, once, everything."""

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rooms.domain.time import SECOND, Ticks, format_second
from rooms.storage import keys
from rooms.storage.entities import stored_time
from rooms.upkeep.arrivals import SHOWN as SHOWN_OF_ARRIVALS
from rooms.upkeep.cutoffs import Cutoffs
from rooms.upkeep.others import SHOWN
from rooms.upkeep.steps import (
    BATCH,
    Steps,
    arrivals_by_floor,
    in_batches,
    purge_calls,
    purge_due,
    whole_rooms,
)

ARRIVALS = 330
"""Arrivals that one read takes: they go in ten transactions."""

INVITEES_AT_A_TIME = 10
"""Rows of invitees that are looked at in one step: each may be of another room. A run can end, and
go on, between steps."""

ROOMS_AT_A_TIME = 16
"""Rooms of the list that are looked at in one step."""

_FIRST_ROOM = "-"
"""What no key of a room is before."""

type Bounds = Callable[[Cutoffs], tuple[str, str]]
type Where = Callable[[Cutoffs], str]


@dataclass(frozen=True, slots=True)
class Range:
    """The first row, the end, and what is done with the rows between them.

    `due`: the part of it that is due, by the order of its keys. `where`: what the storage finds in
    it. `old`: the same, in passes that do not look at each row.
    """

    start: str
    end: str
    steps: Steps
    due: Bounds | None = None
    where: Where | None = None
    old: Where | None = None
    select: Sequence[str] | None = ("PartitionKey", "RowKey")
    batch: int = BATCH

    def bounds(self, cutoffs: Cutoffs) -> tuple[str, str]:
        """Returns the first row that is due, and the end of these."""
        return (self.start, self.end) if self.due is None else self.due(cutoffs)

    def filter(self, cutoffs: Cutoffs, whole: bool) -> str:
        """Returns what the storage is to find; everything, if the pass looks at each row."""
        where = self.where if whole or self.old is None else self.old
        return "" if where is None else where(cutoffs)


def _before(name: str, kept: Callable[[Cutoffs], Ticks]) -> Where:
    """Returns what lets the storage find the rows with a time of that name that are too old."""
    return lambda cutoffs: f"{name} lt '{stored_time(kept(cutoffs))}'"


def _written_before(cutoffs: Cutoffs) -> str:
    """Returns what finds rows by when the storage has written them: to the second, and then some
    that are not old."""
    return f"Timestamp le datetime'{format_second(cutoffs.kept + SECOND)}'"


def _of_rooms_that_may_be_due(cutoffs: Cutoffs) -> str:
    """Also finds deleted rooms that were left only while the service read rooms at ACS."""
    if cutoffs.reads_acs:
        return ""
    return f"(acs eq true or RowKey lt '{keys.due_start(cutoffs.kept)}')"


DUE: Sequence[Range] = (
    Range(
        keys.STALE_START,
        keys.STALE_END,
        in_batches(lambda parts, rows: parts.invitees.forget_replaced(rows)),
    ),
    Range(
        keys.UNTIL_START,
        keys.UNTIL_END,
        in_batches(lambda parts, rows: parts.expiry.purge(rows)),
        due=lambda cutoffs: (keys.UNTIL_START, keys.until_start(cutoffs.expired)),
    ),
    Range(
        keys.ARRIVED_START,
        keys.ARRIVED_END,
        arrivals_by_floor,
        due=lambda cutoffs: keys.arrivals_range(0, cutoffs.kept),
        select=SHOWN_OF_ARRIVALS,
        batch=ARRIVALS,
    ),
    Range(
        keys.DUE_START,
        keys.DUE_END,
        in_batches(purge_due),
        due=lambda cutoffs: (
            keys.DUE_START,
            keys.due_start(cutoffs.kept) if cutoffs.reads_acs else keys.DUE_END,
        ),
        where=_of_rooms_that_may_be_due,
    ),
    Range(
        keys.ALL_ACTIVITY_START,
        keys.ALL_ACTIVITY_END,
        in_batches(purge_calls),
        due=lambda cutoffs: keys.all_activity_range(0, cutoffs.kept),
    ),
    Range(
        keys.JOIN_LINKS_START,
        keys.JOIN_LINKS_END,
        in_batches(lambda parts, rows: parts.others.join_links(rows)),
        due=lambda cutoffs: (keys.JOIN_LINKS_START, keys.join_links_start(cutoffs.kept)),
    ),
    Range(
        keys.QUARANTINE_PARTS_START,
        keys.QUARANTINE_PARTS_END,
        in_batches(lambda parts, rows: parts.others.quarantine_parts(rows)),
        old=_written_before,
        select=SHOWN,
    ),
    Range(
        keys.QUARANTINE_START,
        keys.QUARANTINE_END,
        in_batches(lambda parts, rows: parts.others.quarantine(rows)),
        old=_before("receivedAt", lambda cutoffs: cutoffs.kept),
        select=SHOWN,
    ),
    Range(
        keys.MARKS_START,
        keys.MARKS_END,
        in_batches(lambda parts, rows: parts.others.marks(rows)),
        old=_before("startedAt", lambda cutoffs: cutoffs.marks_kept),
        select=SHOWN,
    ),
    Range(
        keys.UNKNOWN_AT_ACS_START,
        keys.UNKNOWN_AT_ACS_END,
        in_batches(lambda parts, rows: parts.others.unknown_at_acs(rows)),
        old=_before("askedAt", lambda cutoffs: cutoffs.unknown_kept),
        select=SHOWN,
    ),
)
"""What a pass looks at in a partition of rooms, in that order: what was replaced in details before
the log records that say so, and rosters and log records before the calls."""

WHOLE: Sequence[Range] = (
    *DUE,
    Range(_FIRST_ROOM, keys.DOTS_START, whole_rooms),
    Range(keys.DOTS_END, keys.END, whole_rooms),
    Range(
        keys.INVITEES_START,
        keys.INVITEES_END,
        in_batches(lambda parts, rows: parts.invitees.purge(rows), INVITEES_AT_A_TIME),
        select=None,
    ),
    Range(
        keys.INDEX_START,
        keys.INDEX_END,
        in_batches(lambda parts, rows: parts.listing.fill(rows), ROOMS_AT_A_TIME),
        select=None,
    ),
)
"""The same in a pass over all rows: then all rooms, found by any row; and rows of invitees, of
whose rooms some are gone by then; and the list of the rooms that are left."""

_USERS = in_batches(lambda parts, rows: parts.others.users(rows))

OF_USERS: Sequence[Range] = (
    Range(
        keys.ERASURES_START,
        keys.ERASURES_END,
        in_batches(lambda parts, rows: parts.others.erasures(rows)),
        old=_before("finishedAt", lambda cutoffs: cutoffs.kept),
        select=SHOWN,
    ),
    *(
        Range(
            keys.user_row(digit),
            keys.user_row(end),
            _USERS,
            old=_before("usedAt", lambda cutoffs: cutoffs.kept),
            select=SHOWN,
        )
        for digit, end in pairwise((*string.hexdigits[:16], "g"))
    ),
)
"""The same in the partition of users: these in ranges, as the storage looks at each of them."""
