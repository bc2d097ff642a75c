"""What the doctor says of a service: each trouble is told apart."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from azure.core.credentials import AzureNamedKeyCredential
from azure.data.tables import TableClient, TableSasPermissions, generate_table_sas
from azure.functions import HttpRequest

from devhost.eventgrid import element_text
from rooms.api.extension.doctor import examine
from rooms.api.extension.health import get_health
from rooms.app import App
from rooms.archive.places import ArchiveUnavailable
from rooms.domain import doctor
from rooms.domain.check import Check
from rooms.domain.doctor import Name
from rooms.domain.time import DAY, HOUR, now
from rooms.storage.errors import StorageUnavailable
from rooms.storage.marker import prepare
from testkit.events import LONG_AGO, Meeting
from testkit.identifiers import raw_id
from testkit.ports import free_port
from testkit.storage_proxy import StorageProxy


@pytest.fixture
def table(azurite: str) -> str:
    """Returns the name of a table of the service, which has nothing yet."""
    name = f"doctor{uuid4().hex}"
    with TableClient.from_connection_string(azurite, name) as client:
        prepare(client)
    return name


async def found(storage: str, table: str = "", **settings: str) -> dict[str, Check[Name]]:
    """Returns the checks, by name, of a process that has just started."""
    app = App({"ROOMS_STORAGE": storage, "ROOMS_TABLE": table, **settings})
    async with closing(app):
        return {check.name: check async for check in examine(app)}


@contextlib.asynccontextmanager
async def closing(app: App) -> AsyncIterator[App]:
    """Closes the connections of an app, which has none if it has no storage."""
    yield app
    with contextlib.suppress(StorageUnavailable):
        await app.table.accounts[0].client.close()
    with contextlib.suppress(ArchiveUnavailable):
        if app.archive is not None:
            await app.archive.close()


def statuses(checks: dict[str, Check[Name]]) -> dict[str, str]:
    return {name: check.status for name, check in checks.items()}


async def test_a_new_service(azurite: str, table: str) -> None:
    checks = await found(azurite, table)
    assert statuses(checks) == {
        "storage": "ok",
        "table": "ok",
        "rights": "ok",
        "clock": "ok",
        "throttling": "ok",
        "last event": "warning",
        "quarantine": "ok",
        "upkeep": "warning",
    }
    assert all(check.advice for check in checks.values() if check.status != "ok")
    assert not any(check.advice for check in checks.values() if check.status == "ok")


async def test_a_service_that_works(azurite: str, table: str) -> None:
    kept = {"ROOMS_RETENTION_DAYS": "36500"}
    events = (
        Meeting("99400000000000007", LONG_AGO).added(0, raw_id(1)),
        Meeting("99400000000000008", LONG_AGO - DAY).started(),
    )
    async with closing(App({"ROOMS_STORAGE": azurite, "ROOMS_TABLE": table} | kept)) as app:
        for event in events:
            await app.intake.take(element_text(event))
        await app.quarantine.put("what", "why")
        await app.upkeep.run(10)
    checks = await found(azurite, table)
    assert checks["last event"].text.startswith("The last event of a call is from 2025-03-03T1")
    assert checks["quarantine"].text == "1 event is in quarantine."
    assert checks["upkeep"].status == "ok"


async def test_a_table_that_is_missing(azurite: str) -> None:
    checks = await found(azurite, "missing")
    assert statuses(checks) == {"storage": "ok", "table": "failed"}
    assert "missing" in checks["table"].text
    assert "rooms init" in checks["table"].advice


async def test_a_storage_that_does_not_answer() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/a"
    checks = await found(f"AccountName=a;AccountKey=YQ==;TableEndpoint={nowhere}")
    assert statuses(checks) == {"storage": "failed"}
    assert checks["storage"].text == "The storage does not answer."


async def test_no_storage() -> None:
    checks = await found("")
    assert statuses(checks) == {"storage": "failed"}
    assert checks["storage"].text == "No storage is set."


@pytest.mark.parametrize("may_read", [True, False])
async def test_a_key_without_the_rights(azurite: str, table: str, may_read: bool) -> None:
    parts = dict(part.split("=", 1) for part in azurite.split(";") if part)
    sas = generate_table_sas(
        AzureNamedKeyCredential(parts["AccountName"], parts["AccountKey"]),
        table,
        permission=TableSasPermissions(read=may_read, add=not may_read),
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )
    checks = await found(
        f"TableEndpoint={parts['TableEndpoint']};SharedAccessSignature={sas}", table
    )
    denied = "rights" if may_read else "storage"
    assert [name for name, check in checks.items() if check.status == "failed"] == [denied]
    assert "Storage Table Data Contributor" in checks[denied].advice


async def test_the_clock_of_the_service_is_an_hour_ahead(table: str, proxy: StorageProxy) -> None:
    proxy.clock_ahead = -3_600
    checks = await found(proxy.connection_string, table)
    assert {
        name: check.status for name, check in checks.items() if name in ("clock", "rights")
    } == {
        "clock": "failed",
        "rights": "warning",
    }
    settings = {"ROOMS_STORAGE": proxy.connection_string, "ROOMS_TABLE": table}
    async with closing(App(settings)) as app:
        answer = await get_health(app, HttpRequest("GET", "http://localhost/health", body=b""))
    assert (answer.status_code, answer.get_body()) == (503, b'{"status":"wrongClock"}')


@pytest.mark.parametrize(
    ("ahead", "status", "text"),
    [
        (29, "ok", "agrees"),
        (-31, "warning", "is 31 s behind"),
        (3_600, "failed", "is 3,600 s ahead of"),
    ],
)
def test_a_clock_that_is_wrong(ahead: float, status: str, text: str) -> None:
    check = doctor.clock(ahead)
    assert check.status == status
    assert text in check.text


@pytest.mark.parametrize(
    ("asked_in", "refused_ago", "status"),
    [(None, None, "ok"), (None, 4_000, "ok"), (None, 60, "warning"), (30, 1, "failed")],
)
def test_a_storage_that_throttles(
    asked_in: int | None, refused_ago: float | None, status: str
) -> None:
    assert doctor.throttling(asked_in, refused_ago).status == status


@pytest.mark.parametrize(("age", "status"), [(DAY, "ok"), (3 * DAY, "failed")])
def test_an_upkeep_that_rests_too_long(age: int, status: str) -> None:
    moment = now()
    check = doctor.upkeep(moment - age, moment)
    assert check.status == status
    assert ("for 3 days" in check.text) == (status == "failed")


async def test_a_log_that_is_exported_nowhere_yet(azurite: str, table: str) -> None:
    archive = "AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/a"
    checks = await found(azurite, table, ROOMS_ARCHIVE=archive)
    assert checks["log export"].status == "warning"
    checks = await found(azurite, table, ROOMS_ARCHIVE="a;AccountName=a;AccountKey=YQ==")
    assert checks["log export"].status == "failed"


@pytest.mark.parametrize(("age", "status"), [(DAY, "ok"), (3 * DAY, "failed")])
def test_a_log_export_that_rests_too_long(age: int, status: str) -> None:
    end = LONG_AGO - LONG_AGO % DAY
    check = doctor.log_export(end, end + age)
    assert check.status == status
    assert check.text.endswith("2025-03-02.")


@pytest.mark.parametrize(
    ("count", "more", "text"),
    [(2, False, "2 events are in"), (1_000, True, "1,000 or more events are in")],
)
def test_events_in_quarantine_are_counted(count: int, more: bool, text: str) -> None:
    assert doctor.quarantine(count, more).text == f"{text} quarantine."


def test_the_last_event_is_told_by_its_hour() -> None:
    check = doctor.last_event(LONG_AGO - LONG_AGO % HOUR)
    assert check.text.endswith("Z.")
