"""An app with a table of its own behind a proxy of its own: a fault there is of nobody else's
request."""

import json
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, Concatenate

from azure.data.tables import TableClient

from faults.client import Request, Sent, send
from rooms.domain.time import DAY, Ticks, now
from rooms.storage import keys
from rooms.storage.accounts import partition_in
from rooms.storage.entities import stored_time
from rooms.storage.operations import remove, replace
from rooms.storage.table import Table
from testkit.livekit_double import LiveKitDouble
from testkit.raw import Raw
from testkit.running import RunningApp, running_app, storage_settings
from testkit.storage_proxy import Fault, StorageProxy
from testkit.stored_table import StoredTable
from testkit.transactions import transactions
from testkit.whole import StoredRoom, stored_rooms

CAPACITY = 3
"""People in a call: a roster of more makes admission count them."""

RETENTION_DAYS = 400

_WAIT_SECONDS = 30


@dataclass
class Plan:
    """Which requests to the storage get a fault, by their number from 0. `seen` has them all, `met`
    the faults that came."""

    faults: Mapping[int, Fault]
    timer: bool = False
    """Whether requests about how far upkeep has come count: else they are the timer's, which runs
    when it wants. Those for the spread never do: the app reads it again whenever it is old."""
    seen: list[str] = field(default_factory=list)
    met: list[Fault] = field(default_factory=list)

    def __call__(self, _number: int, what: str) -> Fault | None:
        if (not self.timer and keys.UPKEEP_ROW in what) or keys.SPREAD_ROW in what:
            return None
        fault = self.faults.get(len(self.seen))
        self.seen.append(what)
        if fault is not None:
            self.met.append(fault)
        return fault


@dataclass
class Lane:
    """Carries out one operation at a time."""

    app: RunningApp
    proxy: StorageProxy
    livekit: LiveKitDouble
    """The media server. It does not tell the timer of its rooms, which would ask the storage in the
    middle of an operation."""
    table: str
    random: Random
    rooms: set[str] = field(default_factory=set)
    """Those that must be there in the end."""
    may_be_doubled: int = 0
    """Creates that could not be told from another one when they were sent again: each try may have
    made a room."""
    invalid: dict[str, str] = field(default_factory=dict)
    """Tokens that must never be valid again, and why."""
    world: Any = None
    """What reads are about; they make it when there is none."""

    @cached_property
    def raw(self) -> Raw:
        return Raw(self.app.http, self.app.manage_key)

    @cached_property
    def stored_table(self) -> StoredTable:
        """The table, without the proxy."""
        return StoredTable(self.proxy.targets, self.table)

    @cached_property
    def kept_since(self) -> Ticks:
        """What is older may be gone, once upkeep has run."""
        return now() - RETENTION_DAYS * DAY

    def send(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Sent:
        return send(self.raw, Request(method, path, body, headers or {}))

    def create(self, body: Mapping[str, Any]) -> str:
        """A new room's id."""
        sent = self.send("POST", "/rooms", body)
        assert sent.answer.status == 201, sent.answer
        room_id: str = sent.answer.json()["id"]
        self.rooms.add(room_id)
        return room_id

    @contextmanager
    def planned(self, plan: Plan) -> Iterator[None]:
        """With these faults. In the end what is late has arrived."""
        self.proxy.forget()
        self.proxy.choose = plan
        try:
            yield
        finally:
            self.proxy.forget()
            deadline = time.monotonic() + _WAIT_SECONDS
            while self.proxy.late and time.monotonic() < deadline:
                time.sleep(0.01)
            assert not self.proxy.late, "a late request never arrived"

    def stored(self, room_id: str) -> StoredRoom:
        """The room as the table has it. Raises AssertionError if it is not there, or its rows do
        not agree."""
        digit = keys.home_partition(room_id)
        places = [partition_in(number, digit) for number in range(len(self.proxy.targets))]
        where = " or ".join(f"PartitionKey eq '{partition}'" for partition in places)
        rows = self.stored_table.rows(f"{where} or RowKey eq '{keys.SPREAD_ROW}'")
        stored = stored_rooms(
            (row for row in rows if {room_id, keys.SPREAD_ROW} & {*row["RowKey"].split(":")}),
            self.kept_since,
        )
        assert stored, f"nothing is there of room {room_id}"
        return stored[room_id]

    def check_whole(self) -> None:
        """Raises AssertionError if the rows of the table do not agree, a room is there that nobody
        was told of, or a token is valid again."""
        for token, reason in self.invalid.items():
            told = self.send("POST", "/identities/:checkAccessToken", {"token": token})
            assert told.answer.json() == {"valid": False, "reason": reason}, told.answer
        _check(self.stored_table.rows(), self.rooms, self.may_be_doubled, self.kept_since)

    def directly[**P, T](
        self,
        work: Callable[Concatenate[Table, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Work on the table past the app and the proxy."""
        return self.stored_table.run(work, *args, **kwargs)

    def clear(self) -> None:
        """Removes all rows; upkeep rests. Raises AssertionError if they did not agree."""
        rows, rooms, may_be_doubled = (
            self.stored_table.rows(),
            self.rooms,
            self.may_be_doubled,
        )
        self.directly(_clear)
        self._forget()
        _check(rows, rooms, may_be_doubled, self.kept_since)

    def renew_table(self) -> None:
        """Makes the table anew, with nothing but its marker. Raises AssertionError if its rows did
        not agree."""
        self.clear()
        for storage in self.proxy.targets:
            with TableClient.from_connection_string(storage, self.table) as client:
                client.delete_table()
        self.stored_table.prepare()

    def _forget(self) -> None:
        self.rooms = set()
        self.invalid = {}
        self.world = None
        self.may_be_doubled = 0

    def run_upkeep(self) -> str:
        """Runs it as its timer does, and waits for what its log says of it."""
        printed = self.app.devhost.log.stat().st_size
        answer = self.app.devhost.request("POST", "/admin/functions/upkeep", body=b"{}")
        assert answer.status == 202
        deadline = time.monotonic() + _WAIT_SECONDS + 30
        while time.monotonic() < deadline:
            with self.app.devhost.log.open() as log:
                log.seek(printed)
                if lines := [
                    line for line in log.read().splitlines() if " upkeep: looked at " in line
                ]:
                    return lines[0].partition(" upkeep: ")[2]
            time.sleep(0.02)
        raise AssertionError("upkeep did not end")


def _check(
    rows: Iterable[Mapping[str, Any]], rooms: set[str], may_be_doubled: int, kept: Ticks
) -> None:
    there = set(stored_rooms(rows, kept))
    assert there >= rooms, f"rooms are lost: {rooms - there}"
    unknown = len(there - rooms)
    assert unknown <= may_be_doubled, (
        f"{unknown} rooms that nobody was told of, and at most {may_be_doubled} may be"
    )


async def _clear(table: Table) -> None:
    for account in table.accounts:
        rows = [
            remove(row)
            async for row in account.client.list_entities(select=["PartitionKey", "RowKey"])
            if row["RowKey"] not in (keys.MARKER_ROW, keys.SPREAD_ROW)
        ]
        for some in transactions(rows):
            await account.client.submit_transaction(some)
    await rest(table)


async def rest(table: Table) -> None:
    """Upkeep has nothing to do for a day."""
    for partition in [*await table.partitions(), keys.IDENTITY_PARTITION]:
        row = {
            "PartitionKey": partition,
            "RowKey": keys.UPKEEP_ROW,
            "cursor": keys.END,
            "beganAt": stored_time(now()),
        }
        await table.commit([replace(row)])


@contextmanager
def lane(storages: Sequence[str], folder: Path, number: int, seed: int) -> Iterator[Lane]:
    """A lane over a table that does not exist before, in these storage accounts."""
    table = f"lane{number}"
    with (
        StorageProxy(storages[0], storages[1:]) as proxy,
        LiveKitDouble(tells_all_rooms=False) as livekit,
    ):
        settings = {
            **livekit.settings,
            **storage_settings(proxy.connection_strings),
            "ROOMS_TABLE": table,
            "ROOMS_CALL_CAPACITY": str(CAPACITY),
            "ROOMS_RETENTION_DAYS": str(RETENTION_DAYS),
        }
        with running_app(folder / table, settings) as app:
            made = Lane(app, proxy, livekit, table, Random(f"{seed}/{table}"))
            made.directly(rest)
            yield made


_OWN = {
    "asOf",
    "now",
    "url",
    "tokenExpiresAt",
    "nextLink",
    "createdAt",
    "createdDateTime",
    "receivedAt",
    "token",
    "expiresOn",
}


def _normal(answer: Any) -> Any:
    """A body without what differs between two runs: when it was asked, where the next page begins,
    and tokens."""
    match answer:
        case dict():
            return {
                name: "..." if name in _OWN else _normal(value) for name, value in answer.items()
            }
        case list():
            return [_normal(each) for each in answer]
        case _:
            return answer


def body_of(sent: Sent, *own: str) -> tuple[int, object]:
    """The status and the body of an answer, without ids that are one run's own."""
    text = sent.answer.body.decode(errors="replace")
    for number, each in enumerate(own):
        text = text.replace(each, f"<{number}>")
    with_json = sent.answer.headers.get("content-type", "").startswith("application/json")
    return sent.answer.status, _normal(json.loads(text)) if with_json and text else text
