"""What goes and what stays, to the tick."""

import asyncio
from itertools import batched, count
from random import Random
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.call import Call
from rooms.domain.events import SERVICE_LOG, CallEvent
from rooms.domain.identity import User
from rooms.domain.join_link import JoinLink
from rooms.domain.limits import Limits
from rooms.domain.log_details import Accessed
from rooms.domain.time import DAY, HOUR, Ticks, now, parse_time
from rooms.storage import keys
from rooms.storage.accesses import Accesses
from rooms.storage.calls import Calls
from rooms.storage.erasures import Erasures
from rooms.storage.identities import Deployment, Identities
from rooms.storage.join_links import HeldLink
from rooms.storage.parallel import in_parallel
from rooms.storage.quarantine import Quarantine
from rooms.storage.table import Table
from rooms.upkeep.walk import Upkeep
from testkit.identifiers import raw_id
from testkit.partitions import at_home
from testkit.past import (
    CUTOFF,
    EXPIRED,
    HOUR_OF_CUTOFF,
    NOW,
    RETENTION,
    Past,
    Watched,
    checked,
    kinds_of,
    looked_through,
    record,
    rows_of,
    run,
    upkeep_of,
)
from testkit.storage import ORIGIN, Clock
from testkit.waiting import HANG_SECONDS
from tests.effort import THOROUGH, thorough

LONG_AGO = CUTOFF - 100 * DAY
UNKNOWN = "99412345678901237"


pytestmark = pytest.mark.usefixtures("one_partition")


@pytest.fixture(params=["due", *thorough("whole")], autouse=True)
async def way(request: pytest.FixtureRequest, direct: TableClient) -> str:
    """Whether a pass looks at what is due, or, the first one, at everything."""
    if request.param == "due":
        await looked_through(direct)
    else:
        await direct.create_table()
    return str(request.param)


BOTH = pytest.mark.parametrize("way", ["due", "whole"], indirect=True)
"""What each of the two passes finds by code of its own."""

ONLY_WHOLE = pytest.mark.parametrize("way", ["whole"], indirect=True)
"""What only a pass over everything does."""


def in_both(first: tuple[Any, ...], *others: tuple[Any, ...]) -> list[Any]:
    """Ways with values: the first in both ways, and the others by what is due; by a pass over
    everything, they are thorough."""
    return [
        ("due", *first),
        ("whole", *first),
        *(("due", *other) for other in others),
        *(pytest.param("whole", *other, marks=pytest.mark.thorough) for other in others),
    ]


SMALL_TRANSACTIONS = Limits(upkeep_rows=10)
"""Many rows are more than ten."""


@pytest.fixture
def past(direct: TableClient) -> Past:
    return Past(direct)


@pytest.mark.parametrize(
    ("way", "valid_until", "goes"),
    in_both((NOW - EXPIRED - 1, True), (NOW - EXPIRED, False)),
    indirect=["way"],
)
async def test_an_expired_room_is_deleted_after_its_grace(
    direct: TableClient, past: Past, valid_until: Ticks, goes: bool
) -> None:
    room_id = await past.room(NOW - 60 * DAY, valid_until)
    report = await run(direct)
    room = (await checked(direct))[room_id]
    assert report.removed["expired rooms"] == goes
    assert room.kinds == (["RoomDeleted"] if goes else []) + ["RoomCreated"]
    if goes:
        assert (room.log[0]["actor"], room.log[0]["time"]) == (
            "upkeep",
            "2026-10-05T10:30:00.0000000Z",
        )


async def test_a_room_that_is_extended_meanwhile_is_not_deleted(
    direct: TableClient, past: Past
) -> None:
    room_id = await past.room(NOW - 60 * DAY, NOW - 31 * DAY)

    async def extend(what: str, row: str) -> None:
        if (
            what == "commit"
            and row.startswith(f"{room_id}:~")
            and len((await checked(direct))[room_id].log) == 1
        ):
            await past.extend(room_id, NOW, NOW + DAY)

    report = await upkeep_of(Watched(direct, extend)).run(HANG_SECONDS)
    assert report.removed["expired rooms"] == 0
    assert (await checked(direct))[room_id].kinds == ["RoomUpdated", "RoomCreated"]


@BOTH
async def test_log_records_go_when_they_are_too_old(direct: TableClient, past: Past) -> None:
    room_id = await past.room(LONG_AGO)
    times = [CUTOFF - 1, CUTOFF, NOW]
    await past.invite(room_id, LONG_AGO + 1, *times)
    report = await run(direct)
    assert report.removed["log records"] == 3
    log = (await checked(direct))[room_id].log
    assert [parse_time(each["time"]) for each in reversed(log)] == [CUTOFF, NOW]


@pytest.mark.parametrize("room_id", [UNKNOWN, SERVICE_LOG])
async def test_records_of_who_looked_go_when_they_are_too_old(
    direct: TableClient, monkeypatch: pytest.MonkeyPatch, room_id: str
) -> None:
    monkeypatch.setattr(keys, "PARTITIONS", keys.home_partition(room_id))
    monkeypatch.setattr(keys, "partitions", lambda: [keys.home_partition(room_id)])
    for at in (CUTOFF - 1, CUTOFF):
        looked: Accessed = {"what": "log", "query": {}}
        await Accesses(Table(direct), Clock(at)).record(room_id, looked, ORIGIN)
    report = await run(direct)
    assert report.removed["log records"] == 1
    (left,) = (await checked(direct))[room_id].log
    assert parse_time(left["time"]) == CUTOFF


@pytest.mark.parametrize(
    ("way", "changes", "kept"),
    [
        *in_both(
            ([CUTOFF - 2, CUTOFF - 1, CUTOFF + 1, NOW], [CUTOFF - 1, CUTOFF + 1, NOW]),
            ([CUTOFF], [LONG_AGO, CUTOFF]),
            ([LONG_AGO + n for n in range(1, 13)], [LONG_AGO + 12]),
        ),
        *(
            pytest.param(way, changes, kept, marks=pytest.mark.thorough)
            for way in ("due", "whole")
            for changes, kept in (([CUTOFF - 1], [CUTOFF - 1]), ([], [LONG_AGO]))
        ),
    ],
    indirect=["way"],
)
async def test_rosters_go_that_were_superseded_too_long_ago(
    direct: TableClient, past: Past, changes: list[Ticks], kept: list[Ticks]
) -> None:
    room_id = await past.room(LONG_AGO)
    await past.invite(room_id, *changes)
    report = await run(direct, limits=SMALL_TRANSACTIONS)
    rosters = [row for _, row in await rows_of(direct) if ":roster:" in row]
    assert sorted(keys.time_of(row.rpartition(":")[2]) for row in rosters) == kept
    assert report.removed["rosters"] == 1 + len(changes) - len(kept)
    await checked(direct)


@pytest.mark.parametrize(
    ("way", "last", "goes"),
    [
        *in_both((HOUR_OF_CUTOFF - 1, True), (HOUR_OF_CUTOFF, False)),
        *(
            pytest.param(way, last, False, marks=pytest.mark.thorough)
            for way in ("due", "whole")
            for last in (CUTOFF - 1, CUTOFF, NOW)
        ),
    ],
    indirect=["way"],
)
async def test_a_call_goes_as_a_whole_when_its_last_event_is_too_old(
    direct: TableClient, past: Past, last: Ticks, goes: bool
) -> None:
    await past.call(UNKNOWN, "kept", NOW - HOUR, NOW)
    await past.call(UNKNOWN, "call", LONG_AGO, LONG_AGO + 3 * HOUR, last)
    report = await run(direct)
    events = (await checked(direct))[UNKNOWN].events
    assert [event.at for event in events if event.call == "call"] == (
        [] if goes else [LONG_AGO, LONG_AGO + 3 * HOUR, last]
    )
    assert len([event for event in events if event.call == "kept"]) == 2
    assert (report.removed["calls"], report.removed["events"]) == ((1, 3) if goes else (0, 0))


async def test_a_call_of_many_events_in_many_hours_goes_in_several_transactions(
    direct: TableClient, past: Past
) -> None:
    table = Table(direct)
    await past.call(UNKNOWN, "call", LONG_AGO)
    for first in range(0, 20, 10):
        events = [
            CallEvent("ParticipantAdded", str(n), "call", LONG_AGO + n * HOUR)
            for n in range(first, first + 10)
        ]
        await asyncio.gather(*(record(table, UNKNOWN, event) for event in events))
    report = await run(direct, limits=SMALL_TRANSACTIONS)
    assert await rows_of(direct) == {}
    assert (report.removed["calls"], report.removed["events"], report.removed["log records"]) == (
        1,
        21,
        21,
    )


async def test_an_event_that_arrives_while_its_call_goes_is_found(
    direct: TableClient, past: Past
) -> None:
    await past.call(UNKNOWN, "call", LONG_AGO)
    late = CallEvent("ParticipantRemoved", "late", "call", LONG_AGO + 1, "phone")
    arrived = False

    async def arrive(what: str, row: str) -> None:
        nonlocal arrived
        if what == "delete" and ":call:" in row and not arrived:
            arrived = True
            await record(Table(direct), UNKNOWN, late)

    await upkeep_of(Watched(direct, arrive)).run(HANG_SECONDS)
    assert arrived
    await run(direct, NOW + DAY)  # removes its arrival, too
    assert await rows_of(direct) == {}


@pytest.mark.thorough
async def test_an_event_that_is_delivered_again_while_it_goes_or_after_it_went_can_be_kept(
    direct: TableClient,
) -> None:
    """At whatever request it arrives: else Event Grid would deliver it for a day."""
    event = CallEvent("ParticipantAdded", "event", "call", LONG_AGO, "phone")
    for moment in count():
        requests = 0

        async def deliver(_what: str, _row: str, moment: int = moment) -> None:
            nonlocal requests
            requests += 1
            if requests == moment:
                await record(Table(direct), UNKNOWN, event)

        await record(Table(direct), UNKNOWN, event)
        await upkeep_of(Watched(direct, deliver), NOW + moment * DAY).run(HANG_SECONDS)
        async with asyncio.timeout(HANG_SECONDS):
            await record(Table(direct), UNKNOWN, event)
        assert len((await checked(direct))[UNKNOWN].events) == 1
        if requests < moment:
            break


@pytest.mark.parametrize(
    ("way", "deleted_at", "goes"),
    in_both((CUTOFF - 1, True), (CUTOFF, False)),
    indirect=["way"],
)
async def test_a_tombstone_goes_with_its_rosters_and_details(
    direct: TableClient, past: Past, deleted_at: Ticks, goes: bool
) -> None:
    room_id = await past.room(LONG_AGO)
    await past.name(room_id, LONG_AGO + 1, "Therapy")
    await past.invite(room_id, LONG_AGO + 2)
    await past.delete(room_id, deleted_at)
    report = await run(direct)
    assert await kinds_of(direct) == ([] if goes else ["arrived", "details", "room", "roster", "~"])
    assert report.removed["tombstones"] == goes
    await checked(direct)


@pytest.mark.parametrize(
    ("way", "end", "goes"),
    in_both((CUTOFF, False), (CUTOFF - 1, True)),
    indirect=["way"],
)
async def test_a_tombstone_stays_while_acs_may_have_the_room(
    direct: TableClient, past: Past, end: Ticks, goes: bool
) -> None:
    await past.delete(await past.room(LONG_AGO, end), LONG_AGO + 1)
    table = Table(direct)
    upkeep = Upkeep(table, past.rooms(NOW), lambda: NOW, EXPIRED, RETENTION, reads_acs=True)
    assert (await upkeep.run(HANG_SECONDS)).removed["tombstones"] == goes
    assert ("room" in await kinds_of(direct)) != goes


async def test_what_remains_of_a_removed_room_ages_out_by_itself(
    direct: TableClient, past: Past
) -> None:
    room_id = await past.room(LONG_AGO)
    await past.delete(room_id, CUTOFF - 1)
    await past.call(room_id, "call", NOW)
    await run(direct)
    assert await kinds_of(direct) == ["arrived", "call", "calls", "~"]
    await run(direct, NOW + RETENTION + HOUR)
    assert await rows_of(direct) == {}


ANY_IDS = ["-", "-7", "A", "_", "a", "a-b", "a0", "z", "Z" * 64]


@BOTH
@pytest.mark.parametrize("room_ids", [ANY_IDS, *thorough(*([each] for each in ANY_IDS))], ids=str)
async def test_rooms_of_any_id_are_found(
    direct: TableClient, past: Past, monkeypatch: pytest.MonkeyPatch, room_ids: list[str]
) -> None:
    monkeypatch.setattr(keys, "PARTITIONS", "0123456789")
    monkeypatch.setattr(keys, "partitions", lambda: list("0123456789"))
    for room_id in room_ids:
        await past.call(room_id, "call", LONG_AGO)
    await past.call("ab", "call", NOW)
    await past.quarantine("broken", NOW)
    await run(direct)
    assert list(await checked(direct)) == ["ab"]


async def test_the_browser_of_a_join_link_is_kept_as_long_as_the_log_after_the_link_expired(
    direct: TableClient,
) -> None:
    expiries = [CUTOFF - 1 - number for number in range(110)] + [CUTOFF, NOW, NOW + DAY]
    links = [
        JoinLink(f"{number:032x}", UNKNOWN, raw_id(1), None, expires_at)
        for number, expires_at in enumerate(expiries)
    ]
    rows = [at_home(HeldLink(link, "the secret of a browser").entity) for link in links]
    for some in batched(rows, 100, strict=False):
        await direct.submit_transaction([("create", row) for row in some])
    report = await run(direct)
    assert report.removed["used join links"] == 110
    left = [keys.listed_time_of(row) for _, row in await rows_of(direct)]
    assert sorted(left) == [CUTOFF, NOW, NOW + DAY]


@pytest.fixture
def users(direct: TableClient, monkeypatch: pytest.MonkeyPatch) -> Identities:
    """The users. Upkeep walks through theirs and no other partition."""
    monkeypatch.setattr(keys, "partitions", lambda: [keys.IDENTITY_PARTITION])
    return Identities(Table(direct))


def user_of(number: int, used_at: Ticks) -> User:
    return User(f"00000000-0000-4000-8000-{number:012}", LONG_AGO, used_at, "0" * 16)


@pytest.mark.parametrize(
    ("way", "used_at", "goes"), in_both((CUTOFF - 1, True), (CUTOFF, False)), indirect=["way"]
)
async def test_users_go_when_they_were_used_too_long_ago(
    direct: TableClient, users: Identities, used_at: Ticks, goes: bool
) -> None:
    deployment = await users.deployment(lambda: Deployment("x", "key"))
    count = 120 if goes else 2  # more than one transaction removes
    await in_parallel(users.add(user_of(number, used_at)) for number in range(count))
    await users.add(user_of(120, NOW))
    report = await run(direct)
    assert report.removed["users"] == (count if goes else 0)
    left = [key for _, key in await rows_of(direct)]
    assert (".user:" + user_of(120, NOW).id in left, len(left)) == (True, 2 if goes else count + 2)
    assert await users.find_deployment() == deployment


@ONLY_WHOLE
async def test_a_user_whose_row_is_damaged_stays_and_the_others_go(
    direct: TableClient, users: Identities, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        await users.add(user_of(number, CUTOFF - 1))
    damaged = f".user:{user_of(1, CUTOFF).id}"
    row = {"PartitionKey": keys.IDENTITY_PARTITION, "RowKey": damaged, "createdAt": "x"}
    await direct.update_entity(row, mode="replace")
    report = await run(direct)
    assert (report.removed["users"], report.done) == (2, 1)
    assert f"upkeep: left the user {damaged}" in caplog.text


async def test_a_user_who_gets_a_token_meanwhile_stays(
    direct: TableClient, users: Identities
) -> None:
    for number in range(3):
        await users.add(user_of(number, CUTOFF - 1))
    used = list[str]()

    async def use(what: str, row: str) -> None:
        if what == "delete" and not used:
            used.append(row)
            await users.use(row.removeprefix(".user:"), NOW)

    await upkeep_of(Watched(direct, use)).run(HANG_SECONDS)
    assert [key for _, key in await rows_of(direct) if key.startswith(".user:")] == used


@pytest.mark.parametrize(
    ("way", "came", "goes"), in_both((CUTOFF - 1, True), (CUTOFF, False)), indirect=["way"]
)
async def test_events_in_quarantine_go_when_they_came_too_long_ago(
    direct: TableClient, past: Past, came: Ticks, goes: bool
) -> None:
    await in_parallel(past.quarantine(f"broken {number}", came) for number in range(30))
    report = await run(direct)
    assert len(await rows_of(direct)) == (0 if goes else 30)
    assert report.removed["quarantined events"] == (30 if goes else 0)


SMALL_PARTS = Limits(quarantine_part_bytes=10_000)
"""An event in quarantine has several parts although it is not large."""


async def test_an_event_in_quarantine_goes_with_its_parts(direct: TableClient) -> None:
    """When parts were written, the storage says by its own clock."""
    past = Past(direct, SMALL_PARTS)
    kept_id = await past.quarantine(large(1), now() + 2 * DAY)
    await past.quarantine(large(2), now())
    assert sum(row.startswith(".quarantine-part:") for _, row in await rows_of(direct)) == 4
    await run(direct, now() + RETENTION + DAY)
    _, text = await Quarantine(Table(direct), now).get(kept_id)
    assert text == large(1)
    assert len(await rows_of(direct)) == 3


@BOTH
async def test_parts_of_an_event_that_never_came_whole_go(direct: TableClient) -> None:
    past = Past(direct, SMALL_PARTS)
    event_id = await past.quarantine(large(3), now())
    await direct.delete_entity(keys.quarantine_partition(event_id), keys.quarantine_row(event_id))
    await run(direct, now() + RETENTION - DAY)
    assert len(await rows_of(direct)) == 2
    await run(direct, now() + RETENTION + DAY)
    assert await rows_of(direct) == {}


def large(seed: int) -> str:
    """A text of three parts."""
    return Random(seed).randbytes(25_000).hex()


@BOTH
@pytest.mark.parametrize("seed", range(4 if THOROUGH else 1))
async def test_nothing_of_the_time_that_is_kept_is_touched(
    direct: TableClient, past: Past, seed: int
) -> None:
    random = Random(seed)

    def moment() -> Ticks:
        return CUTOFF + random.choice((-1, 1)) * random.choice(
            (0, 1, HOUR // 2, HOUR, 3 * HOUR, DAY, 30 * DAY)
        )

    room_ids = [UNKNOWN]
    for _ in range(4 if THOROUGH else 3):
        created, *changes = sorted(moment() for _ in range(5))
        room_id = await past.room(created)
        await past.name(room_id, created + 1, "title")
        await past.invite(room_id, *changes)
        if random.random() < 0.5:
            await past.delete(room_id, moment())
        room_ids.append(room_id)
    for room_id in room_ids:
        for call in range(4):
            await past.call(room_id, f"call {call}", *sorted({moment() for _ in range(3)}))
    before, calls = (
        await rows_of(direct),
        {room_id: await calls_of(direct, room_id) for room_id in room_ids},
    )
    await run(direct)
    after = await rows_of(direct)
    await checked(direct)
    assert all(
        row == before[place] for place, row in after.items() if not place[1].startswith(".due:")
    )
    assert not [row for _, row in before.keys() - after.keys() if may_not_go(row)]
    for room_id in room_ids:
        kept = [call for call in calls[room_id] if call.last_event_at >= HOUR_OF_CUTOFF]
        assert await calls_of(direct, room_id) == kept


async def calls_of(client: TableClient, room_id: str) -> list[Call]:
    page = await Calls(Table(client), lambda: NOW).page(room_id, None, NOW)
    assert page.cursor is None
    return sorted((call for _, call in page.items), key=lambda call: call.start_order)


def may_not_go(row: str) -> bool:
    """Whether the row tells of the time that is kept."""
    match row.split(":"):
        case (_, "roster", newest) | (_, "~", newest):
            return keys.time_of(newest) >= CUTOFF
        case _, change, _ if change.startswith("~"):
            return keys.time_of(change[1:]) >= CUTOFF
        case _, "call", _, at, _:
            return int(at) >= HOUR_OF_CUTOFF
        case (_, "calls", _, _) | (".calls", _, _, _):
            return keys.activity_of(row)[0] >= HOUR_OF_CUTOFF
    return False


@BOTH
async def test_an_erasure_goes_when_it_ended_too_long_ago(
    direct: TableClient, users: Identities
) -> None:
    assert await users.find_deployment() is None
    for at in (CUTOFF - 1, NOW):
        erasures = Erasures(Table(direct), Clock(at))
        for wanted in ("done", "open"):
            begun = await erasures.start(f"8:{wanted}", None, ORIGIN)
            if wanted == "done":
                await erasures.run(begun.id, HANG_SECONDS)
    report = await run(direct)
    assert report.removed["erasures"] == 1
    assert len(await Erasures(Table(direct), lambda: NOW).open()) == 1


@pytest.mark.thorough
@ONLY_WHOLE
async def test_an_erasure_whose_row_is_damaged_stays_and_the_others_go(
    direct: TableClient, users: Identities, caplog: pytest.LogCaptureFixture
) -> None:
    assert await users.find_deployment() is None
    erasures = Erasures(Table(direct), Clock(CUTOFF - 1))
    begun = [await erasures.start(f"8:{number}", None, ORIGIN) for number in range(3)]
    for each in begun:
        await erasures.run(each.id, HANG_SECONDS)
    damaged = keys.erasure_row(begun[1].id)
    row = {"PartitionKey": keys.IDENTITY_PARTITION, "RowKey": damaged, "finishedAt": "x"}
    await direct.update_entity(row, mode="merge")
    report = await run(direct)
    assert (report.removed["erasures"], report.done) == (2, 1)
    assert f"upkeep: left the erasure {damaged}" in caplog.text
