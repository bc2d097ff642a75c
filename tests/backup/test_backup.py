"""A backup has all rows of a table as they are, and a table that is made of it is the same one:
whenever either is interrupted, and whatever is written meanwhile."""

import asyncio
import gzip
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.data.tables import EdmType, EntityProperty, TableClient
from azure.data.tables.aio import TableClient as AsyncTableClient

from rooms.domain.room import RoomChange
from rooms.domain.time import DAY, now
from rooms.storage import keys
from rooms.storage.changes import Origin
from rooms.storage.operations import replace
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from rooms_cli.backup import reading
from rooms_cli.backup.folder import Manifest, Part, read_manifest
from rooms_cli.backup.lines import line_of, row_of
from rooms_cli.backup.reading import back_up
from rooms_cli.backup.writing import restore
from rooms_cli.check.table import disagreements
from rooms_cli.failures import Failure
from rooms_cli.storage import Account
from testkit.identifiers import raw_id
from testkit.transactions import transactions
from tests.check.filled import Filling

type Row = dict[str, Any]
MARKER = {"PartitionKey": "identity", "RowKey": ".table"}


class Killed(Exception):
    """What ends a run in its midst."""


@pytest.fixture(scope="module")
def everything(azurite: str) -> list[Row]:
    """The rows of a table with something of everything, and a marker."""

    async def fill(name: str) -> None:
        async with AsyncTableClient.from_connection_string(azurite, name) as client:
            filling = Filling(client)
            await filling.a_room_of_everything()
            await filling.a_deleted_room()
            await filling.a_room_of_many()
            await filling.a_room_of_acs()
            await filling.quarantine.put("broken", "why")
            await filling.identities.create_with_token(["voip"], 60)

    with table(azurite) as client:
        asyncio.run(fill(client.table_name))
        client.upsert_entity(MARKER)
        return rows_of(client)


@pytest.fixture
def source(azurite: str, everything: list[Row]) -> Iterator[TableClient]:
    """A table with these rows."""
    with table(azurite) as client:
        client.create_table()
        for some in transactions(replace(dict(row)) for row in everything):
            client.submit_transaction(some)
        yield client


@pytest.fixture
def target(azurite: str) -> Iterator[TableClient]:
    """A table that is not there."""
    with table(azurite) as client:
        yield client


@pytest.fixture(autouse=True)
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PART_ROWS", 20)


def table(azurite: str) -> TableClient:
    return TableClient.from_connection_string(azurite, f"t{uuid.uuid4().hex}")


def ignore(_: object) -> None:
    """Shows no progress."""


def at(client: TableClient) -> list[Account]:
    """The only account of a table."""
    return [Account(client, "ROOMS_STORAGE")]


def backed_up(client: TableClient, folder: Path) -> Manifest:
    manifest = Manifest(client.table_name)
    back_up(at(client), folder, manifest, ignore)
    return manifest


def rows_of(client: TableClient) -> list[Row]:
    return [dict(row) for row in client.list_entities()]


def but_floors(rows: list[Row]) -> list[Row]:
    return [row for row in rows if not row["RowKey"].startswith(".floor:")]


def killed_at(number: int) -> Callable[[object], None]:
    """Progress that ends a run once it has been shown so often."""
    shown = []

    def show(progress: object) -> None:
        shown.append(progress)
        if len(shown) == number:
            raise Killed

    return show


def test_a_restored_table_has_the_same_rows_and_agrees(
    source: TableClient, target: TableClient, tmp_path: Path
) -> None:
    before = rows_of(source)
    manifest = backed_up(source, tmp_path)
    assert rows_of(source) == before
    restore(at(target), tmp_path, manifest, ignore)
    restored = rows_of(target)
    assert but_floors(restored) == but_floors(before)
    assert [found for found in disagreements(restored) if MARKER["RowKey"] not in found.rows] == []


@pytest.mark.thorough
def test_floors_of_a_restored_table_are_above_all_that_there_ever_were(
    source: TableClient, target: TableClient, tmp_path: Path
) -> None:
    ahead = keys.floor_row(now() + DAY)
    row = next(row for row in rows_of(source) if row["RowKey"].startswith(".floor:"))
    source.delete_entity(row)
    source.create_entity(row | {"RowKey": ahead})
    began = now()
    restore(at(target), tmp_path, backed_up(source, tmp_path), ignore)
    floors = {
        row["PartitionKey"]: keys.floor_of(row["RowKey"])
        for row in rows_of(target)
        if row["RowKey"].startswith(".floor:")
    }
    assert len(floors) == len([row for row in rows_of(source) if row["RowKey"] == ".floor"])
    assert floors.pop(row["PartitionKey"]) > keys.floor_of(ahead)
    assert all(floor > began for floor in floors.values())


@pytest.mark.thorough
def test_every_type_of_a_property_is_kept(
    source: TableClient, target: TableClient, tmp_path: Path
) -> None:
    row = {
        "PartitionKey": "a 'partition'",
        "RowKey": "",
        "text": "Ω \u2028 \x7f",
        "number": -5,
        "large": EntityProperty(2**40, EdmType.INT64),
        "small but large": EntityProperty(7, EdmType.INT64),
        "yes": True,
        "part": 0.1,
        "whole": 3.0,
        "bytes": bytes(range(256)) * 256,
        "id": uuid.uuid4(),
        "time": EntityProperty("2026-05-04T10:00:00.1234567Z", EdmType.DATETIME),
    }
    source.create_entity(row)
    (before,) = (row for row in rows_of(source) if row["RowKey"] == "")
    restore(at(target), tmp_path, backed_up(source, tmp_path), ignore)
    (after,) = (row for row in rows_of(target) if row["RowKey"] == "")
    assert after == before
    assert {name: type(value) for name, value in after.items()} == {
        name: type(value) for name, value in before.items()
    }
    assert after["time"].tables_service_value == "2026-05-04T10:00:00.1234567Z"
    assert row_of(line_of(before)).keys() == row.keys()


def test_a_backup_that_was_killed_after_any_file_goes_on(
    source: TableClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MARGIN", -timedelta(hours=1))  # it was written just now
    whole = tmp_path / "whole"
    whole.mkdir()
    parts = backed_up(source, whole).parts
    assert len(parts) > 5  # by chance, as rooms have random partitions
    folder = tmp_path / "killed"
    folder.mkdir()
    for _ in parts:
        manifest = read_manifest(folder) or Manifest(source.table_name)
        with pytest.raises(Killed):
            back_up(at(source), folder, manifest, killed_at(1))
        (folder / "000099-0.ndjson.gz.unfinished").write_bytes(b"half")
    manifest = read_manifest(folder) or Manifest("")
    back_up(at(source), folder, manifest, ignore)
    assert [(part.file, part.sha256) for part in manifest.of_pass(1)] == [
        (part.file, part.sha256) for part in parts if part.number == 1
    ]
    assert manifest == read_manifest(folder)


@pytest.mark.thorough
def test_a_restore_that_was_killed_after_any_file_goes_on_and_only_then_has_the_marker(
    source: TableClient, target: TableClient, tmp_path: Path
) -> None:
    manifest = backed_up(source, tmp_path)
    for _ in manifest.parts:
        with pytest.raises(Killed):
            restore(at(target), tmp_path, manifest, killed_at(1))
        rows = rows_of(target)
        assert MARKER not in rows
        assert "The table is not whole: a restore has not ended." in {
            found.what for found in disagreements(rows)
        }
    restore(at(target), tmp_path, manifest, ignore)
    assert but_floors(rows_of(target)) == but_floors(rows_of(source))


@pytest.mark.thorough
def test_a_table_at_rest_is_backed_up_exactly(
    source: TableClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MARGIN", -timedelta(hours=1))  # it was written just now
    manifest = backed_up(source, tmp_path)
    assert manifest.exact
    assert [len(manifest.of_pass(number)) > 0 for number in (1, 2)] == [True, False]
    assert manifest == read_manifest(tmp_path)


def test_what_is_written_meanwhile_is_there_and_agrees(
    source: TableClient, target: TableClient, azurite: str, tmp_path: Path
) -> None:
    """Each file of the first pass is followed by a create, a change and a delete."""
    rooms: list[str] = []
    client = AsyncTableClient.from_connection_string(azurite, source.table_name)

    async def change() -> None:
        service = Rooms(Table(client), now)
        origin = Origin("tester", "")
        if rooms:
            await service.delete(rooms[-1], origin)
        created = await service.create(RoomChange(), {raw_id(9): "Presenter"}, None, origin)
        rooms.append(created.room.id)
        await service.patch_details(created.room.id, {"title": "new"}, origin)

    manifest = Manifest(source.table_name)
    with asyncio.Runner() as runner:

        def write(manifest: Manifest) -> None:
            if len(manifest.began) == 1:
                runner.run(change())

        back_up(at(source), tmp_path, manifest, write)
        runner.run(client.close())
    restore(at(target), tmp_path, manifest, ignore)
    restored = rows_of(target)
    assert len(rooms) > 5
    assert not manifest.exact
    assert [found for found in disagreements(restored) if MARKER["RowKey"] not in found.rows] == []
    assert but_floors(restored) == but_floors(rows_of(source))


def test_a_file_that_was_changed_is_told_before_anything_is_written(
    source: TableClient, target: TableClient, tmp_path: Path
) -> None:
    manifest = backed_up(source, tmp_path)
    last: Part = manifest.parts[-1]
    text = gzip.decompress((tmp_path / last.file).read_bytes())
    (tmp_path / last.file).write_bytes(gzip.compress(text + b"{}\n"))
    with pytest.raises(Failure, match="is not as it was written"):
        restore(at(target), tmp_path, manifest, ignore)
    (tmp_path / last.file).unlink()
    with pytest.raises(Failure, match="cannot be read: No such file"):
        restore(at(target), tmp_path, manifest, ignore)
    target.create_table()  # which would be refused if it were there
    assert rows_of(target) == []


def test_a_table_with_something_in_it_is_refused(
    source: TableClient, target: TableClient, tmp_path: Path
) -> None:
    manifest = backed_up(source, tmp_path)
    before = rows_of(source)
    with pytest.raises(Failure, match="is not empty"):
        restore(at(source), tmp_path, manifest, ignore)
    assert rows_of(source) == before
    with pytest.raises(Killed):
        restore(at(target), tmp_path, manifest, killed_at(1))
    (tmp_path / "other").mkdir()
    with pytest.raises(Failure, match="is not empty"):
        restore(at(target), tmp_path / "other", backed_up(source, tmp_path / "other"), ignore)


@pytest.mark.thorough
def test_a_table_that_has_only_its_marker_is_empty(
    source: TableClient, target: TableClient, tmp_path: Path
) -> None:
    target.create_table()
    target.create_entity(MARKER)
    restore(at(target), tmp_path, backed_up(source, tmp_path), ignore)
    assert but_floors(rows_of(target)) == but_floors(rows_of(source))


def test_a_restore_that_is_killed_at_its_begin_leaves_no_marker(
    source: TableClient, target: TableClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service would use half a table."""
    manifest = backed_up(source, tmp_path)
    target.create_table()
    target.create_entity(MARKER)

    def die(*args: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(TableClient, "delete_entity", die)
        with pytest.raises(Killed):
            restore(at(target), tmp_path, manifest, ignore)
    with pytest.raises(Killed):
        restore(at(target), tmp_path, manifest, killed_at(1))
    assert MARKER not in rows_of(target)
