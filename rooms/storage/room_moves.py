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
    spread: Spread, partition: str, operations: Sequence[Operation]
) -> Sequence[Operation]:
    """Returns the operations of a transaction as they are sent: while rows of its room are copied,
    with one more, which names what it writes.

    Raises:
        RowMissing: a room is not in this partition.
        RoomMoves: a room is about to be in another account.
    """
    rooms = {
        room_id
        for operation in operations
        if (room_id := room_of_row(operation[1]["RowKey"])) is not None
    }
    if any(spread.partition_of(room_id) != partition for room_id in rooms):
        raise RowMissing
    if spread.phase == "frozen" and any(map(spread.is_moving, rooms)):
        raise RoomMoves
    if not any(map(spread.is_moving, rooms)):
        return operations
    journal = journal_entity(operations, now())
    return [*operations, *placed(partition, [insert(journal)])]
