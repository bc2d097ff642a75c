"""What a create writes, and which room it makes when it is sent again."""

import secrets
from dataclasses import dataclass

from rooms.domain.room import ROOM_IDS, Room, numbered_room_id, repeatable_room_id
from rooms.domain.roster import Roster
from rooms.domain.time import Ticks
from rooms.storage.changes import Origin, log_record
from rooms.storage.entities import (
    carrier_property,
    room_entity,
    room_properties,
    roster_entity,
    stored_time,
    until_entity,
)
from rooms.storage.index_rows import whole_index_entity
from rooms.storage.invitees import group_property, invite
from rooms.storage.operations import Operation, insert, upsert


@dataclass(frozen=True, slots=True)
class Repeatability:
    """The Repeatability-Request-ID of a create, a hash of the body that came with it, and
    Repeatability-First-Sent."""

    request_id: str
    body_hash: str
    first_sent: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """When a room that was made at ACS was found there, and by whom: SEEN_BY_PULL, or the name of
    the caller who imported it."""

    at: Ticks
    by: str


def new_room_id(repeatability: Repeatability | None, attempt: int) -> str:
    """Returns a random id, or one made from the request, so that it meets its own room when it is
    sent again."""
    if repeatability is None:
        return numbered_room_id(secrets.randbelow(ROOM_IDS))
    return repeatable_room_id(repeatability.request_id, attempt)


def creation(
    room: Room,
    roster: Roster,
    repeatability: Repeatability | None,
    origin: Origin,
    seen: Seen | None = None,
) -> list[Operation]:
    """Returns the operations that make a room. If it was `seen` at ACS, its roster is the one that
    it had then."""
    at = room.created_at
    detail = room_properties(room) | carrier_property(room) | {"participants": roster}
    if seen is not None:
        detail |= {"seenAt": stored_time(seen.at), "seenBy": seen.by}
    row = room_entity(room) | {"changedAt": stored_time(at)} | group_property(roster)
    if repeatability is not None:
        row |= {"repeatabilityId": repeatability.request_id, "bodyHash": repeatability.body_hash}
    return [
        insert(log_record(room.id, at, "RoomCreated", origin, detail)),
        insert(row),
        insert(roster_entity(room, at, roster)),
        insert(whole_index_entity(room, len(roster), {})),
        upsert(until_entity(room)),
        *invite(room, roster),
    ]
