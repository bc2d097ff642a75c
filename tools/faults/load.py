"""A mixture of all that the app is asked for, over rooms that come and go."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from azure.data.tables import TableClient, TableTransactionError

from faults.client import (
    InFlight,
    Request,
    Unanswered,
    delivery,
    invited,
    listed,
    mapped,
    new_id,
    of_user,
    repeatable,
    request_id,
    send_until_answered,
)
from rooms.domain.time import DAY, HOUR, SECOND, format_time, now
from rooms.storage.operations import remove
from testkit.events import Meeting
from testkit.identifiers import raw_id
from testkit.raw import Raw
from testkit.transactions import transactions

ROOMS = 30
"""That a client has at a time."""

NEW = 0.2
"""Of the requests of a client who has not so many yet, those that make one."""

LIFE = 40
"""Requests about a room until it is deleted, on average."""

CROWD = 250
"""People of one room in a hundred."""

EVENTS = 40
"""Of each of the first rooms: of ROOMS of them more than the app remembers."""


@dataclass(slots=True)
class Guested:
    """A room of a client, and its call."""

    id: str
    people: Sequence[str]
    call: Meeting
    events: int = 0


@dataclass
class Counted:
    """What all clients were answered."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    statuses: Counter[int] = field(default_factory=Counter)
    sent_again: int = 0
    rooms: int = 0
    wrong: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    """Rooms that were deleted, and whose rows can go."""


class Client:
    """A client with rooms of its own. It sends one request after the other, at a given rate."""

    def __init__(self, raw: Raw, counted: Counted, random: Random, rate: float) -> None:
        self._raw = raw
        self._unsigned = Raw(raw.endpoint, "AAAA" * 22)
        self._counted = counted
        self._random = random
        self._pause = 1 / rate
        self._rooms: list[Guested] = []
        self._in_flight = InFlight()

    def run(self, stopped: threading.Event) -> None:
        due = time.monotonic()
        while not stopped.is_set():
            try:
                self._once()
            except (Unanswered, AssertionError) as problem:
                self._counted.wrong.append(str(problem)[:500])
            due = max(due + self._pause, time.monotonic() - 1)
            stopped.wait(max(0.0, due - time.monotonic()))

    def warm_up(self, rooms: int) -> None:
        """Each kind of request at least once, and the events of so many rooms."""
        for _ in range(rooms):
            self._create(EVENTS // 2)
            room = self._rooms[-1]
            self._sent(
                202,
                delivery(*(event for who in room.people for event in room.call.stay(0, 1, who))),
            )
            room.events = 2
            self.send(200, "GET", f"/rooms/{room.id}/presence")
        self._create(CROWD)
        room = self._rooms[-1]
        for _, ask in _ASKED:
            ask(self, room)
        self._delete(room)

    def _once(self) -> None:
        if not self._rooms or (len(self._rooms) < ROOMS and self._random.random() < NEW):
            self._create(CROWD if self._random.random() < 0.01 else self._random.randint(1, 12))
            return
        room = self._random.choice(self._rooms)
        if self._random.random() < 1 / LIFE:
            self._delete(room)
        else:
            weights = [weight for weight, _ in _ASKED]
            (_, ask) = self._random.choices(_ASKED, weights)[0]
            ask(self, room)

    def send(self, expected: int, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self._sent(expected, Request(method, path, body, headers))

    def _sent(self, expected: int, request: Request, raw: Raw | None = None) -> Any:
        sent = send_until_answered(raw or self._raw, request, self._in_flight)
        with self._counted.lock:
            self._counted.statuses[sent.answer.status] += 1
            self._counted.sent_again += sent.tries - 1
        assert sent.answer.status == expected, f"{request.method} {request.path}: {sent.answer}"
        return sent.answer

    def _create(self, count: int) -> None:
        people = [raw_id(self._random.randrange(10_000)) for _ in range(count)]
        body = {**_open_for_a_day(), **invited(*people)}
        answer = self._sent(201, Request("POST", "/rooms", body, repeatable(self._random)))
        room_id = answer.json()["id"]
        self._rooms.append(
            Guested(room_id, people, Meeting(room_id, now() - 60 * SECOND, new_id(self._random)))
        )
        with self._counted.lock:
            self._counted.rooms += 1

    def _delete(self, room: Guested) -> None:
        self._sent(204, Request("DELETE", f"/rooms/{room.id}", None, request_id(self._random)))
        self._rooms.remove(room)
        with self._counted.lock:
            self._counted.gone.append(room.id)

    def change_room(self, room: Guested) -> None:
        self.send(200, "PATCH", f"/rooms/{room.id}", _open_for_a_day())

    def change_roster(self, room: Guested) -> None:
        who, role = (
            raw_id(self._random.randrange(10_000)),
            self._random.choice(({"role": "Presenter"}, None)),
        )
        self.send(200, "PATCH", f"/rooms/{room.id}/participants", {"participants": {who: role}})

    def change_as_in_2022(self, room: Guested) -> None:
        """Invites and removes somebody, on routes that only 2022-02-01 has."""
        who = raw_id(self._random.randrange(10_000))
        for action, body in ("add", listed(who)), ("remove", listed(who, role=None)):
            path = f"/rooms/{room.id}/participants:{action}"
            self._sent(200, Request("POST", path, body, version="2022-02-01"))
        self._sent(200, Request("GET", f"/rooms/{room.id}", version="2022-02-01"))

    def change_as_in_2021(self, room: Guested) -> None:
        """Changes the room and its roster at once."""
        body = {**_open_for_a_day(), **mapped(raw_id(self._random.randrange(10_000)))}
        self._sent(200, Request("PATCH", f"/rooms/{room.id}", body, version="2021-04-07"))

    def use_a_token(self, _: Guested) -> None:
        """The life of a user."""
        made = self._sent(201, of_user("POST", "", {"createTokenWithScopes": ["voip"]})).json()
        path = f"/{made['identity']['id']}"
        issue = of_user("POST", f"{path}/:issueAccessToken", {"scopes": ["voip"]})
        token = self._sent(200, issue).json()
        self._check(made["accessToken"]["token"], True)
        self._sent(204, of_user("POST", f"{path}/:revokeAccessTokens"))
        self._check(token["token"], False)
        self._sent(204, of_user("DELETE", path))

    def _check(self, token: str, valid: bool) -> None:
        answer = self.send(200, "POST", "/identities/:checkAccessToken", {"token": token})
        assert answer.json()["valid"] == valid, answer

    def name(self, room: Guested) -> None:
        names = {room.people[0]: {"name": f"Person {self._random.randrange(100)}"}}
        self.send(
            200,
            "PATCH",
            f"/rooms/{room.id}/details",
            {"title": f"Tea {self._random.random()}", "participants": names},
        )

    def happen(self, room: Guested) -> None:
        """Some events: somebody comes, and goes."""
        who, at, call = self._random.choice(room.people), room.events, room.call
        events = [call.started()] if not room.events else call.stay(at, at + 1, who)
        room.events += 2
        self._sent(202, delivery(*events))

    def misunderstand(self, room: Guested) -> None:
        """An event that is not understood, and is dropped."""
        self._sent(202, delivery({**room.call.started(), "eventTime": new_id(self._random)}))
        for event in self.send(200, "GET", "/quarantine").json()["value"]:
            raw = Raw(self._raw.endpoint, self._raw.key, None)
            answer = send_until_answered(
                raw, Request("DELETE", f"/quarantine/{event['id']}"), self._in_flight
            ).answer
            assert answer.status in (204, 404), answer  # another client was faster

    def admit(self, room: Guested) -> None:
        invited = self._random.random() < 0.5
        who = {"rawId": room.people[0] if invited else raw_id(20_000)}
        roster = [
            each["rawId"]
            for each in self.send(200, "GET", f"/rooms/{room.id}/participants").json()["value"]
        ]
        self.send(
            200 if who["rawId"] in roster else 403, "POST", f"/rooms/{room.id}/admission", who
        )

    def without_a_key(self, room: Guested) -> None:
        self._sent(401, Request("GET", f"/rooms/{room.id}"), self._unsigned)


def _get(
    weight: int, path: str, expected: int = 200
) -> tuple[int, Callable[[Client, Guested], None]]:
    """A GET of a path with the room, somebody of it, and its call."""

    def get(client: Client, room: Guested) -> None:
        client.send(
            expected, "GET", path.format(room=room.id, who=room.people[0], call=room.call.id)
        )

    return weight, get


_ASKED: list[tuple[int, Callable[[Client, Guested], None]]] = [
    (20, Client.happen),
    (8, Client.admit),
    (6, Client.change_roster),
    (3, Client.change_room),
    (1, Client.change_as_in_2022),
    (1, Client.change_as_in_2021),
    (1, Client.use_a_token),
    (3, Client.name),
    (1, Client.misunderstand),
    (2, Client.without_a_key),
    _get(8, "/rooms/{room}"),
    _get(4, "/rooms/{room}/participants"),
    _get(10, "/rooms/{room}/presence"),
    _get(3, "/rooms/{room}/calls"),
    _get(3, "/rooms/{room}/attendance"),
    _get(1, "/rooms/{room}/attendance?format=csv"),
    _get(3, "/rooms/{room}/log"),
    _get(1, "/rooms/{room}/log?format=ndjson"),
    _get(4, "/rooms/{room}/admission?rawId={who}"),
    _get(2, "/rooms/{room}/overview"),
    _get(2, "/rooms/{room}/details"),
    _get(1, "/rooms"),
    _get(1, "/rooms?state=open"),
    _get(1, "/rooms?title=tea"),
    _get(1, "/rooms?participant={who}"),
    _get(1, "/calls"),
    _get(1, "/live"),
    _get(1, "/roles"),
    _get(1, "/.well-known/jwks.json"),
    _get(1, "/console"),
    _get(2, "/console/app.js"),
    _get(2, "/console/room.js"),
    _get(1, "/rooms/99400000000000000", 404),
    _get(1, "/rooms/abc", 400),
    _get(1, "/rooms/{room}/calls/none", 404),
    _get(1, "/rooms/{room}/presence?at=yesterday", 400),
]
"""What is asked, and how often among each other."""


def _open_for_a_day() -> dict[str, str]:
    return {"validFrom": format_time(now() - HOUR), "validUntil": format_time(now() + DAY)}


def remove_rows(client: TableClient, gone: set[str]) -> None:
    """All rows of these rooms, past the app: what a store keeps for years must not slow down ten
    minutes."""
    rows = client.list_entities(select=["PartitionKey", "RowKey"])
    for some in transactions(
        remove(row) for row in rows if not gone.isdisjoint(row["RowKey"].split(":"))
    ):
        try:
            client.submit_transaction(some)
        except (
            TableTransactionError
        ):  # one of them is not there any more, which is no error for each by itself
            for _, row, *_ in some:
                client.delete_entity(row["PartitionKey"], row["RowKey"])
