"""Decides whether a person may join a room at a time, and why not.

The reasons and their subcodes are those with which ACS's calling service ended a join (its
documentation of call end codes): 5828 not on the list of invitees, 5829 before the start or after
the end, 5830 no Communication Services user.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from rooms.domain.call import Call
from rooms.domain.capabilities import Allowed, capabilities
from rooms.domain.presence import present_at
from rooms.domain.room import Room, admits_guests, state_at
from rooms.domain.roster import Role, Roster, is_acs_user
from rooms.domain.time import SECOND, Ticks, format_time

GUEST_ROLE: Role = "Attendee"

type ReasonCode = Literal["NotCommunicationUser", "NotInvited", "NotOpenYet", "Closed", "RoomFull"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody may not join. `message` is for that person. Only NotOpenYet has `opens_at`."""

    code: ReasonCode
    sub_code: int | None
    message: str
    opens_at: Ticks | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """The person may join in this role, until just before `valid_until`. A `guest` joins an open
    room without an invitation."""

    role: Role
    capabilities: list[Allowed]
    valid_until: Ticks
    guest: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """The person may not join. `reasons` has all that apply, at least one."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Occupancy:
    """The people in the live call of a room. `seen` also has those who have left: they may come
    back.

    `incomplete`: not all events of the call were read. Then the people known count.
    """

    count: int
    seen: frozenset[str]
    incomplete: bool = False


UNOCCUPIED = Occupancy(0, frozenset())


def occupancy_at(call: Call | None, at: Ticks) -> Occupancy:
    """Returns how many people are in the call that goes on at `at`, and who has been in it."""
    if call is None:
        return UNOCCUPIED
    seen = frozenset(leg.person for leg in call.legs if leg.joined_at <= at)
    return Occupancy(len(present_at(call, at)), seen, call.incomplete)


def needs_occupancy(room: Room, roster: Roster, capacity: int) -> bool:
    """Returns whether the people in the call have to be counted. If only the invited get in, and
    all of them fit, they need not be."""
    return admits_guests(room.join_policy) or len(roster) > capacity


def role_in(room: Room, roster: Roster, raw_id: str) -> Role | None:
    """Returns the role of a person in a room: a guest of an open room is an Attendee. None if they
    are not invited."""
    if raw_id not in roster and admits_guests(room.join_policy):
        return GUEST_ROLE
    return roster.get(raw_id)


def admission(
    room: Room,
    roster: Roster,
    raw_id: str,
    at: Ticks,
    occupancy: Occupancy,
    capacity: int,
    lacks: Collection[str] = (),
) -> Admitted | Refused:
    """Decides whether the person `raw_id` may join the room at `at`.

    Args:
        occupancy: who is in the room's call; UNOCCUPIED unless `needs_occupancy`.
        capacity: how many people a call holds.
        lacks: what nobody can do in its calls.
    """
    reasons = []
    if not is_acs_user(raw_id):
        message = "Only users of Azure Communication Services can join this room."
        reasons.append(Reason("NotCommunicationUser", 5830, message))
    guest = raw_id not in roster and admits_guests(room.join_policy)
    role = role_in(room, roster, raw_id)
    if role is None:
        reasons.append(Reason("NotInvited", 5828, "You are not invited to this room."))
    match state_at(room, at):
        case "upcoming":
            message = f"This room is not open yet. It opens at {_to_the_second(room.valid_from)}."
            reasons.append(Reason("NotOpenYet", 5829, message, room.valid_from))
        case "expired":
            reasons.append(
                Reason(
                    "Closed",
                    5829,
                    f"This room is closed. It was open until {_to_the_second(room.valid_until)}.",
                )
            )
    if occupancy.count >= capacity and raw_id not in occupancy.seen:
        people = "1 person" if capacity == 1 else f"{capacity} people"
        message = f"This room is full: its call holds {people}. Try again when somebody has left."
        reasons.append(Reason("RoomFull", None, message))
    if role is None or reasons:
        return Refused(tuple(reasons))
    allowed = capabilities(role, room.pstn_dial_out_enabled, lacks)
    return Admitted(role, allowed, room.valid_until, guest)


def _to_the_second(at: Ticks) -> str:
    """Returns a time like `2026-05-04 10:00:00 UTC`, cut to the second."""
    date, _, time = format_time(at - at % SECOND).removesuffix("+00:00").partition("T")
    return f"{date} {time} UTC"
