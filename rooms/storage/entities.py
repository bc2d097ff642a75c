"""What stands in the rows, and how to read it back.

Times are text of fixed width, which people can read and the storage can compare. What may grow is JSON,
compressed, in as many binary properties as it needs.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from rooms.rules.room import Room
from rooms.rules.roster import Roster
from rooms.rules.time import Ticks, format_time, parse_time
from rooms.storage import keys

type Entity = dict[str, Any]

MAX_BINARY = 65_536
"""Bytes of a binary property of Table Storage."""


def stored_time(at: Ticks) -> str:
    """`2026-05-04T10:00:00.0000000Z`"""
    whole, _, fraction = format_time(at).removesuffix("+00:00").partition(".")
    return f"{whole}.{fraction:0<7}Z"


def pack(value: Any) -> Entity:
    """A value as binary properties `data0`, `data1`, ..."""
    data = zlib.compress(json.dumps(value, separators=(",", ":")).encode(), level=1)
    return {f"data{n}": data[at : at + MAX_BINARY] for n, at in enumerate(range(0, len(data), MAX_BINARY))}


def unpack(entity: Mapping[str, Any]) -> Any:
    """What `pack` was given."""
    data = b"".join(entity[f"data{n}"] for n in range(len(entity)) if f"data{n}" in entity)
    return json.loads(zlib.decompress(data))


def room_properties(room: Room) -> Entity:
    """The room, as its own row and the index row hold it."""
    return {
        "createdAt": stored_time(room.created_at),
        "validFrom": stored_time(room.valid_from),
        "validUntil": stored_time(room.valid_until),
        "pstnDialOutEnabled": room.pstn_dial_out_enabled,
    }


def room_of(entity: Mapping[str, Any]) -> Room:
    """The room of a room's row."""
    return _room(entity["RowKey"].partition(":")[0], entity)


def listed_room_of(entity: Mapping[str, Any]) -> Room:
    """The room of an index row."""
    return _room(entity["RowKey"].rpartition(":")[2], entity)


def _room(room_id: str, entity: Mapping[str, Any]) -> Room:
    return Room(
        id=room_id,
        created_at=parse_time(entity["createdAt"]),
        valid_from=parse_time(entity["validFrom"]),
        valid_until=parse_time(entity["validUntil"]),
        pstn_dial_out_enabled=entity["pstnDialOutEnabled"],
    )


def room_entity(room: Room) -> Entity:
    """The room's row."""
    return _row(room.id, keys.room_row(room.id)) | room_properties(room)


def index_entity(room: Room) -> Entity:
    """The room's row in the list of rooms."""
    return _row(room.id, keys.index_row(room.id, room.created_at)) | room_properties(room)


def roster_entity(room_id: str, at: Ticks, roster: Roster) -> Entity:
    """The roster as of `at`."""
    return _row(room_id, keys.roster_row(room_id, at)) | pack(roster)


def log_entity(room_id: str, at: Ticks, change: str, kind: str, actor: str, request_id: str, detail: Any) -> Entity:
    """One log record."""
    return (
        _row(room_id, keys.log_row(room_id, at, change))
        | {"time": stored_time(at), "kind": kind, "actor": actor, "requestId": request_id}
        | pack(detail)
    )


def _row(room_id: str, row: str) -> Entity:
    return {"PartitionKey": keys.partition(room_id), "RowKey": row}
