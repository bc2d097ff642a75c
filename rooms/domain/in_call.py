"""Who may do what to others in the call of a room."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from rooms.domain.admission import role_in
from rooms.domain.capabilities import capabilities
from rooms.domain.room import Room, state_at
from rooms.domain.roster import Roster
from rooms.domain.time import Ticks

type Act = Literal["mute", "remove", "end"]
"""What can be done to others: mute them, remove them, end the call for everybody."""

NEEDED: Final[Mapping[Act, str]] = {
    "mute": "muteRemoteUser",
    "remove": "removeParticipant",
    "end": "removeParticipant",
}
"""The capability that each needs. To end the call is to remove everybody."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who has joined, or could have, with a token that the media plane knows.

    `identity` is what the media plane calls the device. That it is in the call is another question.
    """

    room_id: str
    identity: str
    raw_id: str


def may(
    act: Act, room: Room, roster: Roster, raw_id: str, at: Ticks, lacks: Collection[str] = ()
) -> bool:
    """Returns whether somebody in the call of a room may do that to others at that time: only while
    the room is open, in the role that they have now.

    Args:
        lacks: the capabilities that nobody has in its calls.
    """
    role = role_in(room, roster, raw_id)
    if role is None or state_at(room, at) != "open":
        return False
    allowed = capabilities(role, room.pstn_dial_out_enabled, lacks)
    return NEEDED[act] in {each.name for each in allowed}
