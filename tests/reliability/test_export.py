"""The export of the log over a storage with faults: as from a storage without, at whatever request
they come."""

import json
from pathlib import Path

import pytest
from azure.data.tables.aio import TableClient

from rooms.archive.export import Export
from rooms.archive.findings import Finding
from rooms.archive.places import Folder
from rooms.archive.verify import Verification
from rooms.domain.time import DAY, Ticks
from rooms.storage.errors import StorageUnavailable
from rooms.storage.table import Table
from testkit.storage_proxy import Fault, StorageProxy
from tests.check.filled import BEGIN, Filling
from tests.effort import KILLS_APART, thorough

KINDS = Fault.CUT_AFTER, Fault.TWICE, *thorough(Fault.REFUSED)


@pytest.fixture
def retries() -> int:
    return 0


def tomorrow() -> Ticks:
    return BEGIN + DAY


@pytest.mark.parametrize("kind", KINDS)
async def test_a_fault_at_any_request_loses_no_record_and_doubles_none(
    client: TableClient, proxy: StorageProxy, tmp_path: Path, kind: Fault
) -> None:
    filling = Filling(client)
    await filling.a_room_of_everything()
    proxy.forget()
    await Export(Table(client), Folder(tmp_path / "whole"), tomorrow).run()
    requests, records = len(proxy.seen), len(arrivals(tmp_path / "whole"))
    assert requests > 10
    assert records > 10
    for number in range(0, requests, KILLS_APART):
        folder = tmp_path / str(number)
        proxy.forget()
        proxy.choose = lambda n, _what, at=number: kind if n == at else None  # type: ignore[misc]
        for _ in range(3):  # as the timer comes again
            try:
                if (await Export(Table(client), Folder(folder), tomorrow).run()).done:
                    break
            except StorageUnavailable:
                pass
        proxy.forget()
        found = arrivals(folder)
        assert len(found) == len(set(found)) == records
        assert await verified(client, folder) == []


def arrivals(folder: Path) -> list[str]:
    """Returns the arrivals in all files of an archive."""
    lines = (line for file in folder.rglob("*.ndjson") for line in file.read_text().splitlines())
    return [json.loads(line)["arrival"] for line in lines]


async def verified(client: TableClient, folder: Path) -> list[Finding]:
    """Returns what verification finds."""
    found: list[Finding] = []
    await Verification(Table(client), Folder(folder), 0, found.append).run()
    return found
