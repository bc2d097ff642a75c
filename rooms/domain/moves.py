"""A room that moves between its carriers: what keeps it from it, and what ACS needs to know
first."""

from dataclasses import dataclass

from rooms.domain.errors import GoneAtAcs, NoGuestsAtAcs
from rooms.domain.room import Room, RoomChange, admits_guests
from rooms.domain.roster import Roster, RosterPatch


@dataclass(frozen=True, slots=True)
class Catchup:
    """What must change at ACS so that it has a room as it is here. None, or empty: nothing."""

    room: RoomChange | None
    roster: RosterPatch


def check_fits_acs(room: Room) -> None:
    """Raises NoGuestsAtAcs if the room is open to guests: ACS has no such rooms."""
    if admits_guests(room.join_policy):
        raise NoGuestsAtAcs


def catchup(room: Room, roster: Roster, at_acs: Room, roster_at_acs: Roster) -> Catchup:
    """Returns what must change at ACS.

    Raises:
        GoneAtAcs: the room there was made at another time, so it is another one.
    """
    if at_acs.created_at != room.created_at:
        raise GoneAtAcs
    wanted = RoomChange(room.valid_from, room.valid_until, room.pstn_dial_out_enabled)
    has = RoomChange(at_acs.valid_from, at_acs.valid_until, at_acs.pstn_dial_out_enabled)
    removed: RosterPatch = dict.fromkeys(roster_at_acs.keys() - roster.keys())
    others = {raw_id: role for raw_id, role in roster.items() if roster_at_acs.get(raw_id) != role}
    return Catchup(None if wanted == has else wanted, {**removed, **others})
