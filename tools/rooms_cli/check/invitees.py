"""Whether the lists of the rooms of a person or an external id find a room."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms_cli.check.disagreement import Tell
from rooms_cli.check.places import Place, Placed, Row
from rooms_cli.check.properties import Unreadable, optional, text_in

INVITE_AGAIN = "Remove the person from the room and invite them again: that writes the row."
SET_AGAIN = "Remove the external id from the details and set it again: that writes the row."

_MEMBER = re.compile(f"p[0-9a-f]{{16}}|{keys.ALL_MEMBERS}")


@dataclass(frozen=True, slots=True)
class Invitations:
    """Who may find a room, by raw id or external id, and the rows by which they do."""

    room: str
    created_at: Ticks | None
    """Of the room; None if it is not there."""
    needed: Collection[str]
    """Who must find it."""
    ever: Collection[str] | None
    """Who ever could; None if that is not known."""
    people: Placed
    groups: Placed
    kept: Ticks
    """Rows may be left of rooms that were created before."""


def check_invitees(invited: Invitations, tell: Tell) -> None:
    """Tells who does not find the room, and which rows would lead somebody to it who never was
    invited, or never had an external id of its."""
    hashes = None if invited.ever is None else set(map(keys.hashed, invited.ever))
    members = None if invited.ever is None else set(map(keys.group_and_member, invited.ever))
    finds: set[str] = set()
    finds_by_group: set[tuple[int, str]] = set()
    for place, row in (*invited.people, *invited.groups):
        key: str = row["RowKey"]
        if place.at != invited.created_at:
            if place.at >= invited.kept:
                tell("A row of invitees is of a room that never was.", key)
            continue
        try:
            if place.kind == "invitee":
                finds.add(_person(place, row))
                unknown = hashes is not None and place.who not in hashes
            else:
                group = {(int(place.who), member) for member in _members(row)}
                finds_by_group |= group
                unknown = members is not None and not group <= members | {
                    (int(place.who), keys.ALL_MEMBERS)
                }
        except Unreadable as problem:
            tell(f"A row of invitees cannot be understood. {problem}", key)
            continue
        if unknown:
            tell("A row of invitees has somebody who never was invited.", key)
    if invited.created_at is None:
        return
    for person in invited.needed:
        group_number, member = keys.group_and_member(person)
        in_group = {(group_number, each) for each in (member, keys.ALL_MEMBERS)}
        if keys.hashed(person) in finds or not finds_by_group.isdisjoint(in_group):
            continue
        missing = keys.invitee_row(invited.room, invited.created_at, person)
        if keys.external_id_of(person) is None:
            tell("Somebody who was invited does not find the room.", missing, advice=INVITE_AGAIN)
        else:
            tell("An external id of the room does not find it.", missing, advice=SET_AGAIN)


def _person(place: Place, row: Row) -> str:
    external_id = optional(text_in, row, "externalId")
    person = text_in(row, "rawId") if external_id is None else keys.by_external_id(external_id)
    if keys.hashed(person) != place.who:
        raise Unreadable("It is of another person than its key says.")
    return place.who


def _members(row: Row) -> list[str]:
    members = [name for name in row if _MEMBER.fullmatch(name)]
    if not members or not all(row[name] is True for name in members):
        raise Unreadable("It does not say who is invited.")
    return members
