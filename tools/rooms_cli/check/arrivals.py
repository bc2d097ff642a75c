"""Whether each log record of a room has its two rows in the order of arrival, and each partition
its floor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rooms.domain.limits import LIMITS
from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms.storage.arrivals import COPIED
from rooms_cli.check.disagreement import Tell
from rooms_cli.check.places import Place, Placed, Row
from rooms_cli.check.properties import (
    Unreadable,
    data_in,
    number_in,
    optional,
    text_in,
    time_in,
)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What is stored of the arrivals of a room's log records."""

    room: str
    own: Placed
    of_all: Placed
    records: Placed
    kept: Ticks
    """Rows of what arrived before may have been removed, and log records of an older time."""


def check_arrivals(arrivals: Arrivals, tell: Tell) -> None:
    """Tells what does not agree. Log records from before there was an order of arrival have no
    `receivedAt`, and need no rows."""
    records = {row["RowKey"]: row for _, row in arrivals.records}
    own, of_all = (
        {place.who: row for place, row in rows} for rows in (arrivals.own, arrivals.of_all)
    )
    arrived: set[str] = set()
    for arrival in sorted(own.keys() | of_all.keys()):
        own_key = keys.arrived_row(arrivals.room, arrival)
        all_key = keys.all_arrived_row(arrivals.room, arrival)
        if arrival not in own or arrival not in of_all:
            missing, other = (own_key, all_key) if arrival not in own else (all_key, own_key)
            tell("A record has only one of its two rows of its arrival.", missing, other)
            continue
        row = own[arrival]
        if _without_key(row) != _without_key(of_all[arrival]):
            tell("The two rows of an arrival say different things.", own_key, all_key)
            continue
        try:
            record = _record_of(arrivals.room, arrival, row)
            removed = time_in(row, "time") < arrivals.kept  # maybe, and then written again
            if record not in records and not removed:
                tell("A log record that has arrived is not there.", record, own_key, all_key)
            elif record in records and (
                not removed or row["receivedAt"] == records[record].get("receivedAt")
            ):
                _check_copy(row, records[record])
            if record in arrived and not removed:
                tell("A log record has arrived twice.", own_key, record)
            arrived.add(record)
        except Unreadable as problem:
            tell(f"An arrival is not as it was written. {problem}", own_key, all_key)
    for key, row in records.items():
        try:
            received = optional(time_in, row, "receivedAt")
        except Unreadable as problem:
            tell(f"When a log record arrived cannot be understood. {problem}", key)
            continue
        if received is not None and received >= arrivals.kept and key not in arrived:
            tell("A log record is not in the order of arrival.", key)


def _record_of(room_id: str, arrival: str, row: Row) -> str:
    """The key of the log record that has arrived."""
    record = text_in(row, "record")
    written = keys.arrival(keys.arrival_floor(arrival), time_in(row, "receivedAt"), "")
    if not arrival.startswith(written) or keys.room_of_log_row(record) != room_id:
        raise Unreadable("It is another one than its key says.")
    return record


def _check_copy(arrived: Row, record: Row) -> None:
    for name in COPIED:
        if arrived.get(name) != record.get(name):
            raise Unreadable(f"Its `{name}` is not that of the log record.")
    data = data_in(record)
    if number_in(arrived, "size") != len(data):
        raise Unreadable("Its `size` is not that of the log record.")
    if len(data) <= LIMITS.arrival_bytes and data_in(arrived) != data:
        raise Unreadable("Its detail is not that of the log record.")


def _without_key(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in ("PartitionKey", "RowKey")}


def check_floors(places: Sequence[Place], tell: Callable[[str, str], None]) -> None:
    """Tells if a partition has not just one floor, once it has had one."""
    floors = [place.at for place in places if place.kind == "floor"]
    made = any(place.kind == "floor made" for place in places)
    if made and not floors:
        tell("The floor is missing, so nothing can be written.", keys.floor_row(0))
    if len(floors) > 1:
        tell("There is more than one floor.", keys.floor_row(floors[0]))
    if floors and not made:
        tell("The row is missing that keeps a second floor from being made.", keys.FLOOR_MADE_ROW)
