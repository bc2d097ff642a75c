"""What is done at ACS when a room moves to it, or away from it."""

from rooms.acs.errors import Refused
from rooms.acs.rooms_api import RoomsApi
from rooms.domain.errors import GoneAtAcs
from rooms.domain.moves import Catchup, catchup, check_fits_acs
from rooms.domain.room import Room
from rooms.domain.roster import Roster


async def missing_at_acs(rooms_at_acs: RoomsApi, room: Room, roster: Roster) -> Catchup:
    """Returns what must change at ACS before a room can move to it. Two requests to ACS.

    Raises:
        NoGuestsAtAcs: the room is open to guests.
        GoneAtAcs: ACS does not have the room, and would give another id to a new one.
        AcsError: ACS does not answer.
    """
    check_fits_acs(room)
    found = await rooms_at_acs.get(room.id)
    if found is None:
        raise GoneAtAcs
    return catchup(room, roster, found.room, found.roster)


async def catch_up(rooms_at_acs: RoomsApi, room_id: str, missing: Catchup) -> None:
    """Carries out at ACS what was missing. At most two requests, which may be sent again."""
    if missing.room is not None:
        await rooms_at_acs.update(room_id, missing.room)
    if missing.roster:
        await rooms_at_acs.patch_roster(room_id, missing.roster)


async def delete_at_acs(rooms_at_acs: RoomsApi, room_id: str) -> None:
    """Deletes the room of ACS that has moved here. Does nothing if ACS has none. One request."""
    try:
        await rooms_at_acs.delete(room_id)
    except Refused as refused:
        if refused.answer.status != 404:
            raise
