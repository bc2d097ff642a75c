"""Erasing a person: what is left of them, whatever was stored, and whenever the work is killed."""

import json
from collections.abc import Mapping
from typing import Any

from azure.data.tables.aio import TableClient

from rooms.domain.time import DAY
from rooms.storage import keys
from rooms.storage.changes import Origin
from rooms.storage.entities import binary_of, decompressed
from rooms.storage.erasure_state import Erasure
from rooms.storage.erasures import Erasures
from rooms.storage.table import Table
from rooms_cli.check.table import disagreements
from testkit.storage import Clock
from testkit.waiting import HANG_SECONDS
from tests.check.filled import ALICE, BOB, EVENTS_ONLY, Filling

ASKER = Origin("clinic", "erase-1")
LATER = 1_000 * DAY


async def filled(client: TableClient) -> Filling:
    """A table with something of everything, and Alice in most of it."""
    filling = Filling(client)
    await filling.a_room_of_everything()
    await filling.a_deleted_room()
    await filling.a_room_of_many()
    await filling.meeting(EVENTS_ONLY, "another call")
    await filling.quarantine.put(json.dumps({"user": ALICE}), "why")
    await filling.quarantine.put("of nobody", "why")
    return filling


async def rows_in(client: TableClient) -> list[dict[str, Any]]:
    return [dict(row) async for row in client.list_entities()]


def texts_of(row: Mapping[str, Any]) -> str:
    """All that a row says, decompressed."""
    data = binary_of(row)
    shown = {name: value for name, value in row.items() if not isinstance(value, bytes)}
    return f"{shown}{decompressed(data) if data else ''}"


def rows_with(rows: list[dict[str, Any]], *wanted: str) -> list[str]:
    return [
        row["RowKey"]
        for row in rows
        if any(text.casefold() in texts_of(row).casefold() for text in wanted)
    ]


def traces_of(raw_id: str, *names: str) -> tuple[str, ...]:
    """All that tells the person: the id, its parts, its hashes and the prefixes that keys have of
    them, and their names."""
    _, member = keys.group_and_member(raw_id)
    return raw_id, raw_id.rpartition(":")[2], keys.hashed(raw_id), member, *names


async def erased(client: TableClient, at: int, **who: str) -> Erasure:
    erasures = Erasures(Table(client), Clock(at))
    begun = await erasures.start(who.get("raw_id"), who.get("external_id"), ASKER)
    return await erasures.run(begun.id, HANG_SECONDS)


async def test_nothing_of_the_person_is_left_and_the_rest_agrees(direct: TableClient) -> None:
    filling = await filled(direct)
    assert len(rows_with(await rows_in(direct), *traces_of(ALICE, "Alice"))) > 30
    done = await erased(direct, filling.now, raw_id=ALICE)
    rows = await rows_in(direct)
    assert done.is_done
    assert rows_with(rows, *traces_of(ALICE, "Alice")) == []
    assert rows_with(rows, BOB) != []
    assert list(disagreements(rows)) == []
    assert done.found["quarantined"] == 1
    print(done.found, done.rows)


async def test_twice_is_once(direct: TableClient) -> None:
    filling = await filled(direct)
    await erased(direct, filling.now, raw_id=ALICE)
    again = await erased(direct, filling.now + 1, raw_id=ALICE)
    assert again.is_done
    assert not again.found
