"""ACS's rooms, as values: each request in one api-version, whatever a caller's is.

What ACS answers is read with care: an answer of another form is NoAnswerOfAcs, not a room.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from rooms.acs.answer import AcsAnswer
from rooms.acs.errors import AcsRefusesUs, NoAnswerOfAcs, Refused
from rooms.domain.limits import LIMITS
from rooms.domain.room import Room, RoomChange, is_room_id
from rooms.domain.roster import ROLES, Roster, RosterPatch
from rooms.domain.time import format_time, parse_time
from rooms.log_text import escaped

API_VERSION = "2025-03-13"


@dataclass(frozen=True, slots=True)
class RoomAtAcs:
    """A room as ACS has it, with its roster."""

    room: Room
    roster: Roster


@dataclass(frozen=True, slots=True)
class RepeatabilityHeaders:
    """The headers by which ACS knows a create that is sent again."""

    request_id: str
    first_sent: str
    """Nothing: the caller does not send it, and ACS will refuse that."""


@dataclass(frozen=True, slots=True)
class RoomPage:
    """A page of the list, the newest room first. `link` leads to the next one."""

    rooms: list[Room]
    not_understood: list[str]
    """Ids of what is no room that this service knows."""
    link: str | None


class Sender(Protocol):
    """What sends requests to ACS, as Resource does."""

    async def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> AcsAnswer:
        """Sends a request, and returns the answer."""

    def refused(self) -> AcsRefusesUs:
        """Returns the error for an answer that refuses us."""


class RoomsApi:
    """The rooms of one resource.

    Every method raises AcsUnavailable, NoAnswerOfAcs, AcsRefusesUs for a 401 or 403, and Refused
    for any other error of ACS. A request is never sent twice. Each takes `Limits.acs_seconds` at
    most.
    """

    def __init__(self, resource: Sender) -> None:
        self._resource = resource

    async def get(self, room_id: str) -> RoomAtAcs | None:
        """Returns a room with its roster, or None if ACS does not know it. Two requests; more for a
        roster of several pages."""
        try:
            room = room_of(await self._send("GET", f"/rooms/{room_id}"))
            return RoomAtAcs(room, await self._people(room_id))
        except Refused as refused:
            if refused.answer.status == 404:
                return None
            raise

    async def roster(self, room_id: str) -> Roster | None:
        """Returns the roster of a room, or None if ACS does not know the room. One request; more
        for one of several pages."""
        try:
            return await self._people(room_id)
        except Refused as refused:
            if refused.answer.status == 404:
                return None
            raise

    async def page(self, link: str | None = None) -> RoomPage:
        """Returns a page of the list. One request."""
        body = body_of(await self._send("GET", link or "/rooms"))
        rooms, not_understood = list[Room](), list[str]()
        for each in _values(body):
            try:
                rooms.append(_room(each))
            except NoAnswerOfAcs:
                not_understood.append(_id_of(each))
        return RoomPage(rooms, not_understood, _next(body))

    async def create(
        self, wanted: RoomChange, roster: Roster, repeatability: RepeatabilityHeaders
    ) -> tuple[Room, AcsAnswer]:
        """Makes a room. Returns it, and the whole answer."""
        people = {raw_id: {"role": role} for raw_id, role in roster.items()}
        body = _fields(wanted) | ({"participants": people} if people else {})
        headers = {"Repeatability-Request-ID": repeatability.request_id}
        if repeatability.first_sent:
            headers["Repeatability-First-Sent"] = repeatability.first_sent
        answer = await self._send("POST", "/rooms", body, headers)
        return room_of(answer), answer

    async def update(self, room_id: str, wanted: RoomChange) -> Room:
        """Sets what `wanted` sets, and returns the room."""
        return room_of(await self._send("PATCH", f"/rooms/{room_id}", _fields(wanted)))

    async def patch_roster(self, room_id: str, patch: RosterPatch) -> None:
        """Merges a patch into the roster."""
        people = {
            raw_id: None if role is None else {"role": role} for raw_id, role in patch.items()
        }
        await self._send("PATCH", f"/rooms/{room_id}/participants", {"participants": people})

    async def delete(self, room_id: str) -> None:
        """Deletes a room."""
        await self._send("DELETE", f"/rooms/{room_id}")

    async def _people(self, room_id: str) -> Roster:
        roster: Roster = {}
        link: str | None = f"/rooms/{room_id}/participants"
        while link is not None:
            body = body_of(await self._send("GET", link))
            for each in _values(body):
                match each:
                    case {"rawId": str(raw_id), "role": role} if role in ROLES:
                        roster[raw_id] = role
                    case _:
                        raise NoAnswerOfAcs
            link = _next(body)
        return roster

    async def _send(
        self,
        method: str,
        target: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AcsAnswer:
        """Returns an answer that is no error."""
        sent = dict(headers or {})
        if body is not None:
            merges = method == "PATCH"
            sent["Content-Type"] = f"application/{'merge-patch+' if merges else ''}json"
        if "?" not in target:
            target = f"{target}?{urlencode({'api-version': API_VERSION})}"
        text = b"" if body is None else json.dumps(body).encode()
        answer = await self._resource.send(method, target, sent, text)
        if answer.status in (401, 403):
            raise self._resource.refused()
        if answer.status >= 400:
            raise Refused(answer)
        return answer


def body_of(answer: AcsAnswer) -> Mapping[str, Any]:
    """Returns the body of an answer. Raises NoAnswerOfAcs."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise NoAnswerOfAcs from error
    if not isinstance(body, dict):
        raise NoAnswerOfAcs
    return body


def room_of(answer: AcsAnswer) -> Room:
    """Returns the room of an answer. Raises NoAnswerOfAcs."""
    return _room(body_of(answer))


def _room(body: Any) -> Room:
    match body:
        case {
            "id": str(room_id),
            "createdAt": str(created_at),
            "validFrom": str(valid_from),
            "validUntil": str(valid_until),
        } if is_room_id(room_id):
            try:
                return Room(
                    id=room_id,
                    created_at=parse_time(created_at),
                    valid_from=parse_time(valid_from),
                    valid_until=parse_time(valid_until),
                    pstn_dial_out_enabled=body.get("pstnDialOutEnabled") is True,
                    carrier="acs",
                )
            except ValueError as error:
                raise NoAnswerOfAcs from error
    raise NoAnswerOfAcs


def _id_of(body: Any) -> str:
    """Returns the id of what is no room that this service knows, if it has one."""
    match body:
        case {"id": str(room_id)}:
            return escaped(room_id[: LIMITS.event_room_id])
    return "-"


def _values(body: Mapping[str, Any]) -> list[Any]:
    values = body.get("value")
    if not isinstance(values, list):
        raise NoAnswerOfAcs
    return values


def _next(body: Mapping[str, Any]) -> str | None:
    """Returns path and query of the next page: requests go to the resource that is set, whatever a
    link says. Raises NoAnswerOfAcs for one that is none."""
    link = body.get("nextLink")
    if not isinstance(link, str) or not link:
        return None
    try:
        parts = urlsplit(link)
    except ValueError as error:
        raise NoAnswerOfAcs from error
    if not parts.path.startswith("/"):  # behind the host, it would name another one
        raise NoAnswerOfAcs
    return f"{parts.path}?{parts.query}"


def _fields(wanted: RoomChange) -> dict[str, Any]:
    """Returns what `wanted` sets, as a body has it."""
    times = {"validFrom": wanted.valid_from, "validUntil": wanted.valid_until}
    body: dict[str, Any] = {name: format_time(at) for name, at in times.items() if at is not None}
    if wanted.pstn_dial_out_enabled is not None:
        body["pstnDialOutEnabled"] = wanted.pstn_dial_out_enabled
    return body
