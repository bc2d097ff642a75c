"""What a change of a room and its roster writes: log records, and rows beside the room's own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rooms.domain.room import Room
from rooms.domain.roster import Roster, RosterDifference, roster_difference
from rooms.domain.time import Ticks
from rooms.storage.changes import Origin, log_record
from rooms.storage.entities import Entity, index_entity, room_properties, roster_entity
from rooms.storage.invitees import invite
from rooms.storage.operations import Operation, insert, upsert

type RoomEdit = Callable[[Room], Room]
type RosterEdit = Callable[[Roster], Roster]


def unchanged[T](value: T) -> T:
    """Returns what it is given: the edit that changes nothing."""
    return value


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a change: its time, its log record, and what else it writes."""

    at: Ticks
    record: Entity
    operations: list[Operation]


def steps(
    before: tuple[Room, Roster], after: tuple[Room, Roster], at: Ticks, origin: Origin
) -> Iterator[Step]:
    """Yields the parts of a change: that of the room at `at`, and then that of the roster."""
    room, roster = before
    changed_room, changed_roster = after
    if changed_room != room:
        yield _room_step(room, changed_room, roster, at, origin)
        at += 1
    if difference := roster_difference(roster, changed_roster):
        yield _roster_step(changed_room, difference, changed_roster, at, origin)


def _room_step(before: Room, after: Room, roster: Roster, at: Ticks, origin: Origin) -> Step:
    detail = {"before": room_properties(before), "after": room_properties(after)}
    operations = [upsert(index_entity(after))]  # which leaves the title there
    if after.join_policy != before.join_policy:
        operations.append(insert(roster_entity(after, at, roster)))
    return Step(at, log_record(after.id, at, "RoomUpdated", origin, detail), operations)


def _roster_step(
    room: Room, difference: RosterDifference, after: Roster, at: Ticks, origin: Origin
) -> Step:
    detail = {
        "added": difference.added,
        "changed": {
            raw_id: {"before": was, "after": becomes}
            for raw_id, (was, becomes) in difference.changed.items()
        },
        "removed": difference.removed,
    }
    return Step(
        at,
        log_record(room.id, at, "ParticipantsUpdated", origin, detail),
        [insert(roster_entity(room, at, after)), *invite(room, difference.added, after)],
    )
