"""A room, its id and its validity: when it may be joined."""

import hashlib
import re
from dataclasses import dataclass, replace
from typing import Literal, get_args

from rooms.domain.errors import CallsAtAcs, InvalidValidity, PolicyChangeTooLate, ValidityFault
from rooms.domain.time import DAY, MAX_TIME, Ticks

MAX_VALIDITY: Ticks = 180 * DAY
"""The longest that a room may be valid, and the furthest ahead that it may open."""

ROOM_IDS = 10**14
"""The number of ids that can be made."""

ROOM_ID = re.compile(r"[0-9]{16,17}")

type JoinPolicy = Literal["InviteOnly", "CommunicationServiceUsers"]
"""Who may join: the invited, or every ACS user. A room of the latter policy is called open."""
JOIN_POLICIES: tuple[JoinPolicy, ...] = get_args(JoinPolicy.__value__)

type RoomCarrier = Literal["own", "acs"]
"""Where the calls of a room run: `acs` for a room that ACS has, too; else `own`."""
ROOM_CARRIERS: tuple[RoomCarrier, ...] = get_args(RoomCarrier.__value__)


@dataclass(frozen=True, slots=True)
class Room:
    """A room as the wire knows it. It may be joined from `valid_from` until just before
    `valid_until`."""

    id: str
    created_at: Ticks
    valid_from: Ticks
    valid_until: Ticks
    pstn_dial_out_enabled: bool
    join_policy: JoinPolicy = "InviteOnly"
    carrier: RoomCarrier = "own"


type RoomState = Literal["open", "upcoming", "expired"]
ROOM_STATES: tuple[RoomState, ...] = get_args(RoomState.__value__)


@dataclass(frozen=True, slots=True)
class RoomChange:
    """The fields that a caller sets. None leaves a field as it is; a new room gets its default."""

    valid_from: Ticks | None = None
    valid_until: Ticks | None = None
    pstn_dial_out_enabled: bool | None = None
    join_policy: JoinPolicy | None = None


def is_room_id(text: str) -> bool:
    """Returns whether `text` can be a room's id: 16 or 17 digits, whatever the first ones are."""
    return ROOM_ID.fullmatch(text) is not None


def numbered_room_id(number: int) -> str:
    """Returns an id that looks like those of ACS: 994 and 14 digits."""
    return f"994{number % ROOM_IDS:014d}"


def repeatable_room_id(request_id: str, attempt: int) -> str:
    """Returns the id of the room that a create with this Repeatability-Request-ID makes. It is the
    same when the request is sent again.

    Args:
        attempt: how many such ids were found to be other rooms'.
    """
    return numbered_room_id(
        int.from_bytes(hashlib.sha256(f"{request_id}:{attempt}".encode()).digest())
    )


def state_at(room: Room, at: Ticks) -> RoomState:
    """Returns whether the room can be joined at that time, later, or no longer."""
    if at < room.valid_from:
        return "upcoming"
    return "open" if at < room.valid_until else "expired"


def check_calls_here(room: Room) -> None:
    """Raises CallsAtAcs if the calls of the room run at ACS."""
    if room.carrier == "acs":
        raise CallsAtAcs


def admits_guests(policy: JoinPolicy) -> bool:
    """Returns whether ACS users who are not invited may join a room of this policy."""
    return policy == "CommunicationServiceUsers"


def check_new_validity(wanted: RoomChange, now: Ticks) -> None:
    """Checks the times of a new room. The range is checked only if its end is given.

    Raises:
        InvalidValidity: with all faults; an end in the past is the only one.
    """
    if wanted.valid_until is not None and wanted.valid_until <= now:
        raise InvalidValidity([ValidityFault.END_IN_THE_PAST])
    faults = []
    if wanted.valid_from is not None and wanted.valid_from > now + MAX_VALIDITY:
        faults.append(ValidityFault.STARTS_TOO_LATE)
    if wanted.valid_until is not None:
        start = now if wanted.valid_from is None else wanted.valid_from
        if not 0 <= wanted.valid_until - start <= MAX_VALIDITY:
            faults.append(ValidityFault.BAD_RANGE)
    if faults:
        raise InvalidValidity(faults)


def check_changed_validity(wanted: RoomChange, now: Ticks) -> None:
    """Checks the times of a change as those of a create. Both or neither must be given.

    Raises:
        InvalidValidity: with all faults.
    """
    if (wanted.valid_from is None) != (wanted.valid_until is None):
        raise InvalidValidity([ValidityFault.ONLY_ONE_TIME])
    check_new_validity(wanted, now)


def new_room(room_id: str, wanted: RoomChange, now: Ticks) -> Room:
    """Returns the room that a create makes: valid from now, for 180 days, without dial-out, for the
    invited only, unless `wanted` says otherwise."""
    return Room(
        id=room_id,
        created_at=now,
        valid_from=now if wanted.valid_from is None else wanted.valid_from,
        valid_until=min(now + MAX_VALIDITY, MAX_TIME)
        if wanted.valid_until is None
        else wanted.valid_until,
        pstn_dial_out_enabled=bool(wanted.pstn_dial_out_enabled),
        join_policy=wanted.join_policy or "InviteOnly",
    )


def updated_room(room: Room, wanted: RoomChange) -> Room:
    """Returns `room` with what `wanted` sets."""
    return replace(
        room,
        valid_from=room.valid_from if wanted.valid_from is None else wanted.valid_from,
        valid_until=room.valid_until if wanted.valid_until is None else wanted.valid_until,
        pstn_dial_out_enabled=room.pstn_dial_out_enabled
        if wanted.pstn_dial_out_enabled is None
        else wanted.pstn_dial_out_enabled,
        join_policy=wanted.join_policy or room.join_policy,
    )


def check_policy_change(before: Room, after: Room, now: Ticks) -> None:
    """Checks that the policy changes only while the room, as it is `after`, has not opened yet.

    Raises:
        PolicyChangeTooLate: it has.
    """
    if after.join_policy != before.join_policy and after.valid_from <= now:
        raise PolicyChangeTooLate
