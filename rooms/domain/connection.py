"""What a media plane tells of its calls."""

from dataclasses import dataclass
from typing import NamedTuple

from rooms.domain.time import Ticks


class CarriedCall(NamedTuple):
    """A call that the media plane has now. `id` is that of the call in our events.

    `made_at` is before the first join. The call before it in the room was over by then.
    """

    room_id: str
    id: str
    made_at: Ticks


@dataclass(frozen=True, slots=True)
class Connection:
    """A device of a person in a call now.

    `participant_id` is that of its leg, another one after each join. `identity` is what the media
    plane calls it.
    """

    identity: str
    participant_id: str
    raw_id: str
    display_name: str | None
    role: str | None
    joined_at: Ticks
