"""Why a rule refuses. The API gives each a status and a text (`rooms/api/errors.py`).

DomainError
├── RoomNotFound          no such room, or a deleted one
├── UserNotFound          no such user of this service, or a deleted one
├── InvalidValidity       the times of a room break a rule
├── PolicyChangeTooLate   the room has opened: who may join stays as it is
├── ReadOnlyHere          rooms are changed at ACS, and only observed here
├── TooManyParticipants   a roster, or a change of one, is too long
├── TooManyNames          details name too many people
├── IncompleteSchedule    only one of the two scheduled times is set
├── ReversedSchedule      the scheduled end is not after the start
├── RoomOver              nobody can join the room any more
├── PersonNotInvited      a join link is for somebody whom the room would not let in
├── InvalidLinkExpiry     a join link would expire in the past, or after the room
├── CallsAtAcs            ACS carries the calls of the room
├── CallGoesOn            a room is to move while it has a call
├── GoneAtAcs             a room is to move to ACS, which does not have it
├── NoGuestsAtAcs         a room that is open to guests is to be at ACS
└── OtherResource         the user is not one of the ACS resource
"""

from collections.abc import Sequence
from enum import Enum, auto


class DomainError(Exception):
    """Base of the errors of this package."""


class RoomNotFound(DomainError):
    """The room does not exist or was deleted."""


class UserNotFound(DomainError):
    """This service did not make the user, or the user was deleted."""


class ValidityFault(Enum):
    """What can be wrong with the times of a room."""

    END_IN_THE_PAST = auto()
    BAD_RANGE = auto()
    STARTS_TOO_LATE = auto()
    ONLY_ONE_TIME = auto()


class InvalidValidity(DomainError):
    """The times of a room break these rules, at least one."""

    def __init__(self, faults: Sequence[ValidityFault]) -> None:
        super().__init__(", ".join(fault.name for fault in faults))
        self.faults = faults


class PolicyChangeTooLate(DomainError):
    """Who may join a room is to change after it has opened."""


class ReadOnlyHere(DomainError):
    """Rooms are made and changed at ACS: this service only observes them."""


class TooManyParticipants(DomainError):
    """A roster, or a change of one, has more than `limit` people."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit:,} participants")
        self.limit = limit


class TooManyNames(DomainError):
    """Details name more than `limit` people."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"names of more than {limit:,} people")
        self.limit = limit


class IncompleteSchedule(DomainError):
    """One of the two scheduled times is set, and `missing` is not."""

    def __init__(self, missing: str) -> None:
        super().__init__(f"{missing} is missing")
        self.missing = missing


class ReversedSchedule(DomainError):
    """The scheduled end is not after the scheduled start."""


class RoomOver(DomainError):
    """Nobody can join the room any more."""


class PersonNotInvited(DomainError):
    """A join link is for somebody whom the room would not let in."""


class InvalidLinkExpiry(DomainError):
    """A join link would expire in the past, or after the end of the room."""


class CallsAtAcs(DomainError):
    """This service cannot do it: ACS has the room and carries its calls."""


class CallGoesOn(DomainError):
    """A room is to move while it has a call."""


class GoneAtAcs(DomainError):
    """A room is to move to ACS, which does not have it."""


class NoGuestsAtAcs(DomainError):
    """A room that is open to guests is to be at ACS, which has none."""


class OtherResource(DomainError):
    """The ACS resource does not know the user: another resource made it, or it was deleted."""
