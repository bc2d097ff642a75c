"""A container of Blob Storage, as Azurite has it, is as good a place as a folder."""

import uuid
from collections.abc import AsyncIterator

import pytest
from azure.data.tables import TableClient as SyncTableClient
from azure.data.tables.aio import TableClient
from azure.storage.blob.aio import BlobServiceClient

from devhost.azurite import KEY
from rooms.app import App
from rooms.archive.container import Container, container_of
from rooms.archive.export import Export
from rooms.archive.findings import Finding
from rooms.archive.places import ArchiveUnavailable
from rooms.archive.verify import Verification
from rooms.domain.time import DAY
from rooms.settings.archive import ArchiveContainer
from rooms.storage.marker import prepare
from rooms.storage.table import Table
from testkit.ports import free_port
from tests.check.filled import BEGIN, Filling


@pytest.fixture
async def container(blobs: str) -> AsyncIterator[Container]:
    name = f"c{uuid.uuid4().hex}"
    async with BlobServiceClient.from_connection_string(blobs) as service:
        await service.create_container(name)
    place = container_of(ArchiveContainer(blobs, None, None, name))
    yield place
    await place.close()


@pytest.fixture
async def client(azurite: str) -> AsyncIterator[TableClient]:
    async with TableClient.from_connection_string(azurite, f"t{uuid.uuid4().hex}") as client:
        await Filling(client).a_room_of_everything()
        yield client


async def test_what_is_exported_to_a_container_is_verified(
    client: TableClient, container: Container
) -> None:
    for days in (1, 2):
        report = await Export(Table(client), container, lambda days=days: BEGIN + days * DAY).run()  # type: ignore[misc]
        assert report.done
    found: list[Finding] = []
    counts = await Verification(Table(client), container, 0, found.append).run()
    assert (found, counts.days) == ([], 2)
    assert counts.records > 15


async def test_a_blob_is_never_replaced(container: Container) -> None:
    created = [await container.create("2026-05-04/7-0001.ndjson", data) for data in (b"a", b"b")]
    assert created == [True, False]
    assert await container.read("2026-05-04/7-0001.ndjson") == b"a"
    assert await container.names() == ["2026-05-04/7-0001.ndjson"]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("text", "container", "said"),
    [
        ("", "missing", "there is no such container. Make it: az storage container create"),
        (KEY, "missing", "AuthorizationFailure. The app needs the role Storage Blob Data Contrib"),
        ("http://127.0.0.1:", "missing", "Check ROOMS_ARCHIVE."),
    ],
)
async def test_why_a_container_cannot_be_used_is_said_without_the_key(
    blobs: str, text: str, container: str, said: str
) -> None:
    changed = blobs
    if text == KEY:
        changed = blobs.replace(KEY, "c2VjcmV0")
    elif text:
        before, _, rest = blobs.partition(text)
        changed = f"{before}{text}{free_port()}/{rest.partition('/')[2]}"
    place = container_of(ArchiveContainer(changed, None, None, container))
    with pytest.raises(ArchiveUnavailable) as raised:
        await place.names()
    await place.close()
    assert said in str(raised.value)
    assert KEY not in str(raised.value)
    assert place.address in str(raised.value)


def test_a_connection_string_that_is_none_is_told_without_the_key() -> None:
    with pytest.raises(ArchiveUnavailable, match="is not a valid connection string") as raised:
        container_of(ArchiveContainer("AccountKey=c2VjcmV0;x", None, None, "name"))
    assert "c2VjcmV0" not in str(raised.value)


async def test_the_app_exports_to_the_container_of_its_settings(
    client: TableClient, azurite: str, blobs: str, container: Container
) -> None:
    with SyncTableClient.from_connection_string(azurite, client.table_name) as table:
        assert prepare(table) == "adopted"
    settings = {
        "ROOMS_STORAGE": azurite,
        "ROOMS_TABLE": client.table_name,
        "ROOMS_ARCHIVE": blobs,
        "ROOMS_ARCHIVE_CONTAINER": container.address.rpartition("/")[2],
    }
    app = App(settings, lambda: BEGIN + DAY)
    first, again = await app.export_log(), await app.export_log()
    assert first is not None
    assert again is not None
    assert (first.days, again.days, again.done) == (["2026-05-04"], [], True)
    assert "2026-05-04/manifest.json" in await container.names()
    assert await App({"ROOMS_STORAGE": azurite}).export_log() is None
    assert app.archive is not None
    await app.archive.close()
    await app.table.accounts[0].client.close()  # nothing else does: it lives as long as the process
