"""Calls with many events, and rooms with many calls: what they cost, and what is answered."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.call import Call
from rooms.domain.events import CallEvent
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.presence import call_at, present_at
from rooms.domain.time import DAY, MAX_TIME, SECOND, Ticks
from rooms.storage.call_pages import RoomCall
from rooms.storage.calls import Calls
from rooms.storage.errors import StorageUnavailable, TooManyEvents
from rooms.storage.folds import EARLIER, Folds
from rooms.storage.several_calls import WALK_FROM
from rooms.storage.table import Table
from testkit.past import Collected
from testkit.storage import Clock
from testkit.storage_proxy import StorageProxy
from testkit.waiting import HANG_SECONDS
from tests.domain.folded import fold_calls
from tests.domain.histories import BOB, CAROL, DAN, added, ended, moment, started, stay

ROOM = "99400000000000007"
FEW = Limits(kept_events=5)
"""A call of more than five events is a large one."""


@pytest.fixture
def clock() -> Clock:
    return Clock(moment(1_000))


async def keep(client: TableClient, clock: Clock, *events: CallEvent, room: str = ROOM) -> None:
    """Keeps the events by few requests, as if each had been delivered."""
    table = Collected(client)
    calls = Calls(table, clock)
    for event in events:
        await calls.record(room, event, "")
    await table.flush()


def storm(rejoins: int, call: str = "call") -> list[CallEvent]:
    """One person who comes and goes again and again, and then stays."""
    events = [started(0, call)]
    for number in range(rejoins):
        events += stay(1 + number, 1.5 + number, f"p{number}", call=call)
    return [*events, added(900, "last", BOB, call=call)]


def at_once(clock: Clock, table: Table, limits: Limits = FEW) -> Calls:
    """The calls of another process."""
    return Calls(table, clock, limits)


def people(call: Call | None, at: Ticks) -> list[str]:
    assert call is not None
    return [person.person for person in present_at(call, at)]


async def requests(proxy: StorageProxy, operation: Awaitable[object]) -> int:
    proxy.forget()
    await operation
    return len(proxy.seen)


async def test_a_call_of_many_events_is_answered_everywhere_and_rejoins_are_counted(
    client: TableClient, clock: Clock
) -> None:
    events = storm(150)
    calls = at_once(clock, Table(client))
    await keep(client, clock, *events)
    now = clock.now
    (expected,) = fold_calls(events, now)
    assert await calls.call(ROOM, "call", now) == expected
    assert await calls.overlapping(ROOM, moment(0), now, now) == [expected]
    assert await calls.overlapping(ROOM, now, now, now) == [expected]
    for page in (
        await calls.page(ROOM, None, now),
        await calls.page_of_all(0, MAX_TIME, None, now),
        await calls.live(None, now),
    ):
        assert [call for _, call in page.items] == [expected]
    alice = [leg for leg in expected.legs if leg.raw_id != BOB]
    assert (len(alice), sum(leg.joins for leg in alice)) == (LIMITS.legs, 150)
    assert people(expected, now) == [BOB]


async def test_a_large_call_is_read_once_a_minute_and_then_only_what_is_new(
    client: TableClient, clock: Clock, proxy: StorageProxy
) -> None:
    calls = at_once(clock, Table(client))
    await keep(client, clock, *storm(20))
    first = await requests(proxy, calls.call(ROOM, "call", clock.now))
    for seconds in (1, 20, 29):
        clock.now = moment(1_000 + seconds)
        await keep(client, clock, added(1_000 + seconds, f"late {seconds}", CAROL))
        assert await requests(proxy, calls.call(ROOM, "call", clock.now)) < first
        assert CAROL in people(await calls.call(ROOM, "call", clock.now), clock.now)


async def test_an_event_that_comes_a_minute_late_into_a_large_call_is_seen_within_a_minute(
    client: TableClient, clock: Clock
) -> None:
    calls = at_once(clock, Table(client))
    await keep(client, clock, *storm(20))
    assert people(await calls.call(ROOM, "call", clock.now), clock.now) == [BOB]
    await keep(client, clock, added(950, "late", CAROL), added(700, "much too late", DAN))
    assert people(await calls.call(ROOM, "call", clock.now), clock.now) == [BOB, CAROL]
    clock.now += 60 * SECOND
    assert people(await calls.call(ROOM, "call", clock.now), clock.now) == [DAN, BOB, CAROL]


async def test_who_watches_a_large_call_does_not_wait_for_it_to_be_folded_again(
    client: TableClient, clock: Clock, proxy: StorageProxy
) -> None:
    calls = at_once(clock, Table(client))
    await keep(client, clock, *storm(20))
    await calls.call(ROOM, "call", clock.now)
    await keep(client, clock, added(700, "much too late", DAN))
    clock.now += 31 * SECOND
    assert people(await calls.call(ROOM, "call", clock.now), clock.now) == [BOB]
    async with asyncio.timeout(HANG_SECONDS):
        while DAN not in people(await calls.call(ROOM, "call", clock.now), clock.now):
            pass  # each question is a request, during which the fold goes on


async def test_those_who_ask_for_a_large_call_at_once_share_the_reads(
    client: TableClient, clock: Clock, proxy: StorageProxy
) -> None:
    limits = replace(FEW, fold_seconds=HANG_SECONDS)
    await keep(client, clock, *storm(20), ended(950))
    alone = await requests(proxy, at_once(clock, Table(client)).call(ROOM, "call", clock.now))

    async def together() -> int:
        calls = at_once(clock, Table(client), limits)
        asked = (calls.call(ROOM, "call", clock.now) for _ in range(8))
        return await requests(proxy, asyncio.gather(*asked))

    async with asyncio.timeout(HANG_SECONDS):
        while await together() > 8 * (alone - 1) + 1:
            pass  # one of them was so late that the others had their answer


@pytest.mark.parametrize(("read_timeout", "retries"), [(HANG_SECONDS, 0)])
async def test_who_waits_too_long_is_told_to_ask_again_and_the_fold_goes_on(
    client: TableClient, clock: Clock, proxy: StorageProxy
) -> None:
    limits = Limits(kept_events=5, fold_wait_seconds=0)
    calls = at_once(clock, Table(client), limits)
    await keep(client, clock, *storm(20))
    with pytest.raises(StorageUnavailable) as refused:
        await calls.call(ROOM, "call", clock.now)
    assert refused.value.retry_after >= 1
    async with asyncio.timeout(HANG_SECONDS):
        while True:
            try:
                assert people(await calls.call(ROOM, "call", clock.now), clock.now) == [BOB]
                break
            except StorageUnavailable:
                continue


async def test_a_call_of_more_events_than_are_read_is_incomplete_and_in_all_lists(
    client: TableClient, clock: Clock
) -> None:
    calls = at_once(clock, Table(client), Limits(kept_events=5, call_events=21))
    await keep(client, clock, *storm(20))
    now = clock.now
    call = await calls.call(ROOM, "call", now)
    assert call is not None
    assert (call.incomplete, sum(leg.joins for leg in call.legs)) == (True, 10)
    (found,) = await calls.overlapping(ROOM, moment(0), now, now)
    assert found == call
    assert [call for _, call in (await calls.page(ROOM, None, now)).items] == [call]
    assert [call for _, call in (await calls.page_of_all(0, MAX_TIME, None, now)).items] == [call]


async def test_a_list_as_of_an_earlier_time_has_a_large_call_as_it_was_then(
    client: TableClient, clock: Clock
) -> None:
    calls = at_once(clock, Table(client))
    await keep(client, clock, *storm(20))
    await calls.call(ROOM, "call", clock.now)
    earlier = moment(10)
    (expected,) = fold_calls([each for each in storm(20) if each.at <= earlier], earlier)
    assert await calls.call(ROOM, "call", earlier) == expected
    found = (await calls.page_of_all(0, moment(5), None, clock.now)).items
    assert [call for _, call in found] == fold_calls(storm(20), clock.now)


async def test_a_page_ends_behind_a_large_call_that_had_to_be_folded(
    client: TableClient, clock: Clock
) -> None:
    limits = Limits(kept_events=5, calls_page_events=30)
    calls = at_once(clock, Table(client), limits)
    for room in ("99400000000000001", "99400000000000002", "99400000000000003"):
        await keep(client, clock, *storm(20), room=room)
    pages: list[list[str]] = []
    for _ in range(2):
        cursor, done = None, False
        while not done:
            page = await calls.live(cursor, clock.now)
            pages.append([room for room, _ in page.items])
            cursor = page.cursor
            done = cursor is None
    assert [len(page) for page in pages if page][:3] == [1, 1, 1]  # then they are at hand
    assert sorted(room for page in pages for room in page) == sorted(
        2 * ["99400000000000001", "99400000000000002", "99400000000000003"]
    )


async def test_no_other_call_of_a_list_waits_for_a_large_one(
    client: TableClient, clock: Clock
) -> None:
    limits = Limits(kept_events=5, fold_wait_seconds=0)
    calls = at_once(clock, Table(client), limits)
    other = "99400000000000001"
    await keep(client, clock, *storm(20))
    await keep(client, clock, added(910), room=other)
    clock.now = moment(7_200)  # the large call was heard of in an earlier hour
    await keep(client, clock, added(7_100), room=other)
    page = await calls.live(None, clock.now)
    assert [room for room, _ in page.items] == [other]
    assert page.cursor is not None
    async with asyncio.timeout(HANG_SECONDS):
        while not (found := await _answered(calls, page.cursor, clock.now)):
            pass
    assert [room for room, _ in found] == [ROOM]


async def _answered(calls: Calls, cursor: str, now: Ticks) -> list[RoomCall]:
    try:
        return (await calls.live(cursor, now)).items
    except StorageUnavailable:
        return []


async def test_a_large_call_that_is_left_out_of_many_is_not_left_out_in_silence(
    client: TableClient, clock: Clock
) -> None:
    events = many(WALK_FROM + 20)
    most = len(events) + 10
    calls = at_once(clock, Table(client), Limits(kept_events=20, events=most))
    await keep(client, clock, *events, *storm(30, "large"))
    found = await calls.overlapping(ROOM, moment(0), clock.now, clock.now)
    assert {call.incomplete for call in found} == {True}


def many(count: int) -> list[CallEvent]:
    """Calls of an hour, some of which never ended."""
    return [
        event
        for number in range(count)
        for event in (
            started(number, f"c{number}"),
            *stay(number + 0.1, number + 0.2, call=f"c{number}"),
            *([ended(number + 0.3, f"c{number}")] if number % 3 else []),
        )
    ]


async def test_many_calls_are_read_together_and_answered_as_few_are(
    client: TableClient, clock: Clock, proxy: StorageProxy
) -> None:
    events = [*many(WALK_FROM + 20), added(980, "last", BOB, call="last")]
    calls = at_once(clock, Table(client), Limits(kept_events=20))
    await keep(client, clock, *events, *storm(30, "large"))
    await keep(client, clock, started(0, "of another room"), room=f"{ROOM}7")
    now = clock.now
    expected = fold_calls([*events, *storm(30, "large")], now)
    asked = await requests(proxy, calls.overlapping(ROOM, moment(0), now, now))
    assert await calls.overlapping(ROOM, moment(0), now, now) == expected
    assert asked < WALK_FROM // 2
    assert people(call_at(await calls.overlapping(ROOM, now, now, now), now), now) == [BOB]
    assert [call.id for _, call in (await calls.live(None, now)).items] == ["last"]


async def test_calls_that_have_ended_do_not_hide_a_live_one_behind_empty_pages(
    client: TableClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rooms.storage.calls._ROWS", 5)
    calls = at_once(clock, Table(client), Limits(search_seconds=HANG_SECONDS))
    over = [
        event
        for number in range(40)
        for event in (started(4_000 + number, f"c{number}"), ended(4_001 + number, f"c{number}"))
    ]
    await keep(client, clock, *over)
    await keep(client, clock, added(0), room=f"{ROOM}7")
    clock.now = moment(5_000)
    page = await calls.live(None, clock.now)
    assert [room for room, _ in page.items] == [f"{ROOM}7"]


@pytest.mark.thorough
async def test_a_walk_passes_over_the_calls_of_other_times(
    client: TableClient, clock: Clock, proxy: StorageProxy
) -> None:
    calls = at_once(clock, Table(client), LIMITS)
    clock.now = moment(4 * 86_400)
    past = [replace(event, call=f"old {event.call}") for event in many(300)]
    asked = [replace(event, at=event.at + 3 * DAY) for event in many(WALK_FROM + 20)]
    await keep(client, clock, *past, *asked)
    found = await calls.overlapping(ROOM, moment(0) + 3 * DAY, clock.now, clock.now)
    assert found == fold_calls(asked, clock.now)


async def test_more_calls_than_one_answer_has_are_refused_if_a_shorter_time_has_fewer(
    client: TableClient, clock: Clock
) -> None:
    calls = at_once(clock, Table(client), Limits(calls=3))
    clock.now = moment(86_400)
    await keep(client, clock, *(started(number, f"c{number}") for number in range(4)))
    with pytest.raises(TooManyEvents):
        await calls.overlapping(ROOM, moment(0), moment(7_200), clock.now)
    found = await calls.overlapping(ROOM, moment(0), moment(10), clock.now)
    assert (len(found), {call.incomplete for call in found}) == (3, {True})


async def test_more_events_than_one_answer_has_are_refused_if_a_shorter_time_has_fewer(
    client: TableClient, clock: Clock
) -> None:
    for kept in (1_000, 3):
        calls = at_once(clock, Table(client), Limits(events=20, kept_events=kept))
        clock.now = moment(86_400)
        await keep(client, clock, *(added(number) for number in range(20)))
        found = await calls.overlapping(ROOM, moment(0), moment(7_200), clock.now)
        assert [call.incomplete for call in found] == [False]
    await keep(client, clock, *(added(number, call="other") for number in range(5)))
    with pytest.raises(TooManyEvents):
        await calls.overlapping(ROOM, moment(0), moment(7_200), clock.now)
    found = await calls.overlapping(ROOM, moment(0), moment(100), clock.now)
    assert {call.incomplete for call in found} == {True}


async def test_hours_before_and_after_are_left_out_if_they_have_too_many_calls(
    client: TableClient, clock: Clock
) -> None:
    calls = at_once(clock, Table(client), Limits(activity_rows=10))
    clock.now = moment(86_400)
    await keep(
        client,
        clock,
        *(started(7_200 + number, f"later {number}") for number in range(20)),
        started(0, "in it"),
        ended(5, "in it"),
    )
    found = await calls.overlapping(ROOM, moment(0), moment(100), clock.now)
    assert [(call.id, call.incomplete) for call in found] == [("in it", True)]
    now = call_at(await calls.overlapping(ROOM, *[moment(7_220)] * 3), moment(7_220))
    assert now is not None
    assert now.id == "later 19"


async def test_only_some_folds_as_of_earlier_times_are_under_way(
    client: TableClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question asks for a fold of its own. Those of now must not wait for them all."""
    calls = at_once(clock, Table(client), Limits(kept_events=5, fold_wait_seconds=HANG_SECONDS))
    await keep(client, clock, *storm(20))
    fold, may_go_on = Folds._fold, asyncio.Event()

    async def held_up(*args: Any) -> Any:
        await may_go_on.wait()
        return await fold(*args)

    monkeypatch.setattr(Folds, "_fold", held_up)
    asked = [
        asyncio.create_task(calls.call(ROOM, "call", moment(100 + number)))
        for number in range(EARLIER + 10)
    ]
    refused = 0
    async for task in asyncio.as_completed(asked):
        if isinstance(task.exception(), StorageUnavailable):
            refused += 1
        if refused == 10:
            may_go_on.set()
    assert refused == 10
    assert people(await calls.call(ROOM, "call", clock.now), clock.now) == [BOB]
    assert await calls.call(ROOM, "call", moment(100)) is not None
