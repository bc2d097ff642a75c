"""A join link: lets one person into one room, from the first browser that joins with it."""

from dataclasses import dataclass

from rooms.domain.errors import InvalidLinkExpiry, PersonNotInvited, RoomOver
from rooms.domain.room import Room, admits_guests, state_at
from rooms.domain.roster import Roster, is_acs_user
from rooms.domain.time import SECOND, Ticks


@dataclass(frozen=True, slots=True)
class JoinLink:
    """What a join link says. `id` is 32 hex digits, `expires_at` a whole second.

    It says nothing of a role: that is the one on the roster when the person joins.
    """

    id: str
    room_id: str
    raw_id: str
    display_name: str | None
    expires_at: Ticks


def link_expiry(room: Room, roster: Roster, raw_id: str, wanted: Ticks | None, now: Ticks) -> Ticks:
    """Returns when a link for the person `raw_id` expires: at the end of the room, or as `wanted`,
    cut to the second.

    Raises:
        RoomOver: nobody can join the room any more.
        PersonNotInvited: the person could not join, whatever the time.
        InvalidLinkExpiry: that is no time to come, or after the end of the room.
    """
    if state_at(room, now) == "expired":
        raise RoomOver
    if raw_id not in roster and not (admits_guests(room.join_policy) and is_acs_user(raw_id)):
        raise PersonNotInvited
    expires_at = room.valid_until if wanted is None else wanted
    if not now < expires_at <= room.valid_until:
        raise InvalidLinkExpiry
    return expires_at - expires_at % SECOND
