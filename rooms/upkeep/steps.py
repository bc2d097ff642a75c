"""What is done with the rows that a pass finds, in steps: a run can end, and go on, between
them."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from itertools import batched, groupby, takewhile

from azure.data.tables import TableEntity

from rooms.domain.time import parse_time
from rooms.storage import keys
from rooms.storage.entities import room_id_of, row_of
from rooms.storage.operations import placed, upsert
from rooms.storage.parallel import in_parallel
from rooms.storage.rooms import Rooms
from rooms.upkeep.arrivals import ArrivalRows
from rooms.upkeep.calls import CallRows
from rooms.upkeep.cutoffs import Cutoffs
from rooms.upkeep.expiry import Expiry
from rooms.upkeep.invitees import Invitees
from rooms.upkeep.listing import Listing
from rooms.upkeep.others import Others
from rooms.upkeep.removal import Removal
from rooms.upkeep.rooms import RoomRetention

BATCH = 100
"""Rows that one read takes."""


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
        self.listing = Listing(removal, rooms)


type Step = tuple[str, Awaitable[None]]
"""Some work, and where the rows behind it begin."""
type Steps = Callable[[Parts, Sequence[TableEntity]], Iterator[Step]]
type Work = Callable[[Parts, Sequence[TableEntity]], Awaitable[None]]


def in_batches(work: Work, size: int = BATCH) -> Steps:
    """Returns steps that do the work with so many rows each."""

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


async def purge_calls(parts: Parts, rows: Sequence[TableEntity]) -> None:
    """Looks at the rooms that had calls in these hours."""
    partition = rows[0]["PartitionKey"]
    room_ids = (keys.activity_of(row["RowKey"])[1] for row in rows)
    await _look_at(parts, room_ids, lambda room_id: parts.calls.purge(partition, room_id))


async def purge_due(parts: Parts, rows: Sequence[TableEntity]) -> None:
    """Looks at these rooms as a whole, and deletes the rows that led to them; but not of a deleted
    room that stays, as its time has not come."""
    of = {row["RowKey"]: keys.listed_room_id(row["RowKey"]) for row in rows}
    left = await _look_at(parts, of.values(), parts.rooms.purge)
    for row in rows:
        is_due = keys.listed_time_of(row["RowKey"]) < parts.cutoffs.kept
        if not is_due and await parts.rooms.is_there(of[row["RowKey"]]):
            left.add(of[row["RowKey"]])
    done = [row for row in rows if of[row["RowKey"]] not in left]
    await parts.removal.unchanged(done, "due rows")


def arrivals_by_floor(parts: Parts, rows: Sequence[TableEntity]) -> Iterator[Step]:
    """Yields what deletes old arrivals: above each floor, those before the first that is kept. The
    others are passed by."""
    for floor, above in groupby(
        rows, lambda row: keys.arrival_floor(keys.arrival_of(row["RowKey"]))
    ):
        same = list(above)
        old = list(takewhile(parts.arrivals.is_old, same))
        behind = keys.after(old[-1]["RowKey"]) if len(old) == len(same) else keys.after_floor(floor)
        yield behind, parts.arrivals.purge(old)


def whole_rooms(parts: Parts, rows: Sequence[TableEntity]) -> Iterator[Step]:
    """Yields what looks at some rooms as a whole, and writes the rows by which they are found from
    then on."""

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
