"""Many writers at once, and an app that is killed among them."""

import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.utils import formatdate
from http.client import HTTPException
from pathlib import Path
from uuid import uuid4

from azure.data.tables import TableClient

from rooms.storage.entities import unpack
from tests.contract.raw import Raw
from tests.identifiers import raw_id
from tests.running import running_app
from tests.whole import StoredRoom, stored_rooms

ROOMS = 10
CREATES = 250
PATCHES = 250
AT_ONCE = 32


@dataclass
class Change:
    """A request that can be sent again as it was, as the SDKs do."""

    method: str
    path: str
    user: str
    headers: dict[str, str] = field(default_factory=dict)
    answered: str | None = None
    """The id of the room in the answer of a success."""

    def send(self, raw: Raw) -> int:
        body = {"participants": {self.user: {"role": "Attendee"}}}
        answer = raw.send(self.method, self.path, body, self.headers)
        if answer.status < 300:
            self.answered = answer.json().get("id", self.path.split("/")[2] if self.method == "PATCH" else "")
        return answer.status


def create() -> Change:
    repeatable = {"Repeatability-Request-ID": str(uuid4()), "Repeatability-First-Sent": formatdate(usegmt=True)}
    return Change("POST", "/rooms", raw_id(), repeatable)


def stored(connection_string: str, table: str) -> dict[str, StoredRoom]:
    with TableClient.from_connection_string(connection_string, table) as client:
        return stored_rooms(client.list_entities())


def added(room: StoredRoom) -> list[str]:
    """Whom the log's records add, each as often as it does."""
    return [user for record in room.log if record["kind"] == "ParticipantsUpdated" for user in unpack(record)["added"]]


def test_32_writers_of_one_room_are_all_there_with_one_log_record_each(azurite: str, tmp_path: Path) -> None:
    settings = {"ROOMS_STORAGE": azurite, "ROOMS_TABLE": "writers"}
    with running_app(tmp_path, settings) as app:
        raw = Raw(app.http, app.manage_key)
        room_id = raw.new_room()["id"]
        changes = [Change("PATCH", f"/rooms/{room_id}/participants", raw_id()) for _ in range(32)]
        with ThreadPoolExecutor(len(changes)) as pool:
            statuses = list(pool.map(lambda change: change.send(raw), changes))
    room = stored(azurite, "writers")[room_id]
    users = sorted(change.user for change in changes)
    assert statuses == [200] * 32
    assert sorted(room.roster) == users
    assert sorted(added(room)) == users


def test_an_app_killed_among_its_writers_loses_nothing_and_doubles_nothing(azurite: str, tmp_path: Path) -> None:
    settings = {"ROOMS_STORAGE": azurite, "ROOMS_TABLE": "killed"}
    with running_app(tmp_path / "first", settings) as app:
        raw = Raw(app.http, app.manage_key)
        room_ids = [raw.new_room()["id"] for _ in range(ROOMS)]
        patches = [Change("PATCH", f"/rooms/{room_ids[n % ROOMS]}/participants", raw_id()) for n in range(PATCHES)]
        changes = [change for pair in zip((create() for _ in range(CREATES)), patches, strict=True) for change in pair]
        _send_until_killed(changes, raw, app.process.pid)
        app.process.wait()
    answered = [change for change in changes if change.answered]
    assert 0 < len(answered) < len(changes)
    between = stored(azurite, "killed")
    _check(answered, between)

    with running_app(tmp_path / "second", settings) as app:
        again = Raw(app.http, app.manage_key)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            statuses = set(pool.map(lambda change: change.send(again), (c for c in changes if not c.answered)))
    assert statuses <= {200, 201}
    after = stored(azurite, "killed")
    _check(changes, after)
    assert len(after) == ROOMS + CREATES
    assert sorted(user for room in after.values() for user in added(room)) == sorted(c.user for c in patches)
    print(f"killed with {len(answered)} of {len(changes)} answered, {len(between) - ROOMS} rooms made")


def _send_until_killed(changes: Sequence[Change], raw: Raw, pid: int) -> None:
    """Sends all at once; the app is killed when a third is answered."""
    lock, left = threading.Lock(), len(changes) // 3

    def send(change: Change) -> None:
        nonlocal left
        try:
            change.send(raw)
        except (OSError, HTTPException):
            return
        with lock:
            left -= 1
            if left == 0:
                os.kill(pid, signal.SIGKILL)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(send, changes))


def _check(changes: Sequence[Change], rooms: dict[str, StoredRoom]) -> None:
    for change in changes:
        assert change.answered
        assert change.user in rooms[change.answered].roster
