"""What must change in a call, so that the media plane has what the room says."""

from collections.abc import Iterable
from dataclasses import dataclass

from rooms.domain.admission import role_in
from rooms.domain.connection import Connection
from rooms.domain.limits import LIMITS
from rooms.domain.log_details import CorrectionReason
from rooms.domain.room import Room, state_at
from rooms.domain.roster import Role, Roster
from rooms.domain.time import SECOND, Ticks

OPENS_AT_ONCE: Ticks = int(LIMITS.clock_skew_seconds) * SECOND
"""A room that opens within this time may be open by the clock of another instance."""


@dataclass(frozen=True, slots=True)
class EndCall:
    """The room is not open, or not here: the call ends, for all."""

    reason: CorrectionReason


@dataclass(frozen=True, slots=True)
class Remove:
    """A person who is not invited is in the call."""

    connection: Connection
    reason: CorrectionReason = "NotInvited"


@dataclass(frozen=True, slots=True)
class ChangeRole:
    """A device has the rights of another role than the person has."""

    connection: Connection
    role: Role


type Correction = EndCall | Remove | ChangeRole


def corrections(
    room: Room | None, roster: Roster, at: Ticks, connections: Iterable[Connection]
) -> list[Correction]:
    """Returns what must change in the call of a room. Nothing if it is as it should be.

    Args:
        room: None if there is none, or it was deleted.
        connections: who is in the call. None are needed to know that it must end.
    """
    if (reason := _why_closed(room, at)) is not None:
        return [EndCall(reason)]
    assert room is not None
    needed: list[Correction] = []
    for connection in connections:
        role = role_in(room, roster, connection.raw_id)
        if role is None:
            needed.append(Remove(connection))
        elif role != connection.role:
            needed.append(ChangeRole(connection, role))
    return needed


def _why_closed(room: Room | None, at: Ticks) -> CorrectionReason | None:
    if room is None:
        return "Deleted"
    if room.carrier == "acs":
        return "CallsAtAcs"
    match state_at(room, at):
        case "expired":
            return "Closed"
        case "upcoming" if room.valid_from > at + OPENS_AT_ONCE:
            return "NotOpenYet"
        case _:
            return None
