"""Whether the rows of a table agree: each room's log, carried out again, leads to its room, rosters and index row."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rooms.rules.roster import Roster, patched_roster
from rooms.storage.entities import listed_room_of, room_of, room_properties, unpack

type Row = Mapping[str, Any]


@dataclass
class StoredRoom:
    """What the table has of one room."""

    row: Row
    roster: Roster
    log: list[Row]
    """Newest first."""

    @property
    def kinds(self) -> list[str]:
        """Of the log's records, newest first."""
        return [record["kind"] for record in self.log]


def stored_rooms(rows: Iterable[Row]) -> dict[str, StoredRoom]:
    """The rooms of a whole table, by id. Fails if anything of them does not agree."""
    by_room: defaultdict[str, list[Row]] = defaultdict(list)
    index: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: str(row["RowKey"])):
        key = row["RowKey"]
        if key.startswith(".index:"):
            assert key.rpartition(":")[2] not in index, f"twice in the index: {key}"
            index[key.rpartition(":")[2]] = row
        else:
            by_room[key.partition(":")[0]].append(row)
    assert index.keys() <= by_room.keys(), "an index row without a room"
    return {room_id: _stored_room(room_id, rows, index.get(room_id)) for room_id, rows in by_room.items()}


def _stored_room(room_id: str, rows: list[Row], index: Row | None) -> StoredRoom:
    (row,) = (row for row in rows if row["RowKey"] == f"{room_id}:room")
    rosters = [row for row in rows if row["RowKey"].startswith(f"{room_id}:roster:")]
    log = [row for row in rows if row["RowKey"].startswith(f"{room_id}:~")]
    assert 1 + len(rosters) + len(log) == len(rows), "rows of no known kind"
    assert {row["PartitionKey"] for row in rows} == {room_id[-1]}

    properties: dict[str, Any] = {}
    roster: Roster = {}
    history: list[Roster] = []
    deleted = False
    for record in reversed(log):
        detail = unpack(record)
        assert not deleted, "a change of a deleted room"
        match record["kind"]:
            case "RoomCreated":
                assert not history, "created twice"
                roster = detail.pop("participants")
                properties = detail
                history.append(roster)
            case "RoomUpdated":
                assert detail["before"] == properties
                properties = detail["after"]
            case "ParticipantsUpdated":
                changed = {raw_id: change["after"] for raw_id, change in detail["changed"].items()}
                roster = patched_roster(roster, {**dict.fromkeys(detail["removed"]), **changed, **detail["added"]})
                history.append(roster)
            case "RoomDeleted":
                deleted = True
    assert room_properties(room_of(row)) == properties, "the room is not what its log says"
    assert [unpack(row) for row in reversed(rosters)] == history, "the rosters are not what the log says"
    assert bool(row.get("deleted")) == deleted
    assert (index is None) == deleted
    assert index is None or listed_room_of(index) == room_of(row), "the index row is not the room"
    return StoredRoom(row, roster, log)
