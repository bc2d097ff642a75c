"""Whether the rows of a table agree: each room's log, carried out again, leads to its rows, and each event has all of its own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rooms.rules.details import Details, details_difference, patched_details
from rooms.rules.events import KINDS, CallEvent
from rooms.rules.log import DECISION_KINDS, EVENTS_ACTOR
from rooms.rules.roster import Roster, patched_roster
from rooms.rules.time import Ticks, parse_time
from rooms.storage import keys
from rooms.storage.entities import (
    event_of,
    listed_room_of,
    room_of,
    room_properties,
    stored_time,
    unpack,
)

type Row = Mapping[str, Any]


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
        """Of the log's records, newest first."""
        return [record["kind"] for record in self.log]


def stored_rooms(rows: Iterable[Row], kept: Ticks = 0) -> dict[str, StoredRoom]:
    """The rooms of a whole table, by id. Fails if anything of them does not agree.

    What is older than `kept` may have been removed, as upkeep does it.
    """
    by_room: defaultdict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(rows, key=lambda row: str(row["RowKey"])):
        room_id, kind = _place(row["RowKey"])
        if room_id:
            assert row["PartitionKey"] == keys.partition(room_id), f"in the wrong partition: {row['RowKey']}"
            by_room[room_id][kind].append(row)
    return {room_id: _stored_room(room_id, some, kept) for room_id, some in by_room.items()}


def _place(key: str) -> tuple[str, str]:
    """The room that a row is of, or "", and what kind of row it is."""
    first, *rest = key.split(":")
    match first, *rest:
        case ".index", _, room_id:
            return room_id, "index"
        case ".invitee" | ".invitees", _, _, room_id:
            return room_id, "invitee"
        case ".calls", _, room_id, _:
            return room_id, "all calls"
        case (".quarantine", _) | (".quarantine-part", _, _) | (".upkeep",):
            return "", ""
        case room_id, "room" | "details" as kind:
            return room_id, kind
        case (room_id, "roster" as kind, _) | (room_id, "call" as kind, _, _, _) | (room_id, "calls" as kind, _, _):
            return room_id, kind
        case room_id, change, _ if change.startswith("~"):
            return room_id, "log"
    raise AssertionError(f"a row of no known kind: {key}")


def _stored_room(room_id: str, rows: Mapping[str, list[Row]], kept: Ticks) -> StoredRoom:
    log = rows["log"]
    changes = [record for record in reversed(log) if record["kind"] not in (*KINDS, *DECISION_KINDS)]
    room = rows["room"][0] if rows["room"] else None
    events = _check_events(room_id, rows, [record for record in log if record["kind"] in KINDS], kept)
    if room is None:
        assert not any((changes, rows["details"], rows["roster"], rows["index"])), "rows of a room that is not there"
        assert kept or not rows["invitee"], "invitees of a room that never was"
        return StoredRoom(None, {}, log, events)
    roster = _check_changes(room, rows, changes, kept)
    assert len(rows["index"]) == (not room.get("deleted")), "a listed room is in the index once, a deleted one is not"
    assert all(listed_room_of(index) == room_of(room) for index in rows["index"]), "the index row is not the room"
    titles = [unpack(row).get("title") for row in rows["details"]]
    assert all(row.get("title") in (titles or [None]) for row in rows["index"]), "the index row has another title"
    invitees = {row["RowKey"]: row for row in rows["invitee"]}
    created_at = room_of(room).created_at
    for raw_id in {} if room.get("deleted") else roster:
        group, member = keys.group_and_member(raw_id)
        of_group = invitees.get(keys.group_row(room_id, created_at, group), {})
        assert of_group.get(member) or keys.invitee_row(room_id, created_at, raw_id) in invitees, "an invitee does not find it"
    return StoredRoom(room, roster, log, events)


def _check_changes(room: Row, rows: Mapping[str, list[Row]], changes: list[Row], kept: Ticks) -> Roster:
    """Carries the changes out again. Returns the roster to which they lead."""
    rosters = [unpack(row) for row in reversed(rows["roster"])]
    properties: dict[str, Any] | None = None
    details: Details | None = None
    history: list[Roster] = []
    deleted = False
    if not (changes and changes[0]["kind"] == "RoomCreated"):
        assert parse_time(room["createdAt"]) < kept, "the log does not begin with the creation"
        history = rosters[:1]
    for record in changes:
        detail = unpack(record)
        assert not deleted, "a change of a deleted room"
        match record["kind"]:
            case "RoomCreated":
                assert not history, "created twice"
                history = [detail.pop("participants")]
                properties, details = detail, {}
            case "RoomUpdated":
                assert properties in (None, detail["before"])
                properties = detail["after"]
            case "ParticipantsUpdated":
                changed = {raw_id: change["after"] for raw_id, change in detail["changed"].items()}
                patch = {**dict.fromkeys(detail["removed"]), **changed, **detail["added"]}
                history.append(patched_roster(history[-1], patch))
            case "DetailsUpdated":
                if details is not None:
                    after = patched_details(details, _merged(_nothing_of(detail["before"]), detail["after"]))
                    assert details_difference(details, after) == (detail["before"], detail["after"])
                    details = after
            case "RoomDeleted":
                deleted = True
    assert properties in (None, room_properties(room_of(room))), "the room is not what its log says"
    assert rosters == history, "the rosters are not what the log says"
    assert details in (None, unpack(rows["details"][0]) if rows["details"] else {}), "the details are not what the log says"
    assert bool(room.get("deleted")) == deleted
    return history[-1]


def _check_events(room_id: str, rows: Mapping[str, list[Row]], log: list[Row], kept: Ticks) -> list[CallEvent]:
    """Whether each event has its log record, and both rows that tell of its call's activity; and nothing else has."""
    events = [event_of(row) for row in rows["call"]]
    assert [keys.event_row(room_id, event) for event in events] == [row["RowKey"] for row in rows["call"]]
    record_of = {record["RowKey"]: record for record in log}
    for event in events:
        record = record_of.pop(keys.log_row(room_id, event.at, event.key), None)
        assert record or event.at < kept, "an event without its log record"
        told = event.kind, stored_time(event.at), EVENTS_ACTOR, event.id
        assert record is None or told == tuple(record[name] for name in ("kind", "time", "actor", "requestId"))
    assert not record_of, "a log record without its event"

    for key_of, kind in (keys.activity_row, "calls"), (keys.all_activity_row, "all calls"):
        calls = {key_of(room_id, event.call, event.at): event.call for event in events}
        ends = {key_of(room_id, event.call, event.at) for event in events if event.kind == "CallEnded"}
        assert {row["RowKey"]: row["call"] for row in rows[kind]} == calls, "activity that is not that of the events"
        assert {row["RowKey"] for row in rows[kind] if row.get("ended")} <= ends, "an end without its event"
    assert _ended(rows["calls"]) == _ended(rows["all calls"]), "the two rows of an hour do not agree"
    return events


def _ended(activity: Iterable[Row]) -> set[tuple[Ticks, str]]:
    """The hours and calls with a known end."""
    return {(keys.activity_of(row["RowKey"])[0], row["call"]) for row in activity if row.get("ended")}


def _nothing_of(details: Details) -> Details:
    return {key: _nothing_of(value) if isinstance(value, dict) else None for key, value in details.items()}


def _merged(one: Details, other: Details) -> Details:
    both = {key: _merged(one[key], other[key]) for key in one.keys() & other.keys() if isinstance(other[key], dict)}
    return one | other | both
