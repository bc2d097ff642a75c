"""A meeting as it truly was: who was invited, the calls, and who was in them from when to when."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who was invited, or came, or both."""

    raw_id: str
    name: str
    display_name: str | None
    """What they call themselves in calls; not everybody does."""
    role: str
    """Of their invitation."""
    invited: bool


@dataclass(frozen=True, slots=True)
class Leg:
    """One unbroken stay of one device in a call."""

    person: Person
    role: str
    participant_id: str
    client: str
    joined: datetime
    left: datetime
    """When it was out of the call: never after the call's end."""
    removed: datetime
    """The time of the event of its leaving, which may be later than the call's end."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call in the room."""

    id: str
    server_id: str
    started: datetime
    ended: datetime
    started_by: Person
    ended_by: Person
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class RoleChange:
    """The roster gives someone another role, who is then removed from the call and joins again."""

    at: datetime
    person: Person
    role: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """All that happened in one room."""

    title: str
    people: tuple[Person, ...]
    calls: tuple[Call, ...]
    """In their order; each starts after the one before has ended."""
    role_changes: tuple[RoleChange, ...]
    scheduled_start: datetime
    scheduled_end: datetime

    @property
    def invited(self) -> tuple[Person, ...]:
        """Those on the roster."""
        return tuple(person for person in self.people if person.invited)

    @property
    def over(self) -> datetime:
        """When nothing happens any more."""
        return max(
            self.scheduled_end,
            *(call.ended for call in self.calls),
            *(leg.removed for call in self.calls for leg in call.legs),
        )
