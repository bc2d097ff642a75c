"""A mixture of all that the app is asked for, over rooms that come and go."""

import threading
import time
from random import Random

from azure.data.tables import TableClient, TableTransactionError

from faults.asked import ASKED, open_for_a_day
from faults.caller import Caller, Counted, Guested
from faults.client import (
    Request,
    Unanswered,
    delivery,
    invited,
    new_id,
    repeatable,
    request_id,
)
from rooms.domain.time import SECOND, now
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


class Client:
    """A client with rooms of its own. It sends one request after the other, at a given rate."""

    def __init__(self, raw: Raw, counted: Counted, random: Random, rate: float) -> None:
        self._caller = Caller(raw, counted, random)
        self._counted = counted
        self._random = random
        self._pause = 1 / rate
        self._rooms: list[Guested] = []

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
            self._caller.sent(
                202,
                delivery(*(event for who in room.people for event in room.call.stay(0, 1, who))),
            )
            room.events = 2
            self._caller.send(200, "GET", f"/rooms/{room.id}/presence")
        self._create(CROWD)
        room = self._rooms[-1]
        for _, ask in ASKED:
            ask(self._caller, room)
        self._delete(room)

    def _once(self) -> None:
        if not self._rooms or (len(self._rooms) < ROOMS and self._random.random() < NEW):
            self._create(CROWD if self._random.random() < 0.01 else self._random.randint(1, 12))
            return
        room = self._random.choice(self._rooms)
        if self._random.random() < 1 / LIFE:
            self._delete(room)
        else:
            weights = [weight for weight, _ in ASKED]
            (_, ask) = self._random.choices(ASKED, weights)[0]
            ask(self._caller, room)

    def _create(self, count: int) -> None:
        people = [raw_id(self._random.randrange(10_000)) for _ in range(count)]
        body = {**open_for_a_day(), **invited(*people)}
        answer = self._caller.sent(201, Request("POST", "/rooms", body, repeatable(self._random)))
        room_id = answer.json()["id"]
        self._rooms.append(
            Guested(room_id, people, Meeting(room_id, now() - 60 * SECOND, new_id(self._random)))
        )
        with self._counted.lock:
            self._counted.rooms += 1

    def _delete(self, room: Guested) -> None:
        self._caller.sent(
            204, Request("DELETE", f"/rooms/{room.id}", None, request_id(self._random))
        )
        self._rooms.remove(room)
        with self._counted.lock:
            self._counted.gone.append(room.id)


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
