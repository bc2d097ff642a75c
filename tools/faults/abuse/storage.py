"""A storage that has too much to do, a wrong clock, and a table that is missing."""

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from azure.data.tables import TableServiceClient

from rooms.domain.time import SECOND, now
from testkit.events import Meeting
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw
from testkit.raw_http import Answer
from testkit.running import RunningApp, running_app, storage_settings
from testkit.storage_proxy import Fault, StorageProxy
from testkit.waiting import HANG_SECONDS

TABLE = "abused"

REQUESTS = 50
"""That come while the storage refuses."""

LET_THROUGH = 12
"""Of these, those that may reach each storage account: who had begun before it was known, and one
now and then that tries."""

HOUR_SECONDS = 3600.0

LOOK_SECONDS = 1.5
"""After which the service looks at the clock of the storage again."""


def throttled(storages: Sequence[str], folder: Path) -> Iterator[str]:
    """Yields what is wrong while the storage says that it has too much to do, and after it."""
    with _behind_a_proxy(storages, folder, f"{TABLE}1") as (proxy, app):
        raw = Raw(app.http, app.manage_key)
        room_id = raw.new_room()["id"]
        call = Meeting(room_id, now() - 60 * SECOND)
        proxy.forget()
        proxy.retry_after = 30
        proxy.choose = lambda _number, _what: Fault.THROTTLED
        lines = len(app.log().splitlines())
        first = raw.get(f"/rooms/{room_id}")
        yield from _refused(first, "a storage that asks for 30 s")
        if not 20 <= _retry_after(first) <= 30:
            yield f"Retry-After is {first.headers.get('retry-after')}, and the storage said 30"
        with ThreadPoolExecutor(8) as pool:
            paths = [f"/rooms/{room_id}", f"/rooms/{room_id}/presence", "/live"]
            for answer in pool.map(raw.get, (paths[each % 3] for each in range(REQUESTS))):
                yield from _refused(answer, "a storage that is left alone")
            events = [call.added(each, raw_id(each)) for each in range(REQUESTS)]
            statuses = set(pool.map(lambda event: _deliver(app, event).status, events))
        if statuses != {500}:
            yield f"events were answered with {statuses}, and the storage took none"
        if len(proxy.seen) > LET_THROUGH * len(storages):
            yield f"the storage got {len(proxy.seen)} requests while it refused"
        written = [
            line for line in app.log().splitlines()[lines:] if "WARN" in line or "ERROR" in line
        ]
        if len(written) > 2 * REQUESTS + 5:  # one for each request and each event
            yield f"{len(written)} lines of warnings and errors about {2 * REQUESTS + 1} requests"
    yield from _heals(storages, folder / "again")


def _heals(storages: Sequence[str], folder: Path) -> Iterator[str]:
    """Yields what is wrong when the storage has refused for a second."""
    with _behind_a_proxy(storages, folder, f"{TABLE}2") as (proxy, app):
        raw = Raw(app.http, app.manage_key)
        room_id = raw.new_room()["id"]
        proxy.forget()
        proxy.choose = lambda _number, _what: Fault.THROTTLED
        yield from _refused(raw.get(f"/rooms/{room_id}"), "a storage that asks for a second")
        proxy.forget()
        deadline = time.monotonic() + HANG_SECONDS
        while (answer := raw.get(f"/rooms/{room_id}")).status != 200:
            if time.monotonic() > deadline:
                yield f"it does not heal: {answer.status} {answer.body[:200]!r}"
                return
            time.sleep(0.2)


def wrong_clock(storages: Sequence[str], folder: Path) -> Iterator[str]:
    """Yields what is wrong on an instance whose clock is behind that of the storage."""
    with _behind_a_proxy(storages, folder, f"{TABLE}3") as (proxy, app):
        raw = Raw(app.http, app.manage_key)
        room_id = raw.new_room()["id"]
        proxy.clock_ahead = 60
        time.sleep(LOOK_SECONDS)
        raw.get(f"/rooms/{room_id}")
        if (answer := raw.post("/rooms", {})).status != 201:
            yield f"a minute: a create is answered with {answer.status}"
        if "clock" not in app.log():
            yield "a minute: nothing is said of the clock"
        proxy.clock_ahead = HOUR_SECONDS
        time.sleep(LOOK_SECONDS)
        if (answer := raw.get(f"/rooms/{room_id}")).status != 200:
            yield f"an hour: a read is answered with {answer.status}"
        before = raw.room_ids()
        for path, body in (("/rooms", {}), (f"/rooms/{room_id}/admission", {"rawId": raw_id(1)})):
            yield from _refused(raw.post(path, body), "an hour", says="clock")
        if raw.room_ids() != before:
            yield "an hour: a room was made"
        proxy.forget()
        raw.get(f"/rooms/{room_id}")
        if (answer := raw.post("/rooms", {})).status != 201:
            yield f"the clock is right again: a create is answered with {answer.status}"


def missing_table(storages: Sequence[str], folder: Path) -> Iterator[str]:
    """Yields what is wrong when the table goes while the app runs, and in one that has none."""
    with (
        TableServiceClient.from_connection_string(storages[0]) as service,
        running_app(folder, {**storage_settings(storages), "ROOMS_TABLE": f"{TABLE}4"}) as app,
    ):
        raw = Raw(app.http, app.manage_key)
        room_id = raw.new_room()["id"]
        service.delete_table(f"{TABLE}4")
        for method, path, body in (
            ("GET", "/rooms", None),
            ("GET", f"/rooms/{room_id}", None),
            ("GET", f"/rooms/{room_id}/presence", None),
            ("GET", "/live", None),
            ("POST", "/rooms", {}),
            ("POST", f"/rooms/{room_id}/admission", {"rawId": raw_id(1)}),
        ):
            yield from _refused(raw.send(method, path, body), f"{method} {path}", says="table")
        event = Meeting(room_id, now() - 60 * SECOND).started()
        if (status := _deliver(app, event).status) != 500:
            yield f"an event is answered with {status}"
        if f"{TABLE}4" in [table.name for table in service.list_tables()]:
            yield "the table was made again, in silence"


@contextmanager
def _behind_a_proxy(
    storages: Sequence[str], folder: Path, table: str
) -> Iterator[tuple[StorageProxy, RunningApp]]:
    """Runs an app with this table, which reaches the storage through a proxy."""
    with StorageProxy(storages[0], storages[1:]) as proxy:
        settings = {**storage_settings(proxy.connection_strings), "ROOMS_TABLE": table}
        with running_app(folder, settings) as app:
            yield proxy, app


def _refused(answer: Answer, what: str, says: str = "") -> Iterator[str]:
    """Yields what is wrong about a 503 with Retry-After, whose message has a word."""
    if answer.status != 503 or not _retry_after(answer):
        yield f"{what}: {answer.status}, Retry-After {answer.headers.get('retry-after')}"
    elif says not in answer.json()["error"]["message"].lower():
        yield f"{what}: the message is {answer.json()['error']['message']!r}"


def _retry_after(answer: Answer) -> int:
    return int(answer.headers.get("retry-after") or 0)


def _deliver(app: RunningApp, event: dict[str, object]) -> Answer:
    """Delivers an event as Event Grid does."""
    return Insight(app, app.manage_key).deliver_bytes(json.dumps([event]).encode())
