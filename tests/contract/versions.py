"""How a client of each api-version makes, reads, changes and deletes a room, as its SDK did."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any
from uuid import uuid4

from rooms.api.acs.versions.table import API_VERSIONS
from testkit.raw import Raw
from testkit.raw_http import Answer

type Seen = list[tuple[str, str | None]]
"""Raw ids and roles. A version without roles sees None."""


@dataclass(frozen=True, slots=True)
class Client(ABC):
    """A client of one api-version."""

    raw: Raw

    def create(self, people: dict[str, str], body: dict[str, Any] | None = None) -> str:
        """Creates a room with these roles, and returns its id."""
        answer = self.raw.post(
            "/rooms", {**(body or {}), **self.roster_of(people)}, self.repeatability()
        )
        assert answer.status == 201, answer.body
        room: str = self.changed(answer)["id"]
        assert answer.headers["location"] == room
        return room

    def repeatability(self) -> dict[str, str]:
        """The headers of a create."""
        return {
            "Repeatability-Request-ID": str(uuid4()),
            "Repeatability-First-Sent": formatdate(usegmt=True),
        }

    def room(self, room_id: str) -> dict[str, Any]:
        """Reads a room."""
        return self.ok(self.raw.get(f"/rooms/{room_id}"))

    def extend(self, room_id: str, start: str, end: str) -> None:
        """Changes the times of a room."""
        times = {"validFrom": start, "validUntil": end}
        room = self.changed(self.raw.patch(f"/rooms/{room_id}", times))
        assert (room["validFrom"], room["validUntil"]) == (start, end)

    def delete(self, room_id: str) -> int:
        """Deletes a room, and returns the status."""
        return self.raw.delete(f"/rooms/{room_id}").status

    def ok(self, answer: Answer) -> dict[str, Any]:
        """Returns the body of a success."""
        assert answer.status == 200, answer.body
        body: dict[str, Any] = answer.json()
        return body

    def changed(self, answer: Answer) -> dict[str, Any]:
        """Returns the room in the answer to a create or an update."""
        assert answer.status in (200, 201), answer.body
        room: dict[str, Any] = answer.json()
        return room

    @abstractmethod
    def roster_of(self, people: dict[str, str]) -> dict[str, Any]:
        """Returns the part of a body that invites people."""

    @abstractmethod
    def roster(self, room_id: str) -> Seen:
        """Reads the roster."""

    @abstractmethod
    def invite(self, room_id: str, raw_id: str) -> None:
        """Invites somebody as Attendee."""

    @abstractmethod
    def remove(self, room_id: str, raw_id: str) -> None:
        """Removes somebody."""


class ClientOf2021(Client):
    """Java 1.0.0-alpha.1."""

    def repeatability(self) -> dict[str, str]:
        return {}

    def changed(self, answer: Answer) -> dict[str, Any]:
        assert answer.status in (200, 201), answer.body
        assert list(answer.json()) == ["room"]
        room: dict[str, Any] = answer.json()["room"]
        return room

    def roster_of(self, people: dict[str, str]) -> dict[str, Any]:
        return {"participants": {raw_id: {} for raw_id in people}} if people else {}

    def roster(self, room_id: str) -> Seen:
        participants = self.room(room_id).get("participants", {})
        assert all(each == {} for each in participants.values())
        return [(raw_id, None) for raw_id in participants]

    def invite(self, room_id: str, raw_id: str) -> None:
        self._patch(room_id, {raw_id: {}})

    def remove(self, room_id: str, raw_id: str) -> None:
        self._patch(room_id, {raw_id: None})

    def _patch(self, room_id: str, participants: dict[str, Any]) -> None:
        answer = self.raw.patch(f"/rooms/{room_id}", {"participants": participants})
        assert list(self.changed(answer).get("participants", {})) == [
            raw_id for raw_id, _ in self.roster(room_id)
        ]


class ClientOf2022(Client):
    """Python 1.0.0b1 and b2, JavaScript 1.0.0-alpha."""

    def repeatability(self) -> dict[str, str]:
        return {
            "Repeatability-Request-ID": str(uuid4()),
            "Repeatability-First-Sent": "2026-11-29T04:21:19.134861Z",
        }

    def roster_of(self, people: dict[str, str]) -> dict[str, Any]:
        return {"participants": [participant(*person) for person in people.items()]}

    def roster(self, room_id: str) -> Seen:
        participants = self.ok(self.raw.get(f"/rooms/{room_id}/participants"))["participants"]
        assert self.room(room_id)["participants"] == participants
        return [(raw_id_in(each), each["role"]) for each in participants]

    def invite(self, room_id: str, raw_id: str) -> None:
        self._post(room_id, "add", participant(raw_id, "Attendee"))

    def remove(self, room_id: str, raw_id: str) -> None:
        self._post(room_id, "remove", participant(raw_id))

    def _post(self, room_id: str, what: str, *participants: dict[str, Any]) -> None:
        body = {"participants": list(participants)}
        answer = self.ok(self.raw.post(f"/rooms/{room_id}/participants:{what}", body))
        assert answer == self.ok(self.raw.get(f"/rooms/{room_id}/participants"))


class ClientOf2023(Client):
    """All releases from 2023 on."""

    def roster_of(self, people: dict[str, str]) -> dict[str, Any]:
        return {"participants": {raw_id: {"role": role} for raw_id, role in people.items()}}

    def roster(self, room_id: str) -> Seen:
        return [*self.raw.roster(room_id)]

    def invite(self, room_id: str, raw_id: str) -> None:
        self._patch(room_id, {raw_id: {}})

    def remove(self, room_id: str, raw_id: str) -> None:
        self._patch(room_id, {raw_id: None})

    def _patch(self, room_id: str, participants: dict[str, Any]) -> None:
        body = {"participants": participants}
        assert self.ok(self.raw.patch(f"/rooms/{room_id}/participants", body)) == {}


def participant(raw_id: str, role: str | None = None) -> dict[str, Any]:
    """Returns a participant as Python 1.0.0b1 sends it: without rawId."""
    identifier = {"communicationIdentifier": {"communicationUser": {"id": raw_id}}}
    return identifier if role is None else {**identifier, "role": role}


def raw_id_in(participant: dict[str, Any]) -> str:
    """Returns who a participant of 2022 is."""
    identifier = participant["communicationIdentifier"]
    assert identifier["communicationUser"]["id"] == identifier["rawId"]
    raw_id: str = identifier["rawId"]
    return raw_id


def client_of(name: str, endpoint: str, key: str) -> Client:
    """Returns a client of the api-version of that name."""
    kinds = {"2021-04-07": ClientOf2021, "2022-02-01": ClientOf2022}
    assert name in API_VERSIONS
    return kinds.get(name, ClientOf2023)(Raw(endpoint, key, name))
