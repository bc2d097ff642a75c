"""Whether each call event of a room has its log record, and both rows that tell of its call's
activity; and nothing else has."""

from collections.abc import Sequence
from dataclasses import dataclass

from rooms.domain.events import CallEvent
from rooms.domain.time import HOUR, Ticks
from rooms.storage import keys
from rooms.storage.entities import event_entities
from rooms_cli.check.contents import Record, event_in
from rooms_cli.check.disagreement import Tell
from rooms_cli.check.places import Place, Placed, Row
from rooms_cli.check.properties import Unreadable, data_in, flag_in, optional, text_in, unpacked

type Hour = tuple[Ticks, str]
"""The beginning of an hour in which a call had events, and the hash of the call."""


@dataclass(frozen=True, slots=True)
class Calls:
    """What is stored of the calls of a room."""

    room: str
    events: Placed
    activity: Placed
    all_activity: Placed
    records: Sequence[Record]
    """Those of events."""
    kept: Ticks
    """Log records of older events may have been removed, and calls that had their last event before
    its hour."""


def check_calls(calls: Calls, tell: Tell) -> None:
    """Tells what does not agree. Keys say what stands where, so that an event that cannot be read
    has its rows all the same."""
    ends: set[Hour] = set()
    begun: dict[Hour, str] = {}
    unread: set[str] = set()
    records = {record.row: record for record in calls.records}
    for place, row in calls.events:
        key: str = row["RowKey"]
        record_row = keys.log_row(calls.room, place.at, key.rpartition(":")[2])
        record = records.pop(record_row, None)
        if record is None and place.at >= calls.kept:
            tell("A call event has no log record.", record_row, key)
        try:
            event = _event(calls.room, row)
        except Unreadable as problem:
            tell(f"A call event cannot be understood. {problem}", key)
            ends.add(_hour(place))  # for all that is known
            unread.add(place.who)
            continue
        if event.kind == "CallEnded":
            ends.add(_hour(place))
        if event.told_start is not None:
            begun[_hour_of(event.told_start), place.who] = key
        if record is not None and record != _record_of(calls.room, event, record):
            tell(
                "The log tells of a call event otherwise than the event's own row.", record.row, key
            )
    for record in records.values():
        tell("The log tells of a call event that is not there.", record.row)
    _check_activity(calls, ends, begun, unread, tell)


def _event(room_id: str, row: Row) -> CallEvent:
    event = event_in(row)
    # The key of an event is a hash of what it was before a person was erased from it.
    if "erased" not in row and keys.event_row(room_id, event) != row["RowKey"]:
        raise Unreadable("It is another one than its key says.")
    if not isinstance(unpacked(data_in(row)), str):
        raise Unreadable("It has no text as it came.")
    return event


def _record_of(room_id: str, event: CallEvent, record: Record) -> Record:
    """The log record with which the event was written, under the key of this one."""
    written, *_ = event_entities(room_id, event, "", event.at)
    return Record(
        record.row,
        event.at,
        written["kind"],
        written["actor"],
        written["requestId"],
        unpacked(data_in(written)),
        record.erased,
    )


def _hour(place: Place) -> Hour:
    return _hour_of(place.at), place.who


def _hour_of(at: Ticks) -> Ticks:
    return at - at % HOUR


def _check_activity(
    calls: Calls, ends: set[Hour], begun: dict[Hour, str], unread: set[str], tell: Tell
) -> None:
    """Tells what the rows of activity say otherwise than the events.

    Args:
        begun: hours in which calls began, as events tell by their length, with these events' keys.
        unread: calls of which an event cannot be read, so that it may tell of any hour.
    """
    events: dict[Hour, str] = dict(begun)
    newest: dict[str, Ticks] = {}
    for place, row in calls.events:
        events[_hour(place)] = row["RowKey"]
        newest[place.who] = max(place.at, newest.get(place.who, 0))
    own, of_all = (
        {_hour(place): row for place, row in rows} for rows in (calls.activity, calls.all_activity)
    )
    before = _hour_of(calls.kept)
    for hour in sorted(events.keys() | own.keys() | of_all.keys()):
        at, call = hour
        number = keys.descending_hour(at)
        own_key = f"{keys.activity_prefix(calls.room)}{number}:{call}"
        all_key = f"{keys.ALL_ACTIVITY_START}{number}:{calls.room}:{call}"
        goes = at < before and newest.get(call, 0) < before
        if hour not in events and not goes:
            if call not in unread:
                tell(
                    "A call is in lists at an hour of which no event tells.",
                    own_key,
                    all_key,
                )
            continue
        for key in ([own_key] if hour not in own else []) + (
            [all_key] if hour not in of_all else []
        ):
            tell(
                "A call is not in a list at an hour of which an event tells.",
                key,
                own_key,
                *filter(None, [events.get(hour)]),
            )
        ended = {
            _ended(row, key, call, tell)
            for row, key in ((own.get(hour), own_key), (of_all.get(hour), all_key))
            if row
        }
        if len(ended) > 1:
            tell(
                "Of whether a call has ended, the two rows of an hour say different things.",
                own_key,
                all_key,
            )
        elif ended == {True} and hour not in ends and not goes:
            tell(
                "A call has ended, as lists have it, at an hour in which it had no such event.",
                own_key,
                all_key,
            )


def _ended(row: Row, key: str, call: str, tell: Tell) -> bool:
    try:
        if keys.hashed(text_in(row, "call")) != call:
            tell("A call is in a list under the key of another one.", key)
        ended = optional(flag_in, row, "ended")
    except Unreadable as problem:
        tell(f"A call in a list cannot be understood. {problem}", key)
        return False
    if ended is False:
        tell("A call in a list has not ended in words that this service does not write.", key)
    return bool(ended)
