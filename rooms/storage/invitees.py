"""Rows by which a person's rooms are found.

They are hints, never falsely absent: they are written with the roster that they are about, in one
transaction, and only upkeep removes them. Who reads them looks at the roster.
"""

from collections import defaultdict
from collections.abc import Iterable

from rooms.domain.room import Room
from rooms.domain.roster import Roster
from rooms.storage.entities import group_entity, invitee_entity
from rooms.storage.keys import GROUPS, group_and_member, group_row, invitee_row
from rooms.storage.operations import Operation, replace


def invite(room: Room, added: Roster, roster: Roster) -> list[Operation]:
    """Returns the operations by which those who are `added` to a roster find the room, which has
    the people of `roster` then: at most GROUPS.

    A row for each of them; if they are too many, one for each of their groups, with all who are on
    the roster.
    """
    if len(added) <= GROUPS:
        return [replace(invitee_entity(room, raw_id)) for raw_id in added]
    groups = defaultdict[int, list[str]](list)
    touched = set()
    for raw_id in roster:
        group, member = group_and_member(raw_id)
        groups[group].append(member)
        if raw_id in added:
            touched.add(group)
    return [replace(group_entity(room, group, groups[group])) for group in touched]


def rows_for(room: Room, roster: Iterable[str]) -> set[str]:
    """Returns all rows that `invite` may have written and that may be needed."""
    rows = set()
    for raw_id in roster:
        group, _ = group_and_member(raw_id)
        rows |= {
            invitee_row(room.id, room.created_at, raw_id),
            group_row(room.id, room.created_at, group),
        }
    return rows
