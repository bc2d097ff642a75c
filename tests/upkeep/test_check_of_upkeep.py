"""What upkeep leaves agrees wherever it is killed: what it may have removed, or be about to, is
nothing to be told.

Legal are, of what is older than the time that is kept: log records that are missing, anywhere;
rosters that are missing, but for the newest of these; a deleted room without some of its rosters;
decisions and calls of a room that has been removed; calls without log records, without some of
their events, or without all but some of the rows that lists have of them; rows of invitees of rooms
that were created then. And, of whatever age, parts of an event in quarantine that is not there.
"""

from itertools import count
from random import Random

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.limits import Limits
from rooms.domain.time import DAY, HOUR, SECOND, Ticks, now
from rooms.storage.admissions import Admissions
from rooms.storage.calls import Calls
from rooms.storage.table import Table
from rooms_cli.check.table import disagreements
from testkit.identifiers import raw_id
from testkit.past import CUTOFF, NOW, Past, Watched, rows_of, run, upkeep_of
from testkit.storage import ORIGIN
from tests.effort import THOROUGH

LONG_AGO = CUTOFF - 100 * DAY

SMALL_TRANSACTIONS = Limits(upkeep_rows=2)
"""Many rows are more than two, so that there is a state between any two of them."""

APART = 1 if THOROUGH else 3
"""Writes between those ahead of which all is looked at."""

pytestmark = pytest.mark.usefixtures("one_partition")


async def fill(client: TableClient) -> None:
    """Rooms with many rows of everything that ages, from before and after the time that is kept."""
    past = Past(client)
    for deleted_at in (None, CUTOFF - DAY):
        room_id = await past.room(LONG_AGO)
        for number in range(2):
            at = LONG_AGO + number * HOUR
            await past.extend(room_id, at + 1, NOW + (number + 2) * DAY)
            await past.name(room_id, at + 2, f"title {number}")
            await past.rooms(at + 3).patch_roster(
                room_id, {raw_id(number + 20): "Attendee"}, ORIGIN
            )
            await decide(client, room_id, at + 4)
        await past.call(room_id, "old", *(LONG_AGO + number * HOUR // 2 for number in range(5)))
        await past.call(room_id, "of both", LONG_AGO, CUTOFF + HOUR)
        if deleted_at is None:
            await past.invite(room_id, CUTOFF - 1, CUTOFF, NOW)
            await past.name(room_id, NOW + 1, "title of now")
        else:
            await past.delete(room_id, deleted_at)
            await decide(client, room_id, deleted_at + SECOND)
    await past.room(NOW - 60 * DAY, NOW - 31 * DAY)
    await past.call("anywhere-7", "old", LONG_AGO, LONG_AGO + HOUR)
    await past.quarantine("old", LONG_AGO)


async def decide(client: TableClient, room_id: str, at: Ticks) -> None:
    table = Table(client)
    decision = {"rawId": raw_id(1), "role": "Presenter"}
    await Admissions(table, Calls(table, now), now).record(
        room_id, at, "Admitted", decision, ORIGIN
    )


async def found(client: TableClient, kept: Ticks) -> list[str]:
    return [each.what for each in disagreements((await rows_of(client)).values(), kept)]


async def test_nothing_disagrees_ahead_of_any_write_of_upkeep(direct: TableClient) -> None:
    """Also as it looks three days later, when more may be removed."""
    await fill(direct)
    assert await found(direct, 0) == []
    writes = 0

    async def look(what: str, _row: str) -> None:
        nonlocal writes
        if what in ("commit", "delete"):
            writes += 1
            if writes % APART:
                return
            rows = list((await rows_of(direct)).values())
            assert [list(disagreements(rows, kept)) for kept in (CUTOFF, CUTOFF + 3 * DAY)] == [
                [],
                [],
            ]

    before = len(await rows_of(direct))
    await upkeep_of(Watched(direct, look), limits=SMALL_TRANSACTIONS).run(20)
    assert writes > 40
    assert len(await rows_of(direct)) < before / 2
    assert await found(direct, CUTOFF) == []


class Killed(BaseException):
    """What is under way ends here."""


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(2))
async def test_nothing_disagrees_after_runs_of_several_days_that_were_all_killed(
    direct: TableClient, seed: int
) -> None:
    """Each of them leaves something else in the middle, as more has become too old."""
    await fill(direct)
    random = Random(seed)
    for days in count(-60, 15):
        left = random.randrange(1, 12)

        async def kill(what: str, _row: str) -> None:
            nonlocal left
            left -= what in ("commit", "delete")
            if left < 0:
                raise Killed

        try:
            report = await upkeep_of(
                Watched(direct, kill), NOW + days * DAY, SMALL_TRANSACTIONS
            ).run(20)
        except Killed:
            pass
        else:
            assert report.done == 1
            assert days > 0
            break
        assert await found(direct, CUTOFF + days * DAY) == []


@pytest.mark.thorough
async def test_what_is_missing_of_the_time_that_is_kept_is_told_after_upkeep(
    direct: TableClient,
) -> None:
    await fill(direct)
    await run(direct, limits=SMALL_TRANSACTIONS)
    assert len(await found(direct, 0)) > 3
    rows = list((await rows_of(direct)).values())
    kept = [
        row for row in rows if ":~" in row["RowKey"] and row["kind"] not in ("Admitted", "Refused")
    ]
    assert {row["kind"] for row in kept} == {
        "ParticipantsUpdated",
        "DetailsUpdated",
        "CallEnded",
        "RoomCreated",
        "RoomDeleted",
    }
    rosters = [row for row in rows if ":roster:" in row["RowKey"]]
    assert len(rosters) == 4
    for row in [*kept, *rosters]:
        assert list(disagreements((other for other in rows if other is not row), CUTOFF))
