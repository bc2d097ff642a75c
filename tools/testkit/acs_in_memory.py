"""Rooms of ACS in memory, with its list, for tests of what reads them: no network, no storage, and
a clock that is given."""

import itertools
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlencode, urlsplit

from rooms.acs.answer import AcsAnswer
from rooms.acs.errors import AcsRefusesUs
from rooms.acs.rooms_api import RoomAtAcs
from rooms.domain.room import MAX_VALIDITY, Room, numbered_room_id
from rooms.domain.roster import Roster
from rooms.domain.time import SECOND, Ticks, format_time

type Fault = Callable[[], AcsAnswer]
"""Answers instead of ACS, or raises."""

PAGE = 30


@dataclass
class AcsInMemory:
    """Its rooms. `send` answers as the resource does."""

    clock: Callable[[], Ticks]
    page: int = PAGE
    """Rooms on a page."""
    rooms: dict[str, RoomAtAcs] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """The paths of all requests."""
    faults: list[tuple[str, Fault | None]] = field(default_factory=list)
    """What the next request meets whose path begins so; None: nothing."""
    strange: dict[str, Mapping[str, object]] = field(default_factory=dict)
    """Fields that it answers otherwise, by room."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def add(
        self,
        roster: Roster | None = None,
        created_at: Ticks | None = None,
        valid_until: Ticks | None = None,
        room_id: str | None = None,
    ) -> str:
        """Makes a room, now if nothing else is said, and returns its id."""
        at = self.clock() if created_at is None else created_at
        room_id = room_id or numbered_room_id(10 * next(self._numbers))
        until = at + MAX_VALIDITY if valid_until is None else valid_until
        room = Room(room_id, at, at, until, False, carrier="acs")
        self.rooms[room_id] = RoomAtAcs(room, dict(roster or {}))
        return room_id

    def change(self, room_id: str, **fields: Ticks | bool) -> None:
        """Changes fields of a room."""
        there = self.rooms[room_id]
        self.rooms[room_id] = replace(there, room=replace(there.room, **fields))  # type: ignore[arg-type]

    def invite(self, room_id: str, roster: Roster) -> None:
        """Replaces the roster of a room."""
        self.rooms[room_id] = replace(self.rooms[room_id], roster=dict(roster))

    def drop_expired(self) -> None:
        """Forgets the rooms that are past their end, as ACS does after a while."""
        now = self.clock()
        self.rooms = {
            room_id: there for room_id, there in self.rooms.items() if there.room.valid_until > now
        }

    def next(self, path: str, fault: Fault, times: int = 1, skip: int = 0) -> None:
        """Lets the next requests whose path begins so meet a fault, after those that it skips."""
        self.faults += [(path, None)] * skip + [(path, fault)] * times

    async def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> AcsAnswer:
        """Answers a request that reads."""
        assert method == "GET", "it is only read here"
        parts = urlsplit(target)
        self.asked.append(parts.path)
        for each in self.faults:
            path, fault = each
            if parts.path.startswith(path):
                self.faults.remove(each)
                if fault is not None:
                    return fault()
                break
        match parts.path.split("/")[1:]:
            case ["rooms"]:
                return self._list(parse_qs(parts.query).get("after", [None])[0])
            case ["rooms", room_id, *rest] if room_id in self.rooms:
                return self._roster(room_id) if rest else answer(200, self._told(room_id))
        return answer(404, {"error": {"code": "NotFound", "message": "There is none."}})

    def refused(self) -> AcsRefusesUs:
        """Returns the error for an answer that refuses us."""
        return AcsRefusesUs()

    def _list(self, after: str | None) -> AcsAnswer:
        ordered = sorted(map(_place, self.rooms.values()))
        left = [place for place in ordered if after is None or place > _read(after)]
        some = left[: self.page]
        body: dict[str, object] = {"value": [self._told(room_id) for _, room_id in some]}
        if len(left) > len(some):
            query = urlencode({"after": _written(some[-1]), "api-version": "x"})
            body["nextLink"] = f"https://acs.example/rooms?{query}"
        return answer(200, body)

    def _told(self, room_id: str) -> dict[str, object]:
        room = self.rooms[room_id].room
        told = {
            "id": room_id,
            "createdAt": format_time(room.created_at),
            "validFrom": format_time(room.valid_from),
            "validUntil": format_time(room.valid_until),
            "pstnDialOutEnabled": room.pstn_dial_out_enabled,
        }
        return told | dict(self.strange.get(room_id, {}))

    def _roster(self, room_id: str) -> AcsAnswer:
        people = self.rooms[room_id].roster.items()
        return answer(200, {"value": [{"rawId": raw_id, "role": role} for raw_id, role in people]})


def answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> AcsAnswer:
    """Returns an answer."""
    return AcsAnswer(status, headers or {}, json.dumps(body).encode())


def people(count: int) -> Roster:
    """Returns a roster of so many people."""
    return {f"8:acs:{n:08}-0000-0000-0000-000000000000_{n:08}": "Attendee" for n in range(count)}


def _place(there: RoomAtAcs) -> tuple[Ticks, str]:
    """Returns the place in the list: the newest second first, and any order within it."""
    return -(there.room.created_at // SECOND), there.room.id


def _written(place: tuple[Ticks, str]) -> str:
    return urlsafe_b64encode(json.dumps(place).encode()).decode()


def _read(text: str) -> tuple[Ticks, str]:
    seconds, room_id = json.loads(urlsafe_b64decode(text))
    return seconds, room_id
