"""The timer, in an app that runs."""

import asyncio
from collections.abc import Iterator

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.room import RoomChange
from rooms.domain.time import DAY, now
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.raw import Raw
from testkit.running import RunningApp, running_app
from testkit.storage import ORIGIN
from testkit.storage_proxy import Fault, StorageProxy
from testkit.waiting import until

TABLE = "upkeep"


@pytest.fixture(scope="module")
def app(
    storage_proxy: StorageProxy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    settings = {"ROOMS_STORAGE": storage_proxy.connection_string, "ROOMS_TABLE": TABLE}
    with running_app(tmp_path_factory.mktemp("upkeep"), settings) as app:
        yield app


async def expired_room(connection_string: str) -> str:
    """A room that could last be joined 31 days ago."""
    created = now() - 60 * DAY
    async with TableClient.from_connection_string(connection_string, TABLE) as client:
        wanted = RoomChange(valid_until=now() - 31 * DAY)
        return (
            await Rooms(Table(client), lambda: created).create(wanted, {}, None, ORIGIN)
        ).room.id


@pytest.fixture(autouse=True)
def without_faults(proxy: StorageProxy) -> None:
    """The app's storage is behind the proxy."""


def run_upkeep(app: RunningApp) -> None:
    assert app.devhost.request("POST", "/admin/functions/upkeep", body=b"{}").status == 202


def test_a_run_deletes_expired_rooms_and_logs_what_it_did(app: RunningApp, azurite: str) -> None:
    room_id = asyncio.run(expired_room(azurite))
    raw = Raw(app.http, app.manage_key)
    kept = raw.new_room()["id"]
    assert raw.get(f"/rooms/{room_id}").status == 200
    run_upkeep(app)
    until(
        lambda: (
            "upkeep: looked at 2 rooms; removed 1 expired room; 11 of 11 partitions done"
            in app.log()
        )
    )
    assert [raw.get(f"/rooms/{each}").status for each in (room_id, kept)] == [404, 200]


def test_a_storage_that_is_down_makes_one_line_of_a_run(
    app: RunningApp, proxy: StorageProxy
) -> None:
    proxy.choose = lambda _number, _what: Fault.REFUSED
    run_upkeep(app)
    until(lambda: "0 of 11 partitions done, 11 left as the storage is not available" in app.log())
    assert "Traceback" not in app.log()
