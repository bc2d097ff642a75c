"""What becomes of a transaction while rooms move between storage accounts. All writes go through
here once rooms are in more than one."""

from collections.abc import Sequence

from rooms.domain.time import now
from rooms.storage.errors import RoomMoves
from rooms.storage.journal import journal_entity
from rooms.storage.operations import Operation, RowMissing, insert, placed
from rooms.storage.rows_of_rooms import room_of_row
from rooms.storage.spread import Spread


def as_spread(
    spread: Spread, partition: str, operations: Sequence[Operation], *, fenced: bool
) -> Sequence[Operation]:
    """Returns the operations of a transaction as they are sent: while rows of its room are copied,
    with one more, which names what it writes.

    One that is not `fenced` by a floor changes only rows that were found in this partition, also
    what a room has left behind there.

    Raises:
        RowMissing: a room is not in this partition.
        RoomMoves: a room is about to be in another account.
    """
    rooms = {
        room_id
        for operation in operations
        if (room_id := room_of_row(operation[1]["RowKey"])) is not None
    }
    here = {room_id for room_id in rooms if spread.partition_of(room_id) == partition}
    if fenced and rooms != here:
        raise RowMissing
    if not any(map(spread.is_moving, here)):
        return operations
    if spread.phase == "frozen":
        raise RoomMoves
    journal = journal_entity(operations, now())
    return [*operations, *placed(partition, [insert(journal)])]
