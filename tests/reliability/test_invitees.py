"""An app that is killed while it invites many people: who is invited finds the room, and nobody
else does."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.client import HTTPException
from pathlib import Path
from uuid import uuid4

import pytest
from azure.data.tables import TableClient
from azure.data.tables.aio import TableClient as AsyncTableClient

from rooms.domain.time import DAY, now
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.partitions import room_in_each_partition
from testkit.past import run
from testkit.raw import Raw
from testkit.running import RunningApp, running_app
from testkit.storage_proxy import Fault, StorageProxy
from testkit.whole import StoredRoom, stored_rooms

CROWD = [raw_id(number) for number in range(1000, 1250)]
SOME = [CROWD[0], CROWD[100], CROWD[-1]]


class Invitation:
    """A request that invites them all, into a new room or into one that is there, and can be sent
    again as it was."""

    def __init__(self, room_id: str | None) -> None:
        self._request = (
            ("POST", "/rooms") if room_id is None else ("PATCH", f"/rooms/{room_id}/participants")
        )
        self._headers = {
            "Repeatability-Request-ID": str(uuid4()),
            "Repeatability-First-Sent": formatdate(usegmt=True),
        }

    def send(self, app: RunningApp) -> int:
        body = {"participants": {person: {"role": "Attendee"} for person in CROWD}}
        return Raw(app.http, app.manage_key).send(*self._request, body, self._headers).status


def found(app: RunningApp) -> list[list[str]]:
    """The ids of the rooms that some of them find."""
    insight = Insight(app, app.manage_key)
    return [[room["id"] for room in insight.all(f"/rooms?participant={person}")] for person in SOME]


def stored(connection_string: str, table: str) -> dict[str, StoredRoom]:
    with TableClient.from_connection_string(connection_string, table) as client:
        return stored_rooms(client.list_entities())


def with_the_crowd(rooms: dict[str, StoredRoom]) -> list[str]:
    """The ids of the rooms to which they are invited."""
    return [room_id for room_id, room in rooms.items() if set(room.roster) >= set(CROWD)]


@contextmanager
def killed_at_the_change(app: RunningApp, proxy: StorageProxy, fault: Fault) -> Iterator[None]:
    """Kills the app when its transaction arrives at the storage, which then meets `fault`."""
    proxy.forget()

    def kill(_number: int, what: str) -> Fault | None:
        if not what.endswith("$batch"):
            return None
        os.kill(app.process.pid, signal.SIGKILL)
        return fault

    proxy.choose = kill
    with pytest.raises((OSError, HTTPException)):
        yield
    app.process.wait()
    proxy.forget()


@pytest.mark.thorough
@pytest.mark.parametrize("change", ["create", "patch"])
async def test_an_app_killed_ahead_of_its_change_invites_nobody_and_killed_behind_it_everybody(
    azurite: str, proxy: StorageProxy, tmp_path: Path, change: str
) -> None:
    table = f"killed{change}"
    settings = {"ROOMS_STORAGE": proxy.connection_string, "ROOMS_TABLE": table}
    with running_app(tmp_path / "ahead", settings) as app:
        room, *_ = room_in_each_partition(Raw(app.http, app.manage_key))
        invitation = Invitation(None if change == "create" else room["id"])
        with killed_at_the_change(app, proxy, Fault.CUT_BEFORE):
            invitation.send(app)
    assert with_the_crowd(stored(azurite, table)) == []

    async with AsyncTableClient.from_connection_string(azurite, table) as client:
        report = await run(client, now() + 2 * DAY)
    assert report.removed["invitee rows"] == 0

    with running_app(tmp_path / "behind", settings) as app:
        assert found(app) == [[]] * len(SOME)
        with killed_at_the_change(app, proxy, Fault.CUT_AFTER):
            invitation.send(app)
    (room_id,) = with_the_crowd(stored(azurite, table))

    with running_app(tmp_path / "again", settings) as app:
        assert found(app) == [[room_id]] * len(SOME)
        assert invitation.send(app) in (200, 201)
        assert found(app) == [[room_id]] * len(SOME)
    assert with_the_crowd(stored(azurite, table)) == [room_id]
