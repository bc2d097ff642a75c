"""A table is checked while it is written to: nothing is changed, nothing is told that only seemed
so, and all that is so."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from azure.data.tables import TableClient
from azure.data.tables.aio import TableClient as AsyncTableClient

from rooms.domain.errors import RoomNotFound
from rooms.domain.room import RoomChange
from rooms.domain.time import DAY
from rooms.storage import keys
from rooms.storage.table import Table
from rooms.upkeep.walk import Upkeep
from rooms_cli.check.disagreement import Disagreement
from rooms_cli.check.live import WAITS, Counts, LiveTable
from rooms_cli.storage import Account
from testkit.storage_proxy import StorageProxy
from tests.check.filled import ALICE, BEGIN, BOB, ORIGIN, Filling
from tests.effort import THOROUGH, thorough

pytestmark = pytest.mark.usefixtures("one_partition")

type Happening = Coroutine[Any, Any, Any]

QUESTIONS = range(4, 8, 1 if THOROUGH else 2)
"""Those about a partition behind the first, if nothing seems to disagree."""


class Watched(TableClient):
    """Calls `before` ahead of each question."""

    before: Callable[[], None]

    def query_entities(self, *arguments: Any, **named: Any) -> Any:
        self.before()
        return super().query_entities(*arguments, **named)

    def get_entity(self, *arguments: Any, **named: Any) -> Any:
        self.before()
        return super().get_entity(*arguments, **named)


class Checked:
    """What was found in a whole table, while things happened."""

    def __init__(
        self, storage: str, table: str, happens: Callable[[int], Happening | None] = lambda _: None
    ) -> None:
        self._storage, self._table, self._happens = storage, table, happens
        self.questions = 0
        self.progress: list[int] = []
        self.waited: list[float] = []

    async def found(self) -> list[Disagreement]:
        self._loop = asyncio.get_running_loop()
        return await asyncio.to_thread(self._read)

    def _read(self) -> list[Disagreement]:
        with Watched.from_connection_string(self._storage, self._table) as client:
            client.before = self._before  # type: ignore[attr-defined]
            table = LiveTable(
                [Account(client, "")],
                0,
                lambda counts: self.progress.append(counts.rows),
                self.waited.append,
            )
            found = list(table.disagreements())
            self.counts: Counts = table.counts
            return found

    def _before(self) -> None:
        if happening := self._happens(self.questions):
            asyncio.run_coroutine_threadsafe(happening, self._loop).result(10)
        self.questions += 1


@pytest.fixture
def filling(direct: AsyncTableClient) -> Filling:
    return Filling(direct)


async def damage(client: AsyncTableClient, row: str, **properties: Any) -> None:
    await client.update_entity({"PartitionKey": "7", "RowKey": row, **properties}, mode="merge")


async def new_room(filling: Filling) -> str:
    wanted = RoomChange(BEGIN, BEGIN + DAY)
    return (await filling.rooms.create(wanted, {ALICE: "Presenter"}, None, ORIGIN)).room.id


CHANGES: dict[str, Callable[[Filling, str, int], Happening]] = {
    "create": lambda filling, _room, _n: new_room(filling),
    "update": lambda filling, room, n: filling.rooms.update(
        room, RoomChange(BEGIN, BEGIN + n * DAY), ORIGIN
    ),
    "title": lambda filling, room, n: filling.rooms.patch_details(
        room, {"title": f"title {n}"}, ORIGIN
    ),
    "invite": lambda filling, room, n: filling.rooms.patch_roster(
        room, {BOB: "Attendee" if n % 2 else None}, ORIGIN
    ),
    "delete": lambda filling, room, _n: filling.rooms.delete(room, ORIGIN),
    "event": lambda filling, room, n: filling.meeting(room, f"call {n}"),
    "quarantine": lambda filling, _room, n: filling.quarantine.put(
        Random(n).randbytes(25_000).hex(), "why"
    ),
}


@pytest.mark.parametrize(
    "change", ["create", "invite", "delete", "event", "quarantine", *thorough("update", "title")]
)
async def test_a_change_between_any_two_questions_is_nothing_to_tell(
    direct: AsyncTableClient,
    azurite: str,
    filling: Filling,
    change: str,
) -> None:
    async def happen(room_id: str, number: int) -> None:
        with suppress(RoomNotFound):
            await CHANGES[change](filling, room_id, number + 1)

    for moment in QUESTIONS:
        room_id = await new_room(filling)
        checked = Checked(
            azurite,
            direct.table_name,
            lambda n, at=moment, room=room_id: happen(room, n) if n == at else None,  # type: ignore[misc]
        )
        assert await checked.found() == []
    room_id = await new_room(filling)
    several = Checked(
        azurite, direct.table_name, lambda number: happen(room_id, number) if number < 12 else None
    )
    assert await several.found() == []


async def test_upkeep_meanwhile_is_nothing_to_tell(
    direct: AsyncTableClient, azurite: str, filling: Filling
) -> None:
    for moment in QUESTIONS:
        await new_room(filling)
        upkeep = Upkeep(
            Table(direct),
            filling.rooms,
            lambda n=moment: BEGIN + (40 + 2 * n) * DAY,  # type: ignore[misc]
            30 * DAY,
            400 * DAY,
        )
        checked = Checked(
            azurite,
            direct.table_name,
            lambda n, at=moment, upkeep=upkeep: upkeep.run(20) if n == at else None,  # type: ignore[misc]
        )
        assert await checked.found() == []
    assert [row async for row in direct.query_entities("deleted eq true")]


async def test_what_is_wrong_is_told_once_although_the_room_is_changed_meanwhile(
    direct: AsyncTableClient, azurite: str, filling: Filling
) -> None:
    room_id, sound = await new_room(filling), await new_room(filling)
    created_at = (await filling.rooms.get(room_id)).created_at
    await direct.delete_entity("7", keys.invitee_row(room_id, created_at, ALICE))

    async def change(number: int) -> None:
        for each in room_id, sound:
            await filling.rooms.update(each, RoomChange(BEGIN, BEGIN + (number + 2) * DAY), ORIGIN)

    checked = Checked(
        azurite, direct.table_name, lambda number: change(number) if 4 <= number < 12 else None
    )
    (found,) = await checked.found()
    assert (found.room, found.what) == (
        room_id,
        "Somebody who was invited does not find the room.",
    )
    assert 1 < len(checked.waited) < len(WAITS)


async def test_a_room_that_seems_wrong_and_never_rests_is_told_as_that(
    direct: AsyncTableClient, azurite: str, filling: Filling
) -> None:
    room_id = await new_room(filling)
    await direct.delete_entity(
        "7", keys.invitee_row(room_id, (await filling.rooms.get(room_id)).created_at, ALICE)
    )
    checked = Checked(
        azurite,
        direct.table_name,
        lambda number: filling.rooms.update(
            room_id, RoomChange(BEGIN, BEGIN + (number + 2) * DAY), ORIGIN
        ),
    )
    (found,) = await checked.found()
    assert (found.room, found.what) == (
        room_id,
        "It was changed whenever it was read, and could not be checked.",
    )
    assert checked.waited == list(WAITS)


async def test_rows_elsewhere_and_of_no_kind_are_told(
    direct: AsyncTableClient, azurite: str, filling: Filling
) -> None:
    await new_room(filling)
    strange = [
        ("6", "a:room"),
        ("70", "x"),
        ("", "x"),
        ("x", "x"),
        ("7", " "),
        ("7", ".x"),
        ("7", ".quarantine-part:1"),
        ("7", "~"),
    ]
    for partition, row in strange:
        await direct.create_entity({"PartitionKey": partition, "RowKey": row})
    found = await Checked(azurite, direct.table_name).found()
    assert sorted((each.partition, each.rows[0]) for each in found) == sorted(strange)


async def test_an_event_in_quarantine_is_read_with_its_parts(
    direct: AsyncTableClient, azurite: str, filling: Filling
) -> None:
    event_id = await filling.quarantine.put(Random(1).randbytes(25_000).hex(), "why")
    checked = Checked(azurite, direct.table_name)
    assert await checked.found() == []
    assert checked.counts == Counts(
        rows=len([row async for row in direct.list_entities()]), rooms=0, quarantined=1
    )
    part = keys.quarantine_part_row(event_id, 1)
    await direct.delete_entity("7", part)
    (found,) = await Checked(azurite, direct.table_name).found()
    assert found.rows == (keys.quarantine_row(event_id), part)
    await direct.delete_entity("7", keys.quarantine_row(event_id))
    assert await Checked(azurite, direct.table_name).found() == []


async def test_it_only_asks_a_thousand_rows_at_a_time(
    client: AsyncTableClient, proxy: StorageProxy, azurite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rooms_cli.check.live.PAGE", 10)
    filling = Filling(client)
    for _ in range(6):
        await filling.meeting(await new_room(filling), "call")
    room_id = await new_room(filling)
    await damage(client, keys.room_row(room_id), pstnDialOutEnabled=True)
    before = [dict(row) async for row in client.list_entities()]
    proxy.forget()
    checked = Checked(proxy.connection_string, client.table_name)
    assert {each.room for each in await checked.found()} == {room_id}
    assert {what.split()[0] for what in proxy.seen} == {"GET"}
    assert len(before) / 10 < len(proxy.seen) < len(before) / 10 + 15
    assert checked.progress == sorted(checked.progress)
    assert len(checked.progress) >= len(before) // 10
    assert [dict(row) async for row in client.list_entities()] == before
