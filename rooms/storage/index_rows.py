"""The rows of the list of all rooms: what lists show of a room, and by what they choose it.

`namesIn` says where the names of the people are: in this `list`, or only in the `details`, if they
are too long. Rows that an earlier version wrote do not have it: they lack the schedule and the
names, too.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rooms.domain.details import Details, names_in, scheduled
from rooms.domain.limits import LIMITS
from rooms.domain.room import Room
from rooms.domain.room_filter import RoomFilter, RoomInList
from rooms.domain.time import MAX_TIME, parse_time
from rooms.storage import keys
from rooms.storage.entities import (
    Entity,
    carrier_property,
    room_properties,
    room_with_id,
    row_of,
    stored_time,
)

ROOM_SHOWN = (
    "RowKey",
    "createdAt",
    "validFrom",
    "validUntil",
    "pstnDialOutEnabled",
    "roomJoinPolicy",
    "carrier",
)
"""The properties that make a room."""

SHOWN = (*ROOM_SHOWN, "title", "scheduledStart", "scheduledEnd", "people", "namesIn")
"""What lists read of a row: names only where they are searched, as they may be long."""

SEARCHED = (*SHOWN, "names")


def index_entity(room: Room) -> Entity:
    """Returns the room's row in the list with nothing of its details and its roster: merged, it
    leaves what is there of these."""
    row = row_of(keys.index_row(room.id, room.created_at))
    return row | room_properties(room) | carrier_property(room)


def people_property(people: int) -> Entity:
    """Returns the property that says how many are on the roster."""
    return {"people": people}


def whole_index_entity(room: Room, people: int, details: Details) -> Entity:
    """Returns the room's row in the list."""
    return index_entity(room) | people_property(people) | _details_properties(details)


def _details_properties(details: Details) -> Entity:
    names = json.dumps(list(dict.fromkeys(names_in(details).values())), ensure_ascii=False)
    fits = len(names) <= LIMITS.listed_names
    properties: Entity = {"namesIn": "list" if fits else "details"}
    if fits and names != "[]":
        properties["names"] = names
    if "title" in details:
        properties["title"] = details["title"]
    if (slot := scheduled(details)) is not None:
        properties["scheduledStart"], properties["scheduledEnd"] = map(stored_time, slot)
    return properties


def listed_room_of(row: Mapping[str, Any]) -> Room:
    """Returns the room of an index row. ROOM_SHOWN is enough."""
    return room_with_id(keys.listed_room_id(row["RowKey"]), row)


def room_in_list(row: Mapping[str, Any]) -> RoomInList:
    """Returns what an index row says of its room. It must be whole."""
    start, end = row.get("scheduledStart"), row.get("scheduledEnd")
    names: Sequence[str] = json.loads(row.get("names") or "[]")
    return RoomInList(
        listed_room_of(row),
        row.get("title"),
        None if start is None or end is None else (parse_time(start), parse_time(end)),
        row["people"],
        names,
    )


def is_whole(row: Mapping[str, Any], *, with_names: bool = False) -> bool:
    """Returns whether an index row has all that the list shows of its room; and also the names of
    its people, if these are searched."""
    names_in_row = row.get("namesIn")
    return names_in_row == "list" or (names_in_row is not None and not with_names)


def where_of(wanted: RoomFilter, all_are_whole: bool) -> str:
    """Returns the filter for the storage, without bounds that say nothing.

    Args:
        all_are_whole: whether each row has the schedule and the names.
    """
    bounds = (
        ("validFrom ge", wanted.opens_from, 0),
        ("validFrom le", wanted.opens_until, MAX_TIME),
        ("validUntil ge", wanted.closes_from, 0),
        ("validUntil le", wanted.closes_until, MAX_TIME),
    )
    chosen = [f"{what} '{stored_time(at)}'" for what, at, nothing in bounds if at != nothing]
    if wanted.title is not None:
        chosen.append("title gt ''")
    if wanted.carrier == "acs":  # rows of others may have no carrier, so no filter finds them
        chosen.append("carrier eq 'acs'")
    if all_are_whole:
        if wanted.scheduled_from is not None:
            chosen.append(f"scheduledStart ge '{stored_time(wanted.scheduled_from)}'")
        if wanted.scheduled_until is not None:
            chosen.append(f"scheduledStart lt '{stored_time(wanted.scheduled_until)}'")
        if wanted.name is not None:
            chosen.append("(names gt '' or namesIn eq 'details')")
    return " and ".join(chosen)
