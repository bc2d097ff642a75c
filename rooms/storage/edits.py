"""What a change of a room, its roster and its details writes: log records, and rows beside the
room's own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rooms.domain.details import Details, details_difference
from rooms.domain.limits import LIMITS
from rooms.domain.room import Room, RoomChange, updated_room
from rooms.domain.roster import (
    Roster,
    RosterDifference,
    RosterPatch,
    patched_roster,
    roster_difference,
)
from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms.storage.changes import Origin, Versions, log_record
from rooms.storage.entities import (
    Entity,
    details_entity,
    room_properties,
    roster_entity,
    row_of,
    until_entity,
)
from rooms.storage.index_rows import index_entity, people_property, whole_index_entity
from rooms.storage.invitees import external_people
from rooms.storage.operations import Operation, insert, replace, upsert

type PatchOf = Callable[[Roster], RosterPatch]
"""Returns the patch that a change of this roster is."""
type RoomCheck = Callable[[Room, Room], None]
"""Checks a room before and after a change. Raises DomainError."""
type DetailsEdit = Callable[[Details], Details]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a change may change."""

    room: Room
    roster: Roster
    details: Details


@dataclass(frozen=True, slots=True)
class Edit:
    """What a change does to a room, its roster and its details. None: it is not of these. It is a
    change of the room in one of these `versions`."""

    wanted: RoomChange | None = None
    patch: RosterPatch | PatchOf | None = None
    details: DetailsEdit | None = None
    check: RoomCheck | None = None
    versions: Versions = None

    @property
    def is_of_room(self) -> bool:
        """Returns whether it is of the room or its roster: of what ACS has, too."""
        return self.wanted is not None or self.patch is not None

    def patch_of(self, roster: Roster) -> RosterPatch:
        """Returns the change of this roster."""
        if self.patch is None or isinstance(self.patch, Mapping):
            return self.patch or {}
        return self.patch(roster)

    def applied(self, before: Contents) -> Contents:
        """Returns the contents after the change. Raises DomainError."""
        room = before.room if self.wanted is None else updated_room(before.room, self.wanted)
        if self.check is not None:
            self.check(before.room, room)
        return Contents(
            room,
            patched_roster(before.roster, self.patch_of(before.roster)),
            before.details if self.details is None else self.details(before.details),
        )


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a change: its time, its log record, and what else it writes."""

    at: Ticks
    record: Entity
    operations: list[Operation]


def steps(
    before: Contents,
    after: Contents,
    at: Ticks,
    origin: Origin,
    details_bytes: int = LIMITS.details_bytes,
    seen_by: str | None = None,
) -> list[Step]:
    """Returns the parts of a change: that of the room at `at`, and then those of the roster and the
    details, each a tick later. The last one writes the row in the list of all rooms.

    Args:
        details_bytes: what changed details have at most, compressed.
        seen_by: who imported the change of the room or the roster.

    Raises:
        DetailsTooLarge: compressed, changed details have more than `details_bytes`.
    """
    seen = {} if seen_by is None else {"seenBy": seen_by}
    parts = list[Step]()
    if after.room != before.room:
        parts.append(_room_step(before, after, at, origin, seen))
    if difference := roster_difference(before.roster, after.roster):
        parts.append(_roster_step(difference, after, at + len(parts), origin, seen))
    if after.details != before.details:
        parts.append(_details_step(before, after, at + len(parts), origin, details_bytes))
    if parts:
        parts[-1].operations.append(_listed(before, after))
    return parts


def new_people(before: Contents, after: Contents) -> list[str]:
    """Returns who finds the room by its roster and details only after a change."""
    by_external_id = external_people(after.details) - external_people(before.details)
    return [*(after.roster.keys() - before.roster.keys()), *by_external_id]


def _room_step(before: Contents, after: Contents, at: Ticks, origin: Origin, seen: Entity) -> Step:
    room = after.room
    detail = {"before": room_properties(before.room), "after": room_properties(room)} | seen
    operations = [upsert(until_entity(room))]
    if room.join_policy != before.room.join_policy:
        operations.append(insert(roster_entity(room, at, before.roster)))
    return Step(at, log_record(room.id, at, "RoomUpdated", origin, detail), operations)


def _roster_step(
    difference: RosterDifference, after: Contents, at: Ticks, origin: Origin, seen: Entity
) -> Step:
    detail = {
        "added": difference.added,
        "changed": {
            raw_id: {"before": was, "after": becomes}
            for raw_id, (was, becomes) in difference.changed.items()
        },
        "removed": difference.removed,
    } | seen
    room = after.room
    record = log_record(room.id, at, "ParticipantsUpdated", origin, detail)
    return Step(at, record, [insert(roster_entity(room, at, after.roster))])


def _details_step(
    before: Contents, after: Contents, at: Ticks, origin: Origin, details_bytes: int
) -> Step:
    room, details = after.room, after.details
    was, becomes = details_difference(before.details, details)
    detail = {"before": was, "after": becomes}
    record = log_record(room.id, at, "DetailsUpdated", origin, detail)
    operations = [replace(details_entity(room.id, details, details_bytes))]
    if external_people(before.details) - external_people(details):
        operations.append(upsert(row_of(keys.stale_row(record["RowKey"]))))
    return Step(at, record, operations)


def _listed(before: Contents, after: Contents) -> Operation:
    """Returns what writes the row in the list. If the details stay, they may not have been read:
    what is there of them is left."""
    room, people = after.room, len(after.roster)
    if after.details != before.details:
        return replace(whole_index_entity(room, people, after.details))
    return upsert(index_entity(room) | people_property(people))
