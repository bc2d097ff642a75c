"""Changes of rooms that go through this service to ACS."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from faults.client import Request, invited, repeatable, request_id
from rooms.domain.time import DAY, format_time, now
from rooms.storage.entities import unpack
from testkit.identifiers import raw_id
from testkit.whole import StoredRoom

type Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a room, as it is sent."""

    name: str
    method: str
    path: str
    """What follows the room in the path; a create has no room."""
    body: Body | None
    kinds: frozenset[str]
    """The kinds of log records of it, here."""

    @property
    def is_create(self) -> bool:
        """Returns whether it makes the room."""
        return self.method == "POST"

    @property
    def is_delete(self) -> bool:
        """Returns whether it deletes the room."""
        return self.method == "DELETE"

    def request(self, room_id: str, random: Random) -> Request:
        """Returns the request, which can be sent again as it is."""
        headers = request_id(random)
        if self.is_create:
            return Request("POST", "/rooms", self.body, headers | repeatable(random))
        return Request(self.method, f"/rooms/{room_id}{self.path}", self.body, headers)


def create(*people: str, days: int = 1) -> Change:
    """Makes a room that is open for so many days."""
    body = validity(days) | {"pstnDialOutEnabled": days % 2 == 0} | dict(invited(*people))
    return Change("create", "POST", "", body, frozenset({"RoomCreated"}))


def update(days: int) -> Change:
    """Changes how long a room is open, and whether people are called from it."""
    body = validity(days) | {"pstnDialOutEnabled": days % 2 == 0}
    return Change("update", "PATCH", "", body, frozenset({"RoomUpdated"}))


def participants(patch: Mapping[str, str | None]) -> Change:
    """Invites people in roles, or removes them."""
    body = {"participants": {who: role and {"role": role} for who, role in patch.items()}}
    kinds = frozenset({"ParticipantsUpdated"})
    return Change("participants", "PATCH", "/participants", body, kinds)


def invitees(people: Mapping[str, str | None], role: str = "Attendee") -> Change:
    """Invites people with their names, or removes them."""
    body = {
        "participants": {
            who: None if name is None else {"role": role, "name": name}
            for who, name in people.items()
        }
    }
    kinds = frozenset({"ParticipantsUpdated", "DetailsUpdated"})
    return Change("invitees", "PATCH", "/invitees", body, kinds)


def delete() -> Change:
    """Deletes a room."""
    return Change("delete", "DELETE", "", None, frozenset({"RoomDeleted"}))


def validity(days: int) -> dict[str, str]:
    """Returns the times of a room that is open from today on."""
    today = now() // DAY * DAY
    return {"validFrom": format_time(today), "validUntil": format_time(today + (days + 1) * DAY)}


def person(random: Random) -> str:
    """Returns somebody whom nobody else invites."""
    return raw_id(random.getrandbits(40))


def made_with(room: StoredRoom) -> str | None:
    """Returns the first person with whom a room was made, if there was one."""
    return next(
        (
            who
            for record in room.log
            if record["kind"] == "RoomCreated"
            for who in unpack(record)["participants"]
        ),
        None,
    )
