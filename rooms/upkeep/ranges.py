"""What a pass goes through in a partition: what is due by its time, or, once, everything."""

import string
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched, groupby, pairwise, takewhile

from azure.data.tables import TableEntity

from rooms.domain.time import SECOND, Ticks, format_second, parse_time
from rooms.storage import keys
from rooms.storage.entities import room_id_of, row_of, stored_time
from rooms.storage.operations import placed, upsert
from rooms.storage.parallel import in_parallel
from rooms.storage.rooms import Rooms
from rooms.upkeep.arrivals import SHOWN as SHOWN_OF_ARRIVALS
from rooms.upkeep.arrivals import ArrivalRows
from rooms.upkeep.calls import CallRows
from rooms.upkeep.cutoffs import Cutoffs
from rooms.upkeep.expiry import Expiry
from rooms.upkeep.invitees import Invitees
from rooms.upkeep.others import SHOWN, Others
from rooms.upkeep.removal import Removal
from rooms.upkeep.rooms import RoomRetention

BATCH = 100
"""Rows that one read takes."""

ARRIVALS = 330
"""Arrivals that one read takes: they go in ten transactions."""

INVITEES_AT_A_TIME = 10
"""Rows of invitees that are looked at in one step: each may be of another room. A run can end, and
go on, between steps."""


class Parts:
    """All that removes rows of a partition."""

    def __init__(
        self, removal: Removal, cutoffs: Cutoffs, rooms: Rooms, looked_at: set[str]
    ) -> None:
        self.removal = removal
        self.cutoffs = cutoffs
        self.looked_at = looked_at
        self.calls = CallRows(removal, cutoffs)
        self.invitees = Invitees(removal)
        self.rooms = RoomRetention(removal, cutoffs, rooms, self.invitees, self.calls)
        self.expiry = Expiry(removal, cutoffs, rooms, looked_at)
        self.arrivals = ArrivalRows(removal, cutoffs, self.rooms, looked_at)
        self.others = Others(removal, cutoffs)


type Step = tuple[str, Awaitable[None]]
"""Some work, and where the rows behind it begin."""
type Steps = Callable[[Parts, Sequence[TableEntity]], Iterator[Step]]
type Work = Callable[[Parts, Sequence[TableEntity]], Awaitable[None]]


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


def _in_batches(work: Work, size: int = BATCH) -> Steps:
    def steps(parts: Parts, rows: Sequence[TableEntity]) -> Iterator[Step]:
        for some in batched(rows, size, strict=False):
            yield keys.after(some[-1]["RowKey"]), work(parts, some)

    return steps


async def _look_at(
    parts: Parts, room_ids: Iterable[str], work: Callable[[str], Awaitable[object]]
) -> set[str]:
    """Looks at rooms side by side. Returns those that were left, as something went wrong."""
    left = set[str]()

    async def one(room_id: str) -> None:
        left.add(room_id)
        with parts.removal.logs_failures("the room", room_id):
            await work(room_id)
            left.remove(room_id)
        parts.looked_at.add(room_id)

    await in_parallel(map(one, dict.fromkeys(room_ids)))
    return left


async def _calls(parts: Parts, rows: Sequence[TableEntity]) -> None:
    partition = rows[0]["PartitionKey"]
    room_ids = (keys.activity_of(row["RowKey"])[1] for row in rows)
    await _look_at(parts, room_ids, lambda room_id: parts.calls.purge(partition, room_id))


async def _due(parts: Parts, rows: Sequence[TableEntity]) -> None:
    of = {row["RowKey"]: keys.listed_room_id(row["RowKey"]) for row in rows}
    left = await _look_at(parts, of.values(), parts.rooms.purge)
    for row in rows:
        is_due = keys.listed_time_of(row["RowKey"]) < parts.cutoffs.kept
        if not is_due and await parts.rooms.is_there(of[row["RowKey"]]):
            left.add(of[row["RowKey"]])
    done = [row for row in rows if of[row["RowKey"]] not in left]
    await parts.removal.unchanged(done, "due rows")


def _arrivals(parts: Parts, rows: Sequence[TableEntity]) -> Iterator[Step]:
    """Above each floor, passes by all that arrived after the first that is kept."""
    for floor, above in groupby(
        rows, lambda row: keys.arrival_floor(keys.arrival_of(row["RowKey"]))
    ):
        same = list(above)
        old = list(takewhile(parts.arrivals.is_old, same))
        behind = keys.after(old[-1]["RowKey"]) if len(old) == len(same) else keys.after_floor(floor)
        yield behind, parts.arrivals.purge(old)


def _rooms(parts: Parts, rows: Sequence[TableEntity]) -> Iterator[Step]:
    """Looks at rooms as a whole, and writes the rows by which they are found from then on."""

    async def some(room_ids: Sequence[str]) -> None:
        found: list[TableEntity] = []

        async def one(room_id: str) -> None:
            if (row := await parts.rooms.purge(room_id)) is not None:
                found.append(row)

        await _look_at(parts, room_ids, one)
        until = [upsert(row_of(_until_row(row))) for row in found]
        if until:
            await parts.removal.table.rewrite(placed(rows[0]["PartitionKey"], until))

    together = parts.removal.limits.upkeep_rooms
    for room_ids in batched(dict.fromkeys(map(room_id_of, rows)), together, strict=False):
        yield keys.after_room(room_ids[-1]), some(room_ids)


def _until_row(row: TableEntity) -> str:
    return keys.until_row(room_id_of(row), parse_time(row["validUntil"]))


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
        _in_batches(lambda parts, rows: parts.invitees.forget_replaced(rows)),
    ),
    Range(
        keys.UNTIL_START,
        keys.UNTIL_END,
        _in_batches(lambda parts, rows: parts.expiry.purge(rows)),
        due=lambda cutoffs: (keys.UNTIL_START, keys.until_start(cutoffs.expired)),
    ),
    Range(
        keys.ARRIVED_START,
        keys.ARRIVED_END,
        _arrivals,
        due=lambda cutoffs: keys.arrivals_range(0, cutoffs.kept),
        select=SHOWN_OF_ARRIVALS,
        batch=ARRIVALS,
    ),
    Range(
        keys.DUE_START,
        keys.DUE_END,
        _in_batches(_due),
        due=lambda cutoffs: (
            keys.DUE_START,
            keys.due_start(cutoffs.kept) if cutoffs.reads_acs else keys.DUE_END,
        ),
        where=_of_rooms_that_may_be_due,
    ),
    Range(
        keys.ALL_ACTIVITY_START,
        keys.ALL_ACTIVITY_END,
        _in_batches(_calls),
        due=lambda cutoffs: keys.all_activity_range(0, cutoffs.kept),
    ),
    Range(
        keys.JOIN_LINKS_START,
        keys.JOIN_LINKS_END,
        _in_batches(lambda parts, rows: parts.others.join_links(rows)),
        due=lambda cutoffs: (keys.JOIN_LINKS_START, keys.join_links_start(cutoffs.kept)),
    ),
    Range(
        keys.QUARANTINE_PARTS_START,
        keys.QUARANTINE_PARTS_END,
        _in_batches(lambda parts, rows: parts.others.quarantine_parts(rows)),
        old=_written_before,
        select=SHOWN,
    ),
    Range(
        keys.QUARANTINE_START,
        keys.QUARANTINE_END,
        _in_batches(lambda parts, rows: parts.others.quarantine(rows)),
        old=_before("receivedAt", lambda cutoffs: cutoffs.kept),
        select=SHOWN,
    ),
    Range(
        keys.MARKS_START,
        keys.MARKS_END,
        _in_batches(lambda parts, rows: parts.others.marks(rows)),
        old=_before("startedAt", lambda cutoffs: cutoffs.marks_kept),
        select=SHOWN,
    ),
    Range(
        keys.UNKNOWN_AT_ACS_START,
        keys.UNKNOWN_AT_ACS_END,
        _in_batches(lambda parts, rows: parts.others.unknown_at_acs(rows)),
        old=_before("askedAt", lambda cutoffs: cutoffs.unknown_kept),
        select=SHOWN,
    ),
)
"""What a pass looks at in a partition of rooms, in that order: what was replaced in details before
the log records that say so, and rosters and log records before the calls."""

WHOLE: Sequence[Range] = (
    *DUE,
    Range(_FIRST_ROOM, keys.DOTS_START, _rooms),
    Range(keys.DOTS_END, keys.END, _rooms),
    Range(
        keys.INVITEES_START,
        keys.INVITEES_END,
        _in_batches(lambda parts, rows: parts.invitees.purge(rows), INVITEES_AT_A_TIME),
        select=None,
    ),
)
"""The same in a pass over all rows: then all rooms, found by any row; and rows of invitees, of
whose rooms some are gone by then."""

_USERS = _in_batches(lambda parts, rows: parts.others.users(rows))

OF_USERS: Sequence[Range] = (
    Range(
        keys.ERASURES_START,
        keys.ERASURES_END,
        _in_batches(lambda parts, rows: parts.others.erasures(rows)),
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
