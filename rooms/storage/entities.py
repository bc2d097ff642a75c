"""What stands in the rows, and how to read it back. Rows of rooms do not know their partition until
they are written.

Times are text of fixed width, which people can read and the storage can compare. What may grow is
JSON, compressed, in as many binary properties as it needs.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any

from rooms.domain.details import Details
from rooms.domain.events import CallEvent, EndReason
from rooms.domain.limits import LIMITS
from rooms.domain.log import EVENT_ACTORS
from rooms.domain.log_kinds import is_access
from rooms.domain.room import JoinPolicy, Room
from rooms.domain.roster import Roster
from rooms.domain.time import Ticks, format_time, parse_time
from rooms.storage import keys
from rooms.storage.errors import DetailsTooLarge

type Entity = dict[str, Any]


MAX_BINARY = 65_536
"""Bytes of a binary property of Table Storage."""

_KEPT_EVENTS = 1024
"""Events that a process keeps parsed, 1.5 KiB each: who watches a call asks for the same ones every
few seconds."""


class TooLarge(ValueError):
    """Something from outside that does not fit into an entity."""


def stored_time(at: Ticks) -> str:
    """Returns a time like `2026-05-04T10:00:00.0000000Z`."""
    whole, _, fraction = format_time(at).removesuffix("+00:00").partition(".")
    return f"{whole}.{fraction:0<7}Z"


def key_of(row: Mapping[str, Any]) -> Entity:
    """Returns a row with nothing but its key."""
    return {name: row[name] for name in ("PartitionKey", "RowKey")}


def row_of(row: str) -> Entity:
    """Returns a row of a room, with nothing but its key. It has its partition when it is
    written."""
    return {"RowKey": row}


def identity_row(row: str) -> Entity:
    """Returns a row of the partition of the users, with nothing but its key."""
    return {"PartitionKey": keys.IDENTITY_PARTITION, "RowKey": row}


def pack(value: Any) -> Entity:
    """Returns a value as binary properties `data0`, `data1`, ..."""
    return binary_properties(compressed(value))


def unpack(entity: Mapping[str, Any]) -> Any:
    """Returns the value that `pack` was given."""
    return decompressed(binary_of(entity))


def compressed(value: Any) -> bytes:
    """Returns a value as compressed JSON."""
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), level=1)


def decompressed(data: bytes) -> Any:
    """Returns the value that `compressed` was given."""
    return json.loads(zlib.decompress(data))


def binary_properties(data: bytes) -> Entity:
    """Returns bytes as properties of an entity."""
    return {
        f"data{n}": data[at : at + MAX_BINARY]
        for n, at in enumerate(range(0, len(data), MAX_BINARY))
    }


def binary_of(entity: Mapping[str, Any]) -> bytes:
    """Returns the bytes that `binary_properties` was given."""
    return b"".join(entity[f"data{n}"] for n in range(len(entity)) if f"data{n}" in entity)


def room_properties(room: Room) -> Entity:
    """Returns the properties of a room, in its own row and in the index row: without its carrier,
    which only a move changes."""
    return {
        "createdAt": stored_time(room.created_at),
        "validFrom": stored_time(room.valid_from),
        "validUntil": stored_time(room.valid_until),
        "pstnDialOutEnabled": room.pstn_dial_out_enabled,
        "roomJoinPolicy": room.join_policy,
    }


def carrier_property(room: Room) -> Entity:
    """Returns the property of a room whose calls run at ACS; none for others."""
    return {} if room.carrier == "own" else {"carrier": room.carrier}


def room_id_of(entity: Mapping[str, Any]) -> str:
    """Returns the room of a row that does not begin with a dot."""
    row_key: str = entity["RowKey"]
    return row_key.partition(":")[0]


def room_of(entity: Mapping[str, Any]) -> Room:
    """Returns the room of a room's row."""
    return room_with_id(room_id_of(entity), entity)


def created_room_of(entity: Mapping[str, Any]) -> Room:
    """Returns the room that ACS made, of the mark of a create."""
    return replace(room_with_id(entity["roomId"], entity), carrier="acs")


def room_with_id(room_id: str, entity: Mapping[str, Any]) -> Room:
    """Returns the room of a row that has the properties of a room."""
    return Room(
        id=room_id,
        created_at=parse_time(entity["createdAt"]),
        valid_from=parse_time(entity["validFrom"]),
        valid_until=parse_time(entity["validUntil"]),
        pstn_dial_out_enabled=entity["pstnDialOutEnabled"],
        join_policy=join_policy_of(entity),
        carrier=entity.get("carrier") or "own",  # a property that is selected may be None
    )


def join_policy_of(entity: Mapping[str, Any]) -> JoinPolicy:
    """Returns the policy in the row of a room, or the one in force with a roster. Rows from before
    open rooms have none."""
    policy: JoinPolicy = entity.get("roomJoinPolicy") or "InviteOnly"
    return policy


def room_entity(room: Room) -> Entity:
    """Returns the room's row."""
    return row_of(keys.room_row(room.id)) | room_properties(room) | carrier_property(room)


def until_entity(room: Room) -> Entity:
    """Returns the row by which upkeep finds the room when it has expired."""
    return row_of(keys.until_row(room.id, room.valid_until))


def invitee_entity(room: Room, person: str) -> Entity:
    """Returns the row of a person who may find the room."""
    external_id = keys.external_id_of(person)
    who = {"rawId": person} if external_id is None else {"externalId": external_id}
    return row_of(keys.invitee_row(room.id, room.created_at, person)) | who


def group_entity(room: Room, group: int, members: Sequence[str]) -> Entity:
    """Returns the row of people of a group who may find the room."""
    row = keys.group_row(room.id, room.created_at, group, members)
    return row_of(row) | dict.fromkeys(members, True)


def roster_entity(room: Room, at: Ticks, roster: Roster) -> Entity:
    """Returns the row of the roster, and of the room's policy, as of `at`."""
    return (
        row_of(keys.roster_row(room.id, at)) | {"roomJoinPolicy": room.join_policy} | pack(roster)
    )


def details_entity(room_id: str, details: Details, max_bytes: int = LIMITS.details_bytes) -> Entity:
    """Returns the row of the details.

    Raises:
        DetailsTooLarge: compressed, they have more than `max_bytes`.
    """
    data = compressed(details)
    if len(data) > max_bytes:
        raise DetailsTooLarge(max_bytes)
    return row_of(keys.details_row(room_id)) | binary_properties(data)


def log_entity(
    room_id: str, at: Ticks, change: str, kind: str, actor: str, request_id: str, detail: Any
) -> Entity:
    """Returns the row of a log record."""
    return (
        row_of(keys.log_row(room_id, at, change, access=is_access(kind)))
        | {"time": stored_time(at), "kind": kind, "actor": actor, "requestId": request_id}
        | pack(detail)
    )


def event_entities(
    room_id: str,
    event: CallEvent,
    text: str,
    received: Ticks,
    max_bytes: int = LIMITS.event_bytes,
) -> tuple[Entity, Entity, *tuple[Entity, ...]]:
    """Returns the rows of an event: its log record, itself with the whole text as it came, and two
    for the activity of the call. If it tells that the call or stay began in another hour, two more
    for that one.

    That the call has ended is merged into the former two, unless the event is one of the future,
    or nobody told of it: then the call may go on.

    Raises:
        TooLarge: compressed, the text has more than `max_bytes`.
    """
    data = compressed(text)
    began = event.told_start
    if began is not None and keys.descending_hour(began) == keys.descending_hour(event.at):
        began = None
    if len(data) > max_bytes:
        raise TooLarge(f"Compressed, the event has more than {max_bytes // 1024} KiB.")
    activity: Entity = {"call": event.call}
    if event.kind == "CallEnded" and event.at <= received and not event.estimated:
        activity["ended"] = True
    return (
        log_entity(
            room_id,
            event.at,
            event.key,
            event.kind,
            EVENT_ACTORS[event.source],
            event.id,
            _event_detail(event),
        ),
        row_of(keys.event_row(room_id, event))
        | {"event": json.dumps(asdict(event), ensure_ascii=False, separators=(",", ":"))}
        | binary_properties(data),
        *_activity_entities(room_id, event.at, activity),
        *(() if began is None else _activity_entities(room_id, began, {"call": event.call})),
    )


def _activity_entities(room_id: str, at: Ticks, activity: Entity) -> tuple[Entity, Entity]:
    call = activity["call"]
    return (
        row_of(keys.activity_row(room_id, call, at)) | activity,
        row_of(keys.all_activity_row(room_id, call, at)) | activity,
    )


def _event_detail(event: CallEvent) -> Entity:
    if event.kind == "PhonesUpdated":
        return {"callId": event.call, "phones": list(event.phones)}
    reason = event.end_reason
    detail = {
        "callId": event.call,
        "participantId": event.participant_id,
        "rawId": event.raw_id,
        "displayName": event.display_name,
        "role": event.role,
        "endpointType": event.endpoint_type,
        "startedBy": event.started_by,
        "endedBy": event.ended_by,
        "endReason": reason
        and {"code": reason.code, "subCode": reason.sub_code, "phrase": reason.phrase},
        "leaveReason": event.leave_reason,
        "estimated": event.estimated or None,
    }
    return {name: value for name, value in detail.items() if value is not None}


def event_of(entity: Mapping[str, Any]) -> CallEvent:
    """Returns the event of an event's row. The property `event` is enough."""
    return _event(entity["event"])


def rare_event_of(entity: Mapping[str, Any]) -> CallEvent:
    """Returns the same, of a call with so many that they would crowd out those that are kept."""
    return _parsed(entity["event"])


@lru_cache(_KEPT_EVENTS)
def _event(text: str) -> CallEvent:
    return _parsed(text)


def _parsed(text: str) -> CallEvent:
    properties = json.loads(text)
    reason = properties.pop("end_reason")
    phones = properties.pop("phones", ())
    return CallEvent(
        **properties,
        end_reason=None if reason is None else EndReason(**reason),
        phones=tuple(phones),
    )
