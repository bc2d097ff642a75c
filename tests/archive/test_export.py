"""Each day is exported once, whole, whenever the export is killed, and nothing of a person
with it."""

import asyncio
import json
import re
import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

from rooms.archive.days import start_of
from rooms.archive.export import Export
from rooms.archive.places import ArchiveUnavailable, Folder
from rooms.domain.time import DAY, HOUR
from rooms.storage import keys
from rooms.storage.archives import Archives
from rooms.storage.table import Table
from tests.archive.exported import DAYS, Table3Days, a_large_room, fill
from tests.check.filled import BEGIN, Filling


class Killed(BaseException):
    """The end of a process."""


@dataclass
class KillingPlace:
    """A folder; the process is killed before or after it makes the file of that number."""

    folder: Folder
    kill_at: int
    made: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.folder.address

    async def names(self) -> list[str]:
        return await self.folder.names()

    async def read(self, name: str) -> bytes:
        return await self.folder.read(name)

    async def create(self, name: str, data: bytes) -> bool:
        self.made.append(name)
        if len(self.made) * 2 - 1 == self.kill_at:
            raise Killed
        created = await self.folder.create(name, data)
        if len(self.made) * 2 == self.kill_at:
            raise Killed
        return created

    async def close(self) -> None:
        pass


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def records(found: dict[str, bytes]) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for name, data in found.items()
        if name.endswith(".ndjson")
        for line in data.splitlines()
    ]


def comparable(found: dict[str, bytes]) -> dict[str, bytes]:
    """Without the random id of the archive, and what follows from it."""
    hidden = rb'"(archive|previous)": ("[0-9a-f]+"|null)'
    return {name: re.sub(hidden, b"", data) for name, data in found.items()}


def test_a_day_has_the_records_in_the_order_of_arrival_and_nothing_of_a_person(
    exported: Table3Days,
) -> None:
    found = files(exported.folder)
    assert sorted({name[:10] for name in found}) == list(DAYS)
    text = b"".join(found.values())
    for personal in (b"Alice", b"8:acs:", b"phone ", b"Therapy", b"detail"):
        assert personal not in text
    rows = exported.rows()
    arrivals = {
        keys.arrival_of(key)
        for key in rows
        if key.startswith(".arrived:")
        and keys.arrival_floor(keys.arrival_of(key)) < start_of(DAYS[2]) + DAY
    }
    lines = records(found)
    assert len(lines) > 50
    assert arrivals == {line["arrival"] for line in lines}
    for name, data in found.items():
        if name.endswith(".ndjson"):
            these = [json.loads(line)["arrival"] for line in data.splitlines()]
            assert these == sorted(these)
    assert {line["kind"] for line in lines} >= {"RoomCreated", "ParticipantAdded", "Refused"}
    assert all(re.fullmatch("[0-9a-f]{64}", line["digest"]) for line in lines)


async def test_an_export_that_is_killed_at_any_file_goes_on(
    direct: TableClient, tmp_path: Path
) -> None:
    filling = Filling(direct)
    for number in range(2):
        filling.now = BEGIN + number * DAY
        await filling.a_room_of_everything()
        await a_large_room(filling)
        await filling.a_deleted_room()
    clock = lambda: BEGIN + 2 * DAY  # noqa: E731
    killed = tmp_path / "killed"
    for _ in range(1000):
        try:
            place = KillingPlace(Folder(killed), 3)
            await Export(Table(direct), place, clock, file_records=10).run()
            break
        except Killed:
            pass
    whole = tmp_path / "whole"
    await Export(Table(direct), Folder(whole), clock, file_records=10).run()
    assert len(files(whole)) > 7
    assert comparable(files(killed)) == comparable(files(whole))
    again = await Export(Table(direct), Folder(killed), clock).run()
    assert (again.days, again.done) == ([], True)


@pytest.mark.thorough
@pytest.mark.parametrize("kill_at", range(1, 8))
async def test_a_kill_before_and_after_a_file_loses_nothing(
    direct: TableClient, tmp_path: Path, kill_at: int
) -> None:
    filling = Filling(direct)
    await filling.a_room_of_everything()
    clock = lambda: BEGIN + DAY  # noqa: E731
    with pytest.raises(Killed):
        await Export(
            Table(direct), KillingPlace(Folder(tmp_path), kill_at), clock, file_records=5
        ).run()
    await Export(Table(direct), Folder(tmp_path), clock, file_records=5).run()
    arrivals = [record["arrival"] for record in records(files(tmp_path))]
    assert len(arrivals) == len(set(arrivals)) > 15


async def test_days_that_were_missed_are_exported_one_by_one(
    direct: TableClient, tmp_path: Path
) -> None:
    filling = Filling(direct)
    await filling.a_deleted_room()
    report = await Export(Table(direct), Folder(tmp_path), lambda: BEGIN + 5 * DAY).run()
    assert (len(report.days), report.records, report.done) == (5, 3, True)
    assert str(report) == "exported 5 days until 2026-05-08, 3 records"
    chained = [json.loads((tmp_path / day / "manifest.json").read_text()) for day in report.days]
    assert [manifest["records"] for manifest in chained] == [3, 0, 0, 0, 0]
    assert (await Archives(Table(direct)).known()).archives[chained[0]["archive"]].day == DAYS[
        0
    ].replace("04", "08")


async def test_what_arrives_while_a_day_is_exported_is_of_a_later_day(
    direct: TableClient, tmp_path: Path
) -> None:
    """A process that has an old floor writes after the export of the day, with an old clock."""
    filling = Filling(direct)
    room_id = await filling.a_room_of_everything()
    await Export(Table(direct), Folder(tmp_path), lambda: BEGIN + DAY).run()
    before = files(tmp_path)
    await filling.meeting(room_id, "late")
    await Export(Table(direct), Folder(tmp_path), lambda: BEGIN + 2 * DAY).run()
    after = files(tmp_path)
    assert before.items() <= after.items()
    new = b"".join(after[name] for name in after.keys() - before.keys())
    assert new.count(b'"kind":') == 4


async def test_a_run_that_has_no_time_goes_on_with_the_next(
    direct: TableClient, tmp_path: Path
) -> None:
    filling = Filling(direct)
    await filling.a_room_of_everything()
    seconds = iter(range(1000))
    clock = lambda: BEGIN + DAY + HOUR  # noqa: E731
    runs = 0
    while True:
        export = Export(
            Table(direct), Folder(tmp_path), clock, lambda: next(seconds), file_records=5
        )
        runs += 1
        if (await export.run(0)).done:
            break
    assert runs > 2


@pytest.mark.thorough
async def test_nothing_is_added_to_an_archive_that_was_changed(
    azurite: str, tmp_path: Path
) -> None:
    name = f"t{uuid.uuid4().hex}"
    await fill(azurite, name, tmp_path)
    async with TableClient.from_connection_string(azurite, name) as client:

        async def export() -> None:
            await Export(Table(client), Folder(tmp_path), lambda: BEGIN + 9 * DAY).run()

        last = tmp_path / DAYS[2] / "manifest.json"
        text = last.read_bytes()
        last.write_bytes(text + b" ")
        with pytest.raises(ArchiveUnavailable, match="is not as it was left on 2026-05-06"):
            await export()
        last.unlink()
        with pytest.raises(ArchiveUnavailable, match="is not as it was left on 2026-05-06"):
            await export()
        shutil.rmtree(tmp_path)
        with pytest.raises(ArchiveUnavailable, match="is empty, but the log was exported there"):
            await export()


async def test_two_exports_at_once_make_one_archive(direct: TableClient, tmp_path: Path) -> None:
    await Filling(direct).a_room_of_everything()

    async def export() -> None:
        try:
            await Export(Table(direct), Folder(tmp_path), lambda: BEGIN + DAY).run()
        except ArchiveUnavailable as error:
            assert "by another export just now" in str(error)

    await asyncio.gather(*(export() for _ in range(3)))
    await export()
    arrivals = [record["arrival"] for record in records(files(tmp_path))]
    assert len(arrivals) == len(set(arrivals)) > 15
