"""Which rows a growth moves, and how."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from azure.data.tables import EdmType, EntityProperty
from azure.data.tables.aio import TableClient

from rooms.domain.time import now
from rooms.storage.growth.growth import grow
from rooms.storage.growth.run import Run
from rooms.storage.journal import journal_entity
from rooms.storage.operations import insert
from tests.storage.growth.sevens import AT_ONCE, TO_1, rows_in
from tests.storage.test_rows_of_rooms import OF_NO_ROOM, OF_THE_ROOM, ROOM

VALUES = {
    "text": "grüße",
    "flag": True,
    "int32": 5,
    "int64": EntityProperty(5, EdmType.INT64),
    "double": 5.0,
    "nan": float("nan"),
    "data0": bytes(range(256)),
    "guid": UUID("c9da6455-213d-42c9-9a79-3e9149a57833"),
    "time": EntityProperty("2026-05-04T10:00:00.1234567Z", EdmType.DATETIME),
    "whole": datetime(2026, 5, 4, tzinfo=UTC),
}
OTHER_ROOM = "99457664805096367"


pytestmark = pytest.mark.usefixtures("two_partitions")


async def put(client: TableClient, rows: Iterable[str], values: Mapping[str, Any]) -> None:
    await client.submit_transaction(
        [("upsert", {"PartitionKey": "7", "RowKey": row, **values}) for row in dict.fromkeys(rows)]
    )


async def test_all_rows_of_the_rooms_of_a_digit_move_as_they_are_and_no_others(
    clients: list[TableClient],
) -> None:
    others = [row.replace(ROOM, OTHER_ROOM) for row in OF_THE_ROOM.values()]
    await put(clients[0], OF_THE_ROOM.values(), VALUES)
    await put(clients[0], others, VALUES)
    stay = [row for row in OF_NO_ROOM.values() if not row.startswith(".floor")]
    await put(clients[0], stay, VALUES | {"rows": 2, "whole": False})
    before = await rows_in(clients[0], "7")
    await grow(Run(clients, now, AT_ONCE), TO_1)
    assert await rows_in(clients[1], "17") == {row: before[row] for row in OF_THE_ROOM.values()}
    assert await rows_in(clients[0], "7") == {row: before[row] for row in (*others, *stay)}


async def test_a_growth_can_be_undone(clients: list[TableClient]) -> None:
    await put(clients[0], OF_THE_ROOM.values(), VALUES)
    before = await rows_in(clients[0], "7")
    await grow(Run(clients, now, AT_ONCE), TO_1)
    await grow(Run(clients, now, AT_ONCE), "0000000000")
    assert await rows_in(clients[0], "7") == before
    assert await rows_in(clients[1], "17") == {}


async def test_thousands_of_rows_move(clients: list[TableClient]) -> None:
    rows = [f"{ROOM}:call:{number:04d}" for number in range(1_100)]
    for start in range(0, len(rows), 100):
        await put(clients[0], rows[start : start + 100], {"event": "e"})
    run = Run(clients, now, AT_ONCE)
    await grow(run, TO_1)
    assert list(await rows_in(clients[1], "17")) == rows
    assert run.counts.copied == run.counts.removed == len(rows)


async def test_what_the_journal_names_is_copied_as_it_is_or_removed(
    clients: list[TableClient],
) -> None:
    kept, gone = f"{ROOM}:room", f"{ROOM}:details"
    await put(clients[0], [kept, gone], {"value": 1})
    changed = False

    async def change() -> None:
        """Changes what has been copied, as writers do."""
        named = journal_entity([insert({"RowKey": row}) for row in (kept, gone)], now())
        assert named is not None
        await put(clients[0], [kept], {"value": 2})
        await clients[0].delete_entity("7", gone)
        await clients[0].create_entity({"PartitionKey": "7", **named})

    class Watched(Run):
        async def change(self, *args: Any, **spread: Any) -> None:
            nonlocal changed
            if spread.get("phase") == "closing":
                assert set(await rows_in(clients[1], "17")) >= {kept, gone}
                await change()
                changed = True
            await super().change(*args, **spread)

    await grow(Watched(clients, now, AT_ONCE), TO_1)
    assert changed
    found = await rows_in(clients[1], "17")
    assert list(found) == [kept]
    assert "'value': 2" in found[kept]
    assert await rows_in(clients[0], "7") == {}
