"""What is said of a service whose rooms are spread over three storage accounts, when one of them
does not answer, or is not the right one."""

from uuid import uuid4

import pytest
from azure.functions import HttpRequest

from rooms.api.extension.doctor import examine
from rooms.api.extension.health import get_health
from rooms.app import App
from rooms.domain.check import Check
from rooms.domain.doctor import Name
from testkit.ports import free_port
from testkit.running import storage_settings
from testkit.stored_table import StoredTable

ASKED = HttpRequest("GET", "/health", body=b"")


@pytest.fixture(scope="module")
def stored(azurites: list[str]) -> StoredTable:
    """A table in all three accounts."""
    table = StoredTable(azurites, f"t{uuid4().hex}")
    table.prepare()
    return table


async def found(stored: StoredTable, storages: list[str]) -> tuple[dict[Name, Check[Name]], int]:
    """Returns the checks of a process with these accounts, and the status of its health."""
    app = App(storage_settings(storages) | {"ROOMS_TABLE": stored.name})
    try:
        checks = {check.name: check async for check in examine(app)}
        return checks, (await get_health(app, ASKED)).status_code
    finally:
        for account in app.table.accounts:
            await account.client.close()


async def test_all_answer(stored: StoredTable) -> None:
    checks, health = await found(stored, list(stored.storages))
    assert checks["accounts"].text == "All 3 storage accounts answer."
    assert (checks["accounts"].status, health) == ("ok", 200)


async def test_one_that_does_not_answer_is_named(stored: StoredTable) -> None:
    nowhere = f"AccountName=a;AccountKey=YQ==;TableEndpoint=http://127.0.0.1:{free_port()}/a"
    checks, health = await found(stored, [*stored.storages[:2], nowhere])
    assert checks["storage"].status == checks["rights"].status == "ok"
    assert checks["accounts"].text.startswith("The storage account 2 does not answer.")
    assert "ROOMS_STORAGE__2" in checks["accounts"].advice
    assert (checks["accounts"].status, health) == ("failed", 503)


async def test_accounts_that_are_swapped_are_told(stored: StoredTable) -> None:
    zero, one, two = stored.storages
    checks, health = await found(stored, [zero, two, one])
    what = "The storage account 1 has no table with rooms of this service."
    assert (checks["accounts"].status, checks["accounts"].text) == ("failed", what)
    assert health == 503


async def test_an_account_that_the_settings_lack_is_named(stored: StoredTable) -> None:
    checks, health = await found(stored, list(stored.storages[:2]))
    assert checks["table"].status == "failed"
    assert "ROOMS_STORAGE__2" in checks["table"].text
    assert "rooms spread" in checks["table"].advice
    assert health == 503
