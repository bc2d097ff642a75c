"""What was written before rooms moved to other storage accounts, and after: the archive of the log
stays valid, and an erasure reaches all of it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from azure.data.tables import TableClient
from azure.data.tables.aio import TableClient as AsyncTableClient

from rooms.archive.export import Export
from rooms.archive.findings import Finding
from rooms.archive.places import Folder
from rooms.archive.verify import Verification
from rooms.domain.limits import Limits
from rooms.domain.time import DAY
from rooms.storage import creation, keys
from rooms.storage.accounts import last_digit
from rooms.storage.erasures import Erasures
from rooms.storage.growth.run import Run
from rooms.storage.table import Table
from rooms_cli.check.table import disagreements
from testkit.grown import Grown
from testkit.stored_table import StoredTable
from testkit.waiting import HANG_SECONDS
from tests.archive.exported import a_large_room
from tests.check.filled import ALICE, BEGIN, ORIGIN, Filling

AT_ONCE = Limits(spread_seconds=0, settle_seconds=0)
"""Nobody else uses the table while rooms move."""

TO_1 = "0100000000"
"""The accounts of the ten digits, of which most rooms here have the same one."""


class Moved:
    """A table of two days, between which all rooms moved to other accounts, and its archive."""

    def __init__(self, storages: Sequence[str], folder: Path) -> None:
        self.grown = Grown(storages, AT_ONCE)
        self.stored = StoredTable(storages, self.grown.table)
        self.place = Folder(folder)
        self.now = BEGIN

    async def play(self) -> None:
        async with self.stored.opened() as table:
            await self._day(table)
            self.now = BEGIN + DAY
            await Export(table, self.place, lambda: self.now).run()
        await self.grown.grow(TO_1, mover=self._mover)
        async with self.stored.opened() as table:
            await self._day(table)
            self.now = BEGIN + 2 * DAY
            await Export(table, self.place, lambda: self.now).run()

    async def _day(self, table: Table) -> None:
        filling = Filling(table)
        filling.now = self.now
        await filling.a_room_of_everything()
        await filling.a_deleted_room()
        await a_large_room(filling)
        self.now = filling.now

    def _mover(self, clients: Sequence[AsyncTableClient]) -> Run:
        return Run(clients, lambda: self.now, AT_ONCE)

    def verified(self) -> list[Finding]:
        async def found(table: Table) -> list[Finding]:
            findings: list[Finding] = []
            await Verification(table, self.place, 0, findings.append).run()
            return findings

        return self.stored.run(found)


@pytest.fixture(scope="module")
def moved(azurites: list[str], tmp_path_factory: pytest.TempPathFactory) -> Moved:
    """For tests that leave no more in it than they found."""
    made = Moved(azurites[:2], tmp_path_factory.mktemp("archive"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(creation, "numbered_room_id", lambda number: f"994{number % 10**12:012d}17")
        asyncio.run(made.play())
    return made


@pytest.mark.thorough
def test_the_log_is_verified_in_the_accounts_where_rooms_are_now(moved: Moved) -> None:
    files = {file.name.partition("-")[0] for file in moved.place.path.glob("*/*.ndjson")}
    assert files >= {"7", "17"}
    assert moved.verified() == []
    in_account_1 = moved.stored.rows("PartitionKey eq '17' and kind eq 'RoomDeleted'")
    row = next(row for row in in_account_1 if keys.is_log_row(row["RowKey"]))
    storage = moved.stored.storages[1]
    with TableClient.from_connection_string(storage, moved.stored.name) as client:
        client.upsert_entity(row | {"actor": "Eve"})
        (found,) = moved.verified()
        client.upsert_entity(row)
    assert (found.row, found.what) == (row["RowKey"], "A row was altered in the log.")


def test_a_person_is_erased_wherever_rows_of_their_rooms_are(moved: Moved) -> None:
    invited = [row for row in moved.stored.rows() if ALICE in str(row)]
    left = [row | {"PartitionKey": last_digit(row["PartitionKey"])} for row in invited]
    with TableClient.from_connection_string(moved.stored.storages[0], moved.stored.name) as client:
        for row in left:
            client.upsert_entity(row)

    async def erase(table: Table) -> None:
        erasures = Erasures(table, lambda: moved.now)
        erasure = await erasures.start(ALICE, None, ORIGIN)
        assert (await erasures.run(erasure.id, HANG_SECONDS)).is_done

    moved.stored.run(erase)
    rows = moved.stored.rows()
    assert [row for row in rows if ALICE in str(row)] == []
    assert list(disagreements(rows)) == []
    assert moved.verified() == []
