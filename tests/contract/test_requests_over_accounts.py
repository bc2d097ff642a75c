"""That what concerns one room costs as many requests over three storage accounts as over one."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack

import pytest
from azure.data.tables.aio import TableClient

from testkit.events import live_meeting
from testkit.insight import Insight
from testkit.raw import Raw
from testkit.running import RunningApp, running_app, storage_settings
from testkit.spread import spread_rooms
from testkit.storage_proxy import StorageProxy
from tests.contract.test_storage_requests import ALICE, BOB, QUESTIONS

TABLE = "requestsoverthree"


@pytest.fixture(scope="module")
def app(
    storage_proxies: list[StorageProxy], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    storages = [each.connection_string for each in storage_proxies]
    asyncio.run(_spread(storages))
    settings = {**storage_settings(storages), "ROOMS_TABLE": TABLE}
    with running_app(tmp_path_factory.mktemp("three"), settings) as app:
        yield app


async def _spread(storages: list[str]) -> None:
    async with AsyncExitStack() as stack:
        tables = (TableClient.from_connection_string(each, TABLE) for each in storages)
        await spread_rooms([await stack.enter_async_context(table) for table in tables])


@pytest.fixture(scope="module")
def room_id(app: RunningApp) -> str:
    """A room of a further account, with details and a call that goes on, the only one. The app
    knows the floors of its partition."""
    insight, raw = Insight(app, app.manage_key), Raw(app.http, app.manage_key)
    room_id = _room_elsewhere(raw)
    names = {"title": "Tea", "participants": {ALICE: {"name": "Alice", "externalId": "A-1"}}}
    assert insight.patch(f"/rooms/{room_id}/details", names).status == 200
    call = live_meeting(room_id)
    insight.deliver(call.started(), call.added(1, ALICE))
    return room_id


def _room_elsewhere(raw: Raw) -> str:
    while True:
        room_id: str = raw.new_room({"participants": {ALICE: {"role": "Presenter"}}})["id"]
        if room_id[-2] in "147":  # which are in account 1
            return room_id


def cost(proxies: list[StorageProxy], ask: Callable[[], object], expected: int = -1) -> int:
    """Returns how many requests something takes: the fewest of two times, if the first took other
    than expected, as in one of them the timer may have some of its own; and without the look at
    the spread now and then."""
    counts = list[int]()
    while counts != [expected] and len(counts) < 2:
        for each in proxies:
            each.seen.clear()
        ask()
        seen = [what for each in proxies for what in each.seen if ".spread" not in what]
        counts.append(len(seen))
    return min(counts)


@pytest.mark.parametrize(("path", "requests"), [each for each in QUESTIONS if "{}" in each[0]])
def test_a_question_about_a_room_costs_the_same(
    app: RunningApp, proxies: list[StorageProxy], room_id: str, path: str, requests: int
) -> None:
    insight = Insight(app, app.read_key)
    assert cost(proxies, lambda: insight.get(path.format(room_id)), requests) == requests


@pytest.mark.parametrize(("path", "requests"), [("/rooms", 30), ("/log?since=beginning", 30)])
def test_a_question_about_all_rooms_costs_ten_requests_an_account(
    app: RunningApp, proxies: list[StorageProxy], path: str, requests: int
) -> None:
    insight = Insight(app, app.read_key)
    insight.get(path)
    assert cost(proxies, lambda: insight.get(path), requests) == requests


def test_a_change_of_a_room_costs_the_same(
    app: RunningApp, proxies: list[StorageProxy], room_id: str
) -> None:
    raw = Raw(app.http, app.manage_key)
    dial_out = iter([True, False])
    people = iter([{BOB: {"role": "Attendee"}}, {BOB: None}])
    call, seconds = live_meeting(room_id), iter((1, 2))
    deliver = Insight(app, app.manage_key).deliver
    assert [
        cost(proxies, lambda: raw.patch(f"/rooms/{room_id}", {})),
        cost(
            proxies, lambda: raw.patch(f"/rooms/{room_id}", {"pstnDialOutEnabled": next(dial_out)})
        ),
        cost(
            proxies,
            lambda: raw.patch(f"/rooms/{room_id}/participants", {"participants": next(people)}),
        ),
        cost(proxies, lambda: deliver(call.added(next(seconds), BOB))),
    ] == [1, 2, 2, 1]
