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
    table = f"t{uuid.uuid4().hex}"
    prepare_table(azurite, table)
    caplog.set_level(logging.INFO)
    app = App({"ROOMS_STORAGE": azurite, "ROOMS_TABLE": table})
    room = (await app.rooms.create(RoomChange(), {}, None, Origin("tester", ""))).room
    assert await app.rooms.get(room.id) == room
    await app.table.accounts[0].client.close()  # nothing else does: it lives as long as the process
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


TENANT = {
    "ROOMS_ENTRA_TENANT": "5b6f2c5e-0c4c-4d8e-9a39-1c4f5d0b7a11",
    "ROOMS_ENTRA_READ": "Rooms.Read",
}


@pytest.mark.parametrize("client_id", ["", "3d1c7a52-3b1e-4f0a-9d55-2a8e6b4c7f02"])
@pytest.mark.parametrize(
    "audience", ["", "https://communication.azure.com,https://communication.azure.com/"]
)
def test_the_log_says_that_the_audience_is_shared(
    audience: str, client_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    App(TENANT | {"ROOMS_ENTRA_AUDIENCE": audience, "ROOMS_CONSOLE_CLIENT_ID": client_id})
    (said,) = [record for record in caplog.records if record.levelno == logging.INFO]
    assert said.getMessage().startswith("tokens for https://communication.azure.com and")
    assert "set ROOMS_ENTRA_AUDIENCE to an audience of your own" in said.getMessage()


def test_the_log_says_nothing_of_an_audience_of_ones_own(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    App(TENANT | {"ROOMS_ENTRA_AUDIENCE": "api://11111111-2222-3333-4444-555555555555"})
    App({})
    assert "audience" not in caplog.text


def test_parts_are_built_once() -> None:
    app = App({"ROOMS_MANAGE_KEY__test": "A" * 64})
    assert app.authenticator is app.authenticator
