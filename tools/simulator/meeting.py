"""Describes a meeting as it really was: who was invited, its calls, and who was in them when."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who was invited, or came, or both."""

    raw_id: str
    name: str
    display_name: str | None
    """The name in calls. Not everybody has one."""
    role: str
    """The role on the roster."""
    invited: bool
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """One unbroken stay of one device in a call."""

    person: Person
    role: str
    participant_id: str
    client: str
    joined: datetime
    left: datetime
    """When the device left. Never after the end of the call."""
    removed: datetime
    """The time of the leave event. It can be after the end of the call."""


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
    """A new role on the roster. The person is removed from the call, and joins again."""

    at: datetime
    person: Person
    role: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """All that happened in one room."""

    title: str
    people: tuple[Person, ...]
    calls: tuple[Call, ...]
    """By time. They do not overlap."""
    role_changes: tuple[RoleChange, ...]
    scheduled_start: datetime
    scheduled_end: datetime

    @property
    def invited(self) -> tuple[Person, ...]:
        """Returns the people on the roster."""
        return tuple(person for person in self.people if person.invited)

    @property
    def external_ids(self) -> dict[str, str | None]:
        """Returns the external ids of the people on the roster, by raw id."""
        return {person.raw_id: person.external_id for person in self.invited}

    @property
    def over(self) -> datetime:
        """Returns the time of the last thing that happens."""
        ends = [call.ended for call in self.calls]
        ends += [leg.removed for call in self.calls for leg in call.legs]
        return max([self.scheduled_end, *ends])
