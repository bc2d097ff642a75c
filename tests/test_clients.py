import logging
import uuid
from collections.abc import Iterator

import pytest

from rooms import clients
from rooms.domain.room import RoomChange
from rooms.errors import StorageUnavailable
from rooms.storage.changes import Origin


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    """Settings and clients of this test only."""
    for part in (clients.settings, clients.authenticator, clients._table, clients.rooms):
        part.cache_clear()
    yield
    for part in (clients.settings, clients.authenticator, clients._table, clients.rooms):
        part.cache_clear()


async def test_requests_to_the_storage_are_not_logged_one_by_one(
    azurite: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("ROOMS_STORAGE", azurite)
    monkeypatch.setenv("ROOMS_TABLE", f"t{uuid.uuid4().hex}")
    rooms = clients.rooms()
    room = await rooms.create(RoomChange(), {}, None, Origin("tester", ""))
    assert await rooms.get(room.id) == room
    await rooms._table._client.close()  # nothing else has to: it lives as long as the process
    assert {record.name for record in caplog.records} == {"rooms.storage.table"}


def test_without_a_storage_the_log_says_so_at_once_and_each_use_is_refused(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("ROOMS_STORAGE", "ROOMS_STORAGE__tableServiceUri"):
        monkeypatch.delenv(name, raising=False)
    clients.settings()
    assert "set ROOMS_STORAGE" in caplog.text
    with pytest.raises(StorageUnavailable):
        clients.rooms()


def test_what_the_settings_promise_is_built_once() -> None:
    assert clients.settings() is clients.settings()
    assert clients.authenticator() is clients.authenticator()
