"""Who is invited to a room at ACS is not erased, as the next look there would bring them back."""

from dataclasses import replace
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.room import Room
from rooms.domain.time import DAY
from rooms.storage.changes import Origin
from rooms.storage.creation import creation
from rooms.storage.edits import Edit
from rooms.storage.erasure_state import Erasure
from rooms.storage.erasures import Erasures
from rooms.storage.marks import Marks
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from rooms_cli.check.table import disagreements
from testkit.partitions import all_at_home
from testkit.storage import Clock, change_here
from testkit.traces import rows_with, traces_of
from testkit.waiting import HANG_SECONDS
from tests.check.filled import ALICE, BEGIN, BOB, ORIGIN

pytestmark = pytest.mark.usefixtures("one_partition")

ASKER = Origin("clinic", "erase-1")
AT_ACS = Room("99445653749945727", BEGIN, BEGIN, BEGIN + DAY, False, carrier="acs")


async def made(client: TableClient, room: Room = AT_ACS) -> Rooms:
    roster: dict[str, Any] = {ALICE: "Presenter", BOB: "Attendee"}
    await Table(client).commit(all_at_home(creation(room, roster, None, ORIGIN)))
    return Rooms(Table(client), Clock(BEGIN + 1))


async def erased(client: TableClient, *, at: int = BEGIN + 2, reads_acs: bool = True) -> Erasure:
    erasures = Erasures(Table(client), Clock(at), reads_acs=reads_acs)
    begun = await erasures.start(ALICE, None, ASKER)
    return await erasures.run(begun.id, HANG_SECONDS)


async def rows_in(client: TableClient) -> list[dict[str, Any]]:
    return [dict(row) async for row in client.list_entities()]


async def test_who_is_invited_there_is_refused_with_the_room_and_nothing_is_changed(
    direct: TableClient,
) -> None:
    await made(direct)
    before = rows_with(await rows_in(direct), *traces_of(ALICE))
    refused = await erased(direct)
    rows = await rows_in(direct)
    assert (refused.phase, refused.at_acs, refused.person.raw_ids) == (
        "refused",
        (AT_ACS.id,),
        frozenset(),
    )
    assert rows_with(rows, *traces_of(ALICE)) == before
    assert not any(row.get("erased") for row in rows)
    assert list(disagreements(rows)) == []
    assert await Erasures(Table(direct), Clock(BEGIN + 3)).open() == []


async def test_who_was_removed_there_is_erased(direct: TableClient) -> None:
    rooms = await made(direct)
    await change_here(rooms, AT_ACS.id, Edit(patch={ALICE: None}))
    assert (await erased(direct)).is_done
    assert rows_with(await rows_in(direct), *traces_of(ALICE)) == []


async def test_who_is_named_by_a_change_that_is_under_way_is_refused_until_it_is_settled(
    direct: TableClient,
) -> None:
    marks = Marks(Table(direct), Clock(BEGIN))
    mark = marks.of_change(AT_ACS.id, ORIGIN, patch={ALICE: "Attendee"})
    await marks.write(mark)
    refused = await erased(direct)
    assert (refused.phase, refused.at_acs) == ("refused", ())
    await marks.remove(mark)
    assert (await erased(direct, at=BEGIN + 3)).is_done


@pytest.mark.parametrize(
    ("room", "asked"),
    [
        (AT_ACS, {"at": BEGIN + DAY}),
        (AT_ACS, {"reads_acs": False}),
        (replace(AT_ACS, carrier="own"), {}),
    ],
    ids=["past-its-end", "not-read-at-acs", "not-at-acs"],
)
async def test_a_room_that_is_not_read_at_acs_refuses_nobody(
    direct: TableClient, room: Room, asked: Any
) -> None:
    await made(direct, room)
    assert (await erased(direct, **asked)).is_done
    assert rows_with(await rows_in(direct), *traces_of(ALICE)) == []
