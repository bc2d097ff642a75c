"""The timer of the export, in an app that runs."""

import asyncio
import uuid
from pathlib import Path

from azure.data.tables.aio import TableClient
from azure.storage.blob import BlobServiceClient

from rooms.domain.room import RoomChange
from rooms.domain.time import DAY, now
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.running import running_app
from testkit.storage import ORIGIN
from testkit.waiting import until


async def a_room_of_another_day(connection_string: str, name: str) -> None:
    async with TableClient.from_connection_string(connection_string, name) as client:
        rooms = Rooms(Table(client), lambda: now() - 2 * DAY)
        await rooms.create(RoomChange(), {}, None, ORIGIN)


def test_a_run_exports_the_days_that_have_passed_and_says_so_once(
    azurite: str, blobs: str, tmp_path: Path
) -> None:
    name = f"t{uuid.uuid4().hex}"
    asyncio.run(a_room_of_another_day(azurite, name))
    settings = {"ROOMS_STORAGE": azurite, "ROOMS_TABLE": name, "ROOMS_ARCHIVE": blobs}
    with (
        BlobServiceClient.from_connection_string(blobs) as service,
        running_app(tmp_path, settings) as app,
    ):

        def run() -> None:
            answer = app.devhost.request("POST", "/admin/functions/export_log", body=b"{}")
            assert answer.status == 202

        run()
        missing = "there is no such container. Make it: az storage container create"
        until(lambda: missing in app.log())
        container = service.create_container("anteroom-log")
        run()
        until(lambda: "export of the log: exported 2 days until " in app.log())
        names = list(container.list_blob_names())
        assert len([each for each in names if each.endswith("/manifest.json")]) == 2
        assert len([each for each in names if each.endswith(".ndjson")]) == 1
        assert app.log().count("export of the log:") == 2
        assert "Traceback" not in app.log()
