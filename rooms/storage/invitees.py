"""Rows by which the rooms of a person are found: by raw id and by external id.

They are hints, never falsely absent: they are written with the roster or the details that they are
about, in one transaction, and only upkeep removes them. Who reads them looks at the room.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from azure.data.tables import TableEntity

from rooms.domain.details import Details
from rooms.domain.room import Room
from rooms.storage import keys
from rooms.storage.all_partitions import first_of_all
from rooms.storage.entities import Entity, group_entity, invitee_entity
from rooms.storage.operations import Operation, replace
from rooms.storage.parallel import both
from rooms.storage.table import Table


def external_people(details: Details) -> set[str]:
    """Returns who finds a room by its details: its own external id, and those of its people."""
    named = [details, *details.get("participants", {}).values()]
    return {keys.by_external_id(each["externalId"]) for each in named if "externalId" in each}


def invite(room: Room, people: Collection[str]) -> list[Operation]:
    """Returns the operations by which these people find the room from now on: at most GROUPS.

    A row for each of them, or if they are too many, one for each of their groups.
    """
    if len(people) <= keys.GROUPS:
        return [replace(invitee_entity(room, person)) for person in people]
    groups = defaultdict[int, list[str]](list)
    for person in people:
        group, member = keys.group_and_member(person)
        groups[group].append(member)
    return [
        replace(group_entity(room, group, members))
        if len(members) <= keys.GROUP_MEMBERS
        else replace(group_entity(room, group, [keys.ALL_MEMBERS]))
        for group, members in groups.items()
    ]


def group_property(people: Collection[str]) -> Entity:
    """Returns the property of a room to which rows of groups lead, if `invite` writes such rows for
    these people: upkeep looks for them only then."""
    return {"inGroups": True} if len(people) > keys.GROUPS else {}


def not_needed(
    rows: Iterable[TableEntity], room: Room, people: Collection[str]
) -> list[TableEntity]:
    """Returns those of these rows by which none of the people finds the room."""
    place = keys.place(room.id, room.created_at)
    own = {keys.invitee_row(room.id, room.created_at, person) for person in people}
    members = {keys.ALL_MEMBERS, *(keys.group_and_member(person)[1] for person in people)}
    return [
        row
        for row in rows
        if keys.place_in(row["RowKey"]) != place
        or (row["RowKey"] not in own and members.isdisjoint(row))
    ]


async def places_of(
    table: Table, person: str, after: str | None, per_partition: int
) -> tuple[list[str], bool]:
    """Returns the places of the first rooms that the person may find, newest first, from behind the
    place `after`; and whether there may be more.

    Two requests for each partition, in parallel. At least `per_partition` rooms, if there are as
    many and each has one row.
    """
    group, member = keys.group_and_member(person)
    answers = await both(
        _places(table, keys.invitee_prefix(person), after, per_partition),
        _places(
            table,
            keys.group_prefix(group),
            after,
            per_partition,
            f"({member} eq true or {keys.ALL_MEMBERS} eq true)",
        ),
    )
    # What comes behind rows that were cut off is not known: only up to there is it certain.
    certain = min((places[-1] for places, cut_off in answers if cut_off), default=keys.END)
    known = {place for places, _ in answers for place in places if place <= certain}
    return sorted(known), certain != keys.END


async def _places(
    table: Table, prefix: str, after: str | None, per_partition: int, where: str = ""
) -> tuple[list[str], bool]:
    start = "" if after is None else keys.behind(after)
    rows, cut_off = await first_of_all(
        table, prefix + start, f"{prefix}{keys.END}", per_partition, ["RowKey"], where
    )
    return [keys.place_in(row["RowKey"]) for row in rows], cut_off
