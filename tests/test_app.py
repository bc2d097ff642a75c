import logging
import uuid

import pytest

from devhost.table import prepare_table
from rooms.app import App
from rooms.domain.room import RoomChange
from rooms.storage.changes import Origin
from rooms.storage.errors import StorageUnavailable


async def test_requests_to_the_storage_are_not_logged_one_by_one(
    azurite: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    table = f"t{uuid.uuid4().hex}"
    prepare_table(azurite, table)
    app = App({"ROOMS_STORAGE": azurite, "ROOMS_TABLE": table})
    room = (await app.rooms.create(RoomChange(), {}, None, Origin("tester", ""))).room
    assert await app.rooms.get(room.id) == room
    await app.table._client.close()  # nothing else does: it lives as long as the process
    assert [record for record in caplog.records if record.name != "asyncio"] == []


def test_without_a_storage_the_log_says_so_at_once_and_each_use_is_refused(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App({})
    assert "set ROOMS_STORAGE" in caplog.text
    with pytest.raises(StorageUnavailable):
        _ = app.rooms


def test_the_log_warns_of_names_that_are_no_settings(caplog: pytest.LogCaptureFixture) -> None:
    App(
        {
            "ROOMS_STORAGE": "UseDevelopmentStorage=true",
            "ROOMS_READ_KEY__test": "A" * 64,
            "ROOMS_ACS__Endpoint": "https://secret.communication.azure.com",
            "ROOMS_MANAGE_KEY": "A" * 64,
            "rooms_table": "rooms",
            "ROOMS_OF\nANOTHER": "1",
            "MUSHROOMS_STORAGE": "1",
        }
    )
    none = "there is no such setting, so it has no effect."
    assert caplog.messages == [
        f"ROOMS_ACS__Endpoint: {none} Did you mean ROOMS_ACS__endpoint?",
        f"ROOMS_MANAGE_KEY: {none} Did you mean ROOMS_MANAGE_KEY__<name>?",
        f"rooms_table: {none} Did you mean ROOMS_TABLE?",
        f"ROOMS_OF\\nANOTHER: {none}",
    ]


def test_parts_are_built_once() -> None:
    app = App({"ROOMS_MANAGE_KEY__test": "A" * 64})
    assert app.authenticator is app.authenticator
