"""How what is here of a room differs from what ACS has, and who did it."""

from dataclasses import replace

from rooms.domain.room import Room
from rooms.domain.roster import patched_roster
from rooms.storage.edits import Contents
from rooms.storage.marks import Mark


def followed(before: Contents, there: Contents) -> Contents:
    """Returns what is here as ACS has it: its validity, dial-out and roster. What ACS does not tell
    stays. Who stays on the roster keeps their place, and others come behind them."""
    room = followed_room(before.room, there.room)
    gone = dict.fromkeys(before.roster.keys() - there.roster.keys())
    return Contents(room, patched_roster(before.roster, {**gone, **there.roster}), before.details)


def followed_room(room: Room, there: Room) -> Room:
    """Returns a room as ACS has it: with the validity and dial-out of there."""
    return replace(
        room,
        valid_from=there.valid_from,
        valid_until=there.valid_until,
        pstn_dial_out_enabled=there.pstn_dial_out_enabled,
    )


def carried_out(before: Contents, mark: Mark, there: Contents) -> Contents:
    """Returns what is here with what a change wanted and ACS has: so much of it was carried out."""
    room, wanted = before.room, mark.wanted
    if wanted.valid_from == there.room.valid_from:
        room = replace(room, valid_from=there.room.valid_from)
    if wanted.valid_until == there.room.valid_until:
        room = replace(room, valid_until=there.room.valid_until)
    if wanted.pstn_dial_out_enabled == there.room.pstn_dial_out_enabled:
        room = replace(room, pstn_dial_out_enabled=there.room.pstn_dial_out_enabled)
    people = {
        raw_id: role for raw_id, role in mark.patch.items() if there.roster.get(raw_id) == role
    }
    return Contents(room, patched_roster(before.roster, people), before.details)
