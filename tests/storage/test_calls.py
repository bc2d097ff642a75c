import itertools
from collections.abc import Awaitable, Iterable
from dataclasses import replace
from random import Random

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.attendance import Occasion, attendance
from rooms.domain.call import Call
from rooms.domain.events import CallEvent
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.overdue import ended_if_overdue
from rooms.domain.presence import call_at, present_at
from rooms.domain.room import Room
from rooms.domain.roster import Invited
from rooms.domain.time import DAY, HOUR, MAX_TIME, SECOND, Ticks
from rooms.domain.time_window import TimeWindow
from rooms.storage.calls import SEARCH_MARGIN, Calls
from rooms.storage.creation import creation
from rooms.storage.entities import Entity, event_entities
from rooms.storage.errors import StorageUnavailable
from rooms.storage.operations import upsert
from rooms.storage.parallel import in_parallel
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from rooms.upkeep.walk import Upkeep
from testkit.partitions import all_at_home
from testkit.past import Collected
from testkit.storage import ORIGIN, Clock
from testkit.storage_proxy import Fault, StorageProxy
from testkit.whole import stored_rooms
from tests.domain.folded import fold_calls
from tests.domain.histories import (
    BOB,
    HISTORIES,
    History,
    added,
    ended,
    moment,
    played,
    removed,
    started,
    stay,
)
from tests.effort import THOROUGH, thorough

ROOM = "99400000000000007"
STORED_HISTORIES = max(2 if THOROUGH else 1, min(300, HISTORIES // 20))


@pytest.fixture
def clock() -> Clock:
    return Clock(moment(10 * 86_400))


@pytest.fixture
def calls(client: TableClient, clock: Clock) -> Calls:
    return Calls(Table(client), clock)


async def keep(calls: Calls, *events: CallEvent, room: str = ROOM) -> None:
    """Deliver the events, many at once."""
    await in_parallel(calls.record(room, event, repr(event)) for event in events)


async def fill(client: TableClient, clock: Clock, *events: CallEvent) -> None:
    """Keeps many events by few requests, as if each had been delivered."""
    table = Collected(client)
    calls = Calls(table, clock)
    for event in events:
        await calls.record(ROOM, event, repr(event))
    await table.flush()


async def make(table: Table, room_id: str, planned_end: Ticks | None) -> None:
    """Make a room whose validity ends then; None: only events will name it."""
    if planned_end is not None:
        room = Room(room_id, moment(0) - DAY, moment(0) - DAY, planned_end, False)
        await table.commit(all_at_home(creation(room, {}, None, ORIGIN)))


async def all_of_room(calls: Calls, now: Ticks, room: str = ROOM) -> list[Call]:
    """The list of a room's calls, page by page."""
    listed: list[Call] = []
    cursor = None
    while True:
        page = await calls.page(room, cursor, now)
        assert {each for each, _ in page.items} <= {room}
        listed += [call for _, call in page.items]
        if (cursor := page.cursor) is None:
            return listed


async def all_of_all(calls: Calls, start: Ticks, end: Ticks, now: Ticks) -> list[tuple[str, Call]]:
    """The list of the calls of all rooms, page by page."""
    listed: list[tuple[str, Call]] = []
    cursor = None
    while True:
        page = await calls.page_of_all(start, end, cursor, now)
        listed += page.items
        if (cursor := page.cursor) is None:
            return listed


async def rows(client: TableClient) -> dict[tuple[str, str], dict[str, object]]:
    return {(row["PartitionKey"], row["RowKey"]): dict(row) async for row in client.list_entities()}


async def test_an_event_is_one_request_and_six_rows(
    calls: Calls, client: TableClient, proxy: StorageProxy
) -> None:
    await keep(calls, started(0))  # makes the table
    proxy.forget()
    before = await rows(client)
    proxy.forget()
    await keep(calls, added(3700))
    assert len(proxy.seen) == 1
    assert len(await rows(client)) == len(before) + 6


async def test_an_event_that_comes_again_changes_nothing(
    calls: Calls, client: TableClient, clock: Clock
) -> None:
    events = [started(0), added(1), removed(60), ended(61)]
    await keep(calls, *events)
    before = await rows(client)
    clock.now += DAY
    await keep(calls, *events, *events)
    assert await rows(client) == before


@pytest.mark.parametrize(("read_timeout", "retries"), [(0.5, 10)])
@pytest.mark.parametrize("fault", [Fault.DELAYED, Fault.LATE])  # for the others see tests/faults
@pytest.mark.parametrize("at", range(2))
async def test_a_fault_at_any_request_leaves_the_event_there_once(
    calls: Calls, client: TableClient, proxy: StorageProxy, at: int, fault: Fault
) -> None:
    await keep(calls, started(0))
    proxy.forget()
    proxy.choose = lambda number, _: fault if number == at else None
    try:
        await keep(calls, added(1))
    except StorageUnavailable:
        await keep(calls, added(1))  # as Event Grid does
    proxy.forget()
    stored_rooms([dict(row) async for row in client.list_entities()])
    assert (
        await calls.call(ROOM, "call", moment(5))
        == fold_calls([started(0), added(1)], moment(5))[0]
    )
    assert (
        len(await rows(client)) == 4 * 2 + 2 + 2
    )  # two events with their records and arrivals, an hour, the floor


async def count(proxy: StorageProxy, operation: Awaitable[object]) -> int:
    proxy.forget()
    await operation
    return len(proxy.seen)


async def keep_past(azurite: str, table: str, hours: Iterable[int], now: Ticks) -> None:
    """Calls that ended, one in each of these hours, by as few requests as can be, each of which may
    take its time."""
    entities: dict[str, Entity] = {}
    for hour in hours:
        for event in (
            added(3_600.0 * hour, call=f"c{hour}"),
            ended(3_600.0 * hour + 600, f"c{hour}"),
        ):
            entities |= {
                entity["RowKey"]: entity for entity in event_entities(ROOM, event, "", now)
            }
    async with TableClient.from_connection_string(azurite, table, use_env_settings=False) as client:
        for some in itertools.batched(entities.values(), 100, strict=False):
            await client.submit_transaction(all_at_home(upsert(entity) for entity in some))


async def test_presence_and_events_cost_the_same_whatever_the_past(
    calls: Calls, client: TableClient, azurite: str, proxy: StorageProxy, clock: Clock
) -> None:
    await keep(calls, started(0, "first"), ended(0, "first"))  # makes the table
    counted = []
    past = 0
    for wanted in (10, 1_000 if THOROUGH else 300):  # more rows than one request reads
        clock.now = moment(3_600.0 * wanted + 1)
        await keep_past(azurite, client.table_name, range(past, wanted), clock.now)
        past = wanted
        now = 3_600.0 * wanted
        event = await count(proxy, keep(calls, added(now, call=f"current-{wanted}")))
        presence = await count(proxy, calls.overlapping(ROOM, clock.now, clock.now, clock.now))
        earlier = await count(
            proxy, calls.overlapping(ROOM, moment(9_000), moment(9_000), clock.now)
        )
        counted.append((event, presence, earlier))
        await keep(calls, ended(now + 1, f"current-{wanted}"))
    assert counted == [(1, 2, 2), (1, 2, 2)]


async def test_a_call_of_which_the_end_was_lost_costs_one_request_more(
    calls: Calls, proxy: StorageProxy
) -> None:
    await keep(calls, added(0, call="lost its end"))
    for number in range(10):
        await keep(calls, started(60 + number, f"c{number}"), ended(70 + number, f"c{number}"))
    now = moment(600)
    assert await count(proxy, calls.overlapping(ROOM, now, now, now)) == 3


async def test_if_the_start_of_the_next_one_was_lost_too_that_costs_another_request(
    calls: Calls, proxy: StorageProxy
) -> None:
    await keep(calls, added(0, call="lost its end"))
    await keep(calls, added(60, call="next"), ended(70, "next"))
    now = moment(600)
    assert await count(proxy, calls.overlapping(ROOM, now, now, now)) == 4


async def test_who_is_there_is_found_whenever_it_is_asked(calls: Calls) -> None:
    """In a call of which nothing is heard for as long as SEARCH_MARGIN."""
    events = [started(0), *stay(1, 1 + SEARCH_MARGIN // SECOND), ended(SEARCH_MARGIN // SECOND + 2)]
    await keep(calls, *events)
    now = moment(0) + 3 * SEARCH_MARGIN
    for at in (moment(5), moment(0) + SEARCH_MARGIN // 2, moment(0) + SEARCH_MARGIN):
        call = call_at(await calls.overlapping(ROOM, at, at, now), at)
        assert call is not None
        assert [person.person for person in present_at(call, at)] == [added(1).raw_id]


async def test_a_live_call_is_over_when_another_one_has_started_even_if_that_was_days_ago(
    calls: Calls, clock: Clock
) -> None:
    heartbeat = [
        added(at, "phone") for at in range(0, 5 * 86_400, 40_000)
    ]  # the call goes on for five days
    await keep(
        calls, *heartbeat, *stay(86_400, 86_500, "other", call="other"), ended(86_501, "other")
    )
    now = moment(5 * 86_400)
    expected = fold_calls(
        [*heartbeat, *stay(86_400, 86_500, "other", call="other"), ended(86_501, "other")], now
    )
    assert expected[0].end_estimated
    assert await calls.overlapping(ROOM, now, now, now) == expected[:1]
    assert await calls.call(ROOM, "call", now) == expected[0]


async def test_a_call_that_its_length_says_began_earlier_does_not_end_a_live_one(
    calls: Calls,
) -> None:
    """A call that ended before ours began, and of which an event came late."""
    other = [added(50, call="other"), ended(60, "other", length=60), removed(70, call="other")]
    for live in (started(40), started(0)):
        await keep(calls, replace(live, call=f"from {live.at}"), room=f"r{live.at}")
        await keep(calls, *other, room=f"r{live.at}")
        events = [replace(live, call=f"from {live.at}"), *other]
        now = moment(100)
        expected = fold_calls(events, now)
        listed = await all_of_room(calls, now, f"r{live.at}")
        assert sorted(listed, key=lambda call: call.start_order) == expected
        for call in expected:
            assert await calls.call(f"r{live.at}", call.id, now) == call
    assert [call.ended_at for call in expected if call.id != "other"] == [moment(0)]


async def test_an_end_with_a_length_is_one_request_and_two_rows_more_for_another_hour(
    calls: Calls, client: TableClient, proxy: StorageProxy
) -> None:
    await keep(calls, started(0, "another"))  # makes the table
    for at, length, more in ((60, 30, 6), (60 + 3600, 30, 6), (60 + 7200, 7200, 8)):
        before = await rows(client)
        proxy.forget()
        await keep(calls, ended(at, f"call {at}", length=length))
        assert len(proxy.seen) == 1
        assert len(await rows(client)) == len(before) + more


async def test_a_call_is_found_by_the_time_at_which_it_began_by_its_length(calls: Calls) -> None:
    day = 24 * 3600
    events = [removed(day - 10, "laptop"), ended(day, length=day)]
    await keep(calls, *events)
    (call,) = fold_calls(events, moment(2 * day))
    now = moment(9 * day)
    for at in (moment(0), moment(day // 2), moment(day - 1)):
        assert await calls.overlapping(ROOM, at, at, now) == [call]
    assert await calls.overlapping(ROOM, moment(-3600), moment(1), now) == [call]
    assert not [
        found
        for found in await calls.overlapping(ROOM, moment(-7200), moment(-3600), now)
        if found.started_at < moment(-3600)
    ]


async def test_a_call_that_began_in_another_hour_is_listed_once_at_its_last_event(
    calls: Calls,
) -> None:
    await keep(calls, removed(9_000, call="long"), ended(9_001, "long", length=9_001))
    await keep(calls, started(4_000, "short"), ended(4_001, "short"))
    now = moment(20_000)
    assert [call.id for call in await all_of_room(calls, now)] == ["long", "short"]
    assert [call.id for _, call in await all_of_all(calls, 0, MAX_TIME, now)] == ["long", "short"]
    assert [call.id for _, call in await all_of_all(calls, moment(0), moment(5_000), now)] == [
        "short"
    ]
    assert (await calls.live(None, moment(9_002))).items == []


async def test_upkeep_removes_a_call_with_the_rows_of_when_it_began_and_not_before(
    direct: TableClient, clock: Clock
) -> None:
    table = Table(direct)
    calls = Calls(table, clock)
    events = [removed(36_000), ended(36_001, length=36_001)]
    await keep(calls, *events)
    clock.now = moment(0) + 40 * DAY
    upkeep = Upkeep(table, Rooms(table, clock), clock, 30 * DAY, 40 * DAY - 5 * HOUR)
    await upkeep.run(seconds=10)  # keeps the end, but not the hour of the beginning
    assert await all_of_room(calls, clock.now) == fold_calls(events, clock.now)
    stored_rooms([dict(row) async for row in direct.list_entities()], moment(5 * 3600))
    clock.now += 2 * DAY
    await upkeep.run(seconds=10)
    left = [row["RowKey"] async for row in direct.list_entities()]
    kept = (".upkeep", ".floor", ".arrived:", f"{ROOM}:arrived:")  # it arrived just now
    assert [row for row in left if not row.startswith(kept)] == []


async def test_a_call_has_ended_four_hours_after_its_last_event_and_what_was_planned(
    client: TableClient, calls: Calls, proxy: StorageProxy
) -> None:
    await make(Table(client), ROOM, moment(1_800))
    events = [started(0), added(1), added(3_600, "laptop", BOB)]
    await keep(calls, *events)
    await keep(calls, *events, room="only events")
    border = moment(3_600) + 4 * HOUR

    async def all_answers(now: Ticks, room: str) -> set[Ticks | None]:
        one = await calls.call(room, "call", now)
        live = {each: call.ended_at for each, call in (await calls.live(None, now)).items}
        assert one is not None
        return {
            one.ended_at,
            live[room] if one.ended_at is None else live.get(room, one.ended_at),
            *(call.ended_at for call in await all_of_room(calls, now, room)),
            *(call.ended_at for call in await calls.overlapping(room, now, now, now)),
            *(call.ended_at for call in await calls.overlapping(room, moment(0), now, now)),
        }

    assert await all_answers(border - 1, ROOM) == {None}
    assert await all_answers(border, ROOM) == {moment(3_600)}
    assert await all_answers(border, "only events") == {None}
    before = await count(proxy, calls.overlapping(ROOM, border - 1, border - 1, border - 1))
    assert await count(proxy, calls.overlapping(ROOM, border, border, border)) == before + 1


async def test_an_end_that_is_yet_to_come_does_not_end_a_call(calls: Calls, clock: Clock) -> None:
    clock.now = moment(100)
    await keep(calls, started(0), added(1), ended(105))
    for now, live in ((moment(104), True), (moment(105), False)):
        assert (call_at(await calls.overlapping(ROOM, now, now, now), now) is not None) == live
        assert bool((await calls.live(None, now)).items) == live


async def test_an_end_that_came_from_ahead_is_seen_as_one_that_came_later(
    calls: Calls, clock: Clock
) -> None:
    """Whose call had ended before, hours ago; by our clock the last end is yet to come when it is
    told."""
    last = 3 * 3_600
    clock.now = moment(last + 4)
    await keep(
        calls,
        started(0),
        added(1),
        ended(1_800, event_id="1"),
        added(3_700),
        ended(last + 5, event_id="2"),
    )
    now = moment(last + 7_200)
    for at in (100, 3_700, 7_200, last):
        assert (
            call_at(await calls.overlapping(ROOM, moment(at), moment(at), now), moment(at))
            is not None
        )


async def test_a_room_s_calls_are_listed_once_each_the_last_active_first(
    calls: Calls, client: TableClient, clock: Clock
) -> None:
    events = []
    for number in range(LIMITS.calls_page + 20):
        at = 600.0 * number
        events += [
            started(at, f"c{number}"),
            *stay(at + 1, at + 9_000, call=f"c{number}"),
            ended(at + 9_000, f"c{number}"),
        ]
    await fill(client, clock, *events)
    now = moment(86_400)
    listed = await all_of_room(calls, now)
    assert {call.id: call for call in listed} == {call.id: call for call in fold_calls(events, now)}
    assert len(listed) == LIMITS.calls_page + 20
    hours = [call.last_event_at // HOUR for call in listed]
    assert hours == sorted(hours, reverse=True)


async def test_a_list_is_as_of_its_first_page(
    calls: Calls, client: TableClient, clock: Clock
) -> None:
    await fill(
        client, clock, *(started(number, f"c{number}") for number in range(LIMITS.calls_page + 5))
    )
    now = moment(100)
    first = await calls.page(ROOM, None, now)
    clock.now = moment(4_000)
    await keep(
        calls, *(added(3_600.0 * 2, call=f"c{number}") for number in range(LIMITS.calls_page + 5))
    )  # all move to another hour
    second = await calls.page(ROOM, first.cursor, now)
    assert len({call.id for _, call in first.items + second.items}) == LIMITS.calls_page + 5


async def test_a_page_ends_after_many_events(client: TableClient, clock: Clock) -> None:
    calls = Calls(Table(client), clock, Limits(calls_page_events=30))
    events = [
        event
        for number in range(25)
        for event in (started(number, f"c{number}"), *stay(30, 40, call=f"c{number}"))
    ]
    await fill(client, clock, *events)
    now = moment(86_400)
    page = await calls.page(ROOM, None, now)
    assert (len(page.items), page.cursor is None) == (10, False)
    assert len({call.id for call in await all_of_room(calls, now)}) == 25


async def test_ids_of_calls_may_hold_anything(calls: Calls) -> None:
    ids = [
        "a/b",
        "a\\b",
        "a#b",
        "a?b",
        "a'b",
        "a\x00b",
        "%2F",
        "ä",
        "x" * 512,
        ".",
        "\U0001f600",
        " ",
    ]
    await keep(calls, *(started(number, call) for number, call in enumerate(ids)))
    assert {call.id for call in await all_of_room(calls, moment(600))} == set(ids)
    for call in ids:
        found = await calls.call(ROOM, call, moment(600))
        assert found is not None
        assert found.id == call


@pytest.mark.parametrize(
    "room",
    [
        "calls",
        "A-b_c",
        "x" * 64,
        *thorough("index", "quarantine", "room", "9", "99400000000000007"),
    ],
)
async def test_rooms_of_any_service_have_calls_of_their_own(
    calls: Calls, client: TableClient, room: str
) -> None:
    events = [started(0), *stay(1, 60)]
    await keep(calls, *events, room=room)
    await keep(calls, started(5, "of another room"), room="another")
    now = moment(600)
    assert await all_of_room(calls, now, room) == fold_calls(events, now)
    assert {(each, call.id) for each, call in await all_of_all(calls, 0, MAX_TIME, now)} == {
        (room, "call"),
        ("another", "of another room"),
    }


async def test_calls_of_all_rooms_are_those_with_an_event_in_the_time_asked_for(
    calls: Calls,
) -> None:
    await keep(calls, started(0, "before"), room="r1")
    await keep(
        calls, started(0, "in"), added(5_000, call="in"), added(20_000, call="in"), room="r2"
    )
    await keep(calls, started(10_000, "on the border"), room="r3")
    now = moment(86_400)
    found = await all_of_all(calls, moment(4_999), moment(10_000), now)
    assert [(room, call.id) for room, call in found] == [("r2", "in")]
    assert found[0][1].last_event_at == moment(20_000)


@pytest.mark.parametrize(
    ("limits", "first"),
    [(LIMITS, 0), (Limits(kept_events=2, fold_seconds=0), 1)],
    ids=["small calls", "large calls"],
)
async def test_histories_give_the_same_answers_in_any_order_with_reads_and_upkeep_in_between(
    direct: TableClient, clock: Clock, limits: Limits, first: int
) -> None:
    table = Table(direct)
    calls, upkeep = (
        Calls(table, clock, limits),
        Upkeep(table, Rooms(table, clock), clock, 30 * DAY, 400 * DAY),
    )
    expected: dict[str, list[Call]] = {}
    end = moment(40 * 86_400)
    for seed in range(first, first + STORED_HISTORIES):
        room = f"994{seed:014d}"
        await make(table, room, played(seed).planned_end)
        await _deliver(calls, upkeep, clock, room, played(seed), Random(seed))
        expected[room] = fold_calls(played(seed).events, end)
    clock.now = end
    listed = await all_of_all(calls, 0, MAX_TIME, end)
    assert sorted((room, call.start_order, call) for room, call in listed) == sorted(
        (room, call.start_order, call) for room, some in expected.items() for call in some
    )
    stored_rooms([dict(row) async for row in direct.list_entities()])


async def _deliver(
    calls: Calls, upkeep: Upkeep, clock: Clock, room: str, history: History, random: Random
) -> None:
    """Deliver a part of the history at each of its moments, in any order and some of it again, and
    compare the answers."""
    deliveries = history.deliveries(random)
    delivered: list[CallEvent] = []
    nows = sorted(history.nows)
    for now in nows:
        clock.now = now
        part = random.randint(0, len(deliveries)) if now != nows[-1] else len(deliveries)
        await keep(calls, *deliveries[:part], room=room)
        delivered += deliveries[:part]
        deliveries = deliveries[part:]
        if random.random() < 0.3:
            await upkeep.run(seconds=10)
        await _compare(calls, room, delivered, history.planned_end, now, random)


async def _compare(
    calls: Calls,
    room: str,
    delivered: list[CallEvent],
    planned_end: Ticks | None,
    now: Ticks,
    random: Random,
) -> None:
    expected = [ended_if_overdue(call, planned_end, now) for call in fold_calls(delivered, now)]
    listed = await all_of_room(calls, now, room)
    assert sorted(listed, key=lambda call: call.start_order) == expected
    for call in expected:
        assert await calls.call(room, call.id, now) == call
    moments = [
        now,
        *(
            min(now, max(0, event.at + random.choice((-1, 0, 1, 30 * SECOND))))
            for event in delivered[:2]
        ),
    ]
    for at in moments:
        assert call_at(await calls.overlapping(room, at, at, now), at) == call_at(expected, at)
    start, end = sorted(
        (random.choice(moments), random.choice(moments) + random.choice((1, SECOND, HOUR, DAY)))
    )
    overlapping = await calls.overlapping(room, start, end, now)
    nobody = Invited({}, False)
    occasion = Occasion(TimeWindow(start, end))
    assert attendance(occasion, overlapping, nobody, now) == attendance(
        occasion, expected, nobody, now
    )
