"""A room that is not known here is asked of ACS: before a 404, and when an event tells of it."""

import asyncio
from dataclasses import replace

import pytest
from azure.data.tables.aio import TableClient

from rooms.acs.pull import Pull
from rooms.app import App
from rooms.domain.log import ACS_ACTOR
from rooms.domain.time import SECOND, format_time, now
from testkit.acs_faults import AcsFault
from testkit.acs_instance import AcsInstance
from testkit.events import Meeting
from testkit.functions import ask
from testkit.identifiers import raw_id
from testkit.storage import Clock
from testkit.storage_proxy import StorageProxy
from tests.moving.pull.observing import KEY, body_of, deliver, told

ALICE, BOB = raw_id(1), raw_id(2)
INVITED = {"participants": {ALICE: {"role": "Presenter"}, BOB: {"role": "Attendee"}}}
CREATED = ("RoomCreated", ACS_ACTOR)
NOBODYS = "99400000000000000"


@pytest.fixture
def room_id(acs: AcsInstance) -> str:
    """A room that was made at ACS, and that the app has not seen."""
    made: str = acs.raw.new_room(INVITED)["id"]
    return made


@pytest.mark.parametrize("path", ["", "/overview", "/log"])
async def test_a_room_that_is_not_here_is_found(
    app: App, client: TableClient, room_id: str, path: str
) -> None:
    await body_of(app, f"/rooms/{room_id}{path}")
    assert await told(client, room_id) == [CREATED]


async def test_the_log_says_when_it_was_seen(app: App, clock: Clock, room_id: str) -> None:
    (created,) = (await body_of(app, f"/rooms/{room_id}/log"))["value"]
    seen = {name: created["detail"][name] for name in ("carrier", "seenAt", "seenBy")}
    assert seen == {"carrier": "acs", "seenAt": format_time(clock()), "seenBy": "pull"}


async def test_a_body_is_read_again_when_the_room_is_found(app: App, room_id: str) -> None:
    details = {"title": "Tea"}
    answer = await ask(app, KEY, "PATCH", f"/rooms/{room_id}/details", details)
    assert (answer.status, answer.json()["title"]) == (200, "Tea")


async def test_a_room_that_acs_does_not_know_is_asked_for_once(app: App, acs: AcsInstance) -> None:
    for _ in range(2):
        answer = await ask(app, KEY, "GET", f"/rooms/{NOBODYS}")
        assert answer.status == 404
    assert acs.count("GET") == 1


async def test_a_room_that_was_deleted_here_is_not_asked_for(
    app: App, pull: Pull, acs: AcsInstance, room_id: str
) -> None:
    await pull.room(room_id)
    copy = await app.adoption.copy(room_id)
    assert copy is not None
    await app.adoption.bury(copy)
    acs.received.clear()
    assert (await ask(app, KEY, "GET", f"/rooms/{room_id}")).status == 404
    assert acs.received == []


async def test_an_id_of_another_form_is_not_asked_for(pull: Pull, acs: AcsInstance) -> None:
    assert not await pull.find("a-room-of-another-service")
    assert acs.received == []


async def test_those_who_look_for_a_room_at_once_ask_once(
    pull: Pull, acs: AcsInstance, client: TableClient, room_id: str
) -> None:
    assert all(await asyncio.gather(*(pull.find(room_id) for _ in range(5))))
    assert acs.count("GET", room_id) == 1
    assert await told(client, room_id) == [CREATED]


async def test_if_acs_does_not_say_the_answer_is_not_404(
    app: App, acs: AcsInstance, room_id: str
) -> None:
    acs.retry_after = 7
    acs.next(AcsFault.THROTTLED, "GET")
    throttled = await ask(app, KEY, "GET", f"/rooms/{room_id}")
    assert (throttled.status, throttled.headers["retry-after"]) == (429, "7")
    acs.next(AcsFault.CUT_BEFORE, "GET", times=2)
    assert (await ask(app, KEY, "GET", f"/rooms/{room_id}")).status == 503
    assert (await ask(app, KEY, "GET", f"/rooms/{room_id}")).status == 200


async def test_a_room_made_five_seconds_before_its_first_event_is_known_with_it(
    app: App, acs: AcsInstance, client: TableClient, room_id: str
) -> None:
    made = acs.run(acs.app.rooms.get(room_id)).created_at
    call = Meeting(room_id, made + 5 * SECOND)
    await deliver(app, call.started(), call.added(1, ALICE))
    assert (await told(client, room_id))[0] == CREATED
    presence = await body_of(app, f"/rooms/{room_id}/presence")
    assert [(each["rawId"], each["invited"]) for each in presence["call"]["participants"]] == [
        (ALICE, True)
    ]


async def test_events_of_a_room_that_is_here_ask_nobody(
    app: App, pull: Pull, acs: AcsInstance, proxy: StorageProxy, room_id: str
) -> None:
    await pull.room(room_id)
    acs.received.clear()
    proxy.forget()
    await pull.heard_of(room_id)
    assert len(proxy.seen) == 1
    await pull.heard_of(room_id)
    assert len(proxy.seen) == 1
    assert acs.received == []


@pytest.mark.parametrize("fault", [AcsFault.THROTTLED, AcsFault.CUT_BEFORE])
async def test_an_event_is_kept_whatever_acs_answers(
    app: App, acs: AcsInstance, room_id: str, fault: AcsFault
) -> None:
    acs.next(fault, "GET", times=2)
    await deliver(app, Meeting(room_id, now()).started())
    (call,) = (await body_of(app, f"/rooms/{room_id}/calls"))["value"]
    assert call["startedAt"]


async def test_an_event_does_not_wait_for_an_acs_that_is_silent(
    app: App, acs: AcsInstance, room_id: str
) -> None:
    app.limits = replace(app.limits, pull_seconds=0.5)
    acs.next(AcsFault.LATE, "GET")
    while not acs.met:  # a slow machine may not have asked ACS in that time
        await deliver(app, Meeting(room_id, now()).started())


async def test_an_admission_pulls_a_room_that_was_not_pulled_just_before(
    app: App, pull: Pull, acs: AcsInstance, room_id: str
) -> None:
    await pull.room(room_id)
    acs.raw.patch(f"/rooms/{room_id}/participants", {"participants": {BOB: None}})
    await asyncio.gather(*(pull.fresh(room_id) for _ in range(3)))
    assert list((await app.rooms.with_roster(room_id)).roster) == [ALICE]
    acs.received.clear()
    await pull.fresh(room_id)
    assert acs.received == []


async def test_what_is_here_counts_if_acs_does_not_answer_an_admission(
    app: App, pull: Pull, acs: AcsInstance, room_id: str
) -> None:
    await pull.room(room_id)
    acs.received.clear()
    acs.choose = lambda _: AcsFault.CUT_BEFORE
    for _ in range(2):  # an ACS that does not answer is asked once
        await pull.fresh(room_id)
    assert 1 <= acs.count("GET") <= 2  # aiohttp sends a GET that is cut again
    assert (await app.rooms.with_roster(room_id)).roster.keys() == {ALICE, BOB}
