"""The rooms of a whole table, all of whose rows agree."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rooms.domain.events import CallEvent
from rooms.domain.roster import Roster
from rooms.domain.time import Ticks
from rooms.storage.entities import event_of, unpack
from rooms_cli.check.places import OF_NO_ROOM, Place, Row, place_of
from rooms_cli.check.table import disagreements

_HINTS = ("until", "due", "stale")
"""What may be left of a room that is gone, until upkeep looks at it."""

_TOLD = 10
"""Of what does not agree, so much is told."""


@dataclass
class StoredRoom:
    """What the table has of one room; `row` is None if only events name it."""

    row: Row | None
    roster: Roster
    log: list[Row]
    """Newest first."""
    events: list[CallEvent]

    @property
    def kinds(self) -> list[str]:
        """Returns the kinds of the log's records, newest first."""
        return [record["kind"] for record in self.log]


def stored_rooms(rows: Iterable[Row], kept: Ticks = 0) -> dict[str, StoredRoom]:
    """Returns the rooms of a whole table, by id. Raises AssertionError if any rows disagree.

    Upkeep may have removed rows older than `kept`.
    """
    rows = list(rows)
    found = list(disagreements(rows, kept))
    assert not found, "\n".join(f"{each.what} {' '.join(each.rows)}" for each in found[:_TOLD])
    by_room: defaultdict[str, defaultdict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(rows, key=lambda row: str(row["RowKey"])):
        match place_of(row["RowKey"]):
            case Place(kind=kind, of=of) if kind not in (*OF_NO_ROOM, *_HINTS):
                by_room[of][kind].append(row)
    return {room_id: _stored_room(some) for room_id, some in by_room.items()}


def _stored_room(rows: defaultdict[str, list[Row]]) -> StoredRoom:
    return StoredRoom(
        row=next(iter(rows["room"]), None),
        roster=next(map(unpack, rows["roster"]), {}),
        log=rows["record"],
        events=list(map(event_of, rows["event"])),
    )
