"""A room is pulled from ACS: what becomes of each difference, and what is left alone."""

import asyncio
import math
from dataclasses import replace

import pytest
from azure.data.tables.aio import TableClient

from rooms.acs.errors import AcsUnavailable, NoAnswerOfAcs, Refused
from rooms.acs.pull import Outcome, Pull
from rooms.app import App
from rooms.domain.log import ACS_ACTOR
from rooms.domain.room import RoomChange
from rooms.domain.time import DAY, format_time, now
from rooms.storage.changes import Origin
from rooms.storage.edits import Edit
from rooms.storage.marks import Mark
from rooms.storage.pull_state import PullStates
from rooms.storage.rooms import Rooms
from testkit.acs_faults import AcsFault
from testkit.acs_instance import AcsInstance
from testkit.identifiers import raw_id
from testkit.storage import ORIGIN, Clock, change_here, delete_here, know_floors
from testkit.storage_proxy import StorageProxy
from tests.moving.pull.observing import QUIET, told

ALICE, BOB, CAROL = (raw_id(number) for number in range(1, 4))
INVITED = {"participants": {ALICE: {"role": "Presenter"}, BOB: {"role": "Attendee"}}}
CAROL_TOO = {"participants": {CAROL: {"role": "Consumer"}}}
CREATED = ("RoomCreated", ACS_ACTOR)
TIMES = {"validFrom": format_time(now() + DAY), "validUntil": format_time(now() + 2 * DAY)}


@pytest.fixture
def room_id(acs: AcsInstance) -> str:
    """A room that was made at ACS."""
    made: str = acs.raw.new_room(INVITED)["id"]
    return made


@pytest.fixture
def mark(app: App, room_id: str, clock: Clock) -> Mark:
    """A change through this service that wants Carol invited. Its mark is not written."""
    mark = app.marks.of_change(room_id, Origin("app", "r"), patch={CAROL: "Consumer"})
    return replace(mark, until=clock.now - 1)


async def test_a_room_of_acs_is_adopted_as_it_is_there(
    app: App, pull: Pull, acs: AcsInstance, room_id: str
) -> None:
    assert await pull.room(room_id) == "adopted"
    there = acs.run(acs.app.rooms.with_roster(room_id))
    here = await app.rooms.with_roster(room_id)
    assert here.room == replace(there.room, carrier="acs")
    assert list(here.roster.items()) == list(there.roster.items())
    assert await pull.room(room_id) == "same"


@pytest.mark.parametrize(
    ("part", "body"),
    [
        ("", TIMES),
        ("", {"pstnDialOutEnabled": True}),
        ("/participants", CAROL_TOO),
        ("/participants", {"participants": {ALICE: None}}),
        ("/participants", {"participants": {ALICE: {"role": "Attendee"}}}),
    ],
    ids=["validity", "dial-out", "invited", "removed", "role"],
)
async def test_what_was_changed_at_acs_is_followed(
    app: App,
    pull: Pull,
    acs: AcsInstance,
    client: TableClient,
    room_id: str,
    part: str,
    body: object,
) -> None:
    await pull.room(room_id)
    assert acs.raw.patch(f"/rooms/{room_id}{part}", body).status == 200
    assert await pull.room(room_id) == "changed"
    there = acs.run(acs.app.rooms.with_roster(room_id))
    here = await app.rooms.with_roster(room_id)
    assert (here.room, here.roster) == (replace(there.room, carrier="acs"), there.roster)
    kind = "ParticipantsUpdated" if part else "RoomUpdated"
    assert await told(client, room_id) == [CREATED, (kind, ACS_ACTOR)]


async def test_a_room_that_was_deleted_at_acs_is_buried_and_stays_so(
    pull: Pull, acs: AcsInstance, client: TableClient, room_id: str
) -> None:
    await pull.room(room_id)
    assert acs.raw.delete(f"/rooms/{room_id}").status == 204
    assert await pull.room(room_id) == "buried"
    assert await pull.room(room_id) == "deletedHere"
    assert await told(client, room_id) == [CREATED, ("RoomDeleted", ACS_ACTOR)]


async def test_what_another_resource_does_not_know_is_not_gone(
    app: App, pull: Pull, acs: AcsInstance, client: TableClient, clock: Clock, room_id: str
) -> None:
    await pull.room(room_id)
    await PullStates(app.table, clock, resource="https://another.example.com").hold(1)
    acs.raw.delete(f"/rooms/{room_id}")
    assert await pull.room(room_id) == "left"
    assert await told(client, room_id) == [CREATED]


async def test_a_room_that_was_deleted_here_is_not_revived(
    app: App, pull: Pull, acs: AcsInstance, client: TableClient, room_id: str
) -> None:
    await pull.room(room_id)
    await delete_here(app.rooms, room_id)
    acs.received.clear()
    assert await pull.room(room_id) == "deletedHere"
    assert acs.received == []
    assert await told(client, room_id) == [CREATED, ("RoomDeleted", ORIGIN.actor)]


async def test_a_room_that_acs_drops_after_its_end_stays(
    pull: Pull, acs: AcsInstance, client: TableClient, clock: Clock, room_id: str
) -> None:
    await pull.room(room_id)
    acs.raw.delete(f"/rooms/{room_id}")
    clock.now += 200 * DAY
    assert await pull.room(room_id) == "over"
    assert await told(client, room_id) == [CREATED]


async def test_a_room_whose_calls_run_here_is_not_asked_for(
    app: App, pull: Pull, acs: AcsInstance
) -> None:
    room = (await Rooms(app.table, now).create(RoomChange(), {}, None, ORIGIN)).room
    assert await pull.room(room.id) == "own"
    assert acs.received == []


async def test_a_room_that_nobody_has_is_unknown(pull: Pull, acs: AcsInstance) -> None:
    assert await pull.room("99400000000000000") == "unknown"


async def test_a_roster_that_acs_tells_late_reverts_nothing(
    app: App, pull: Pull, acs: AcsInstance, clock: Clock, room_id: str
) -> None:
    await pull.room(room_id)
    acs.late_rosters.seconds = math.inf
    acs.raw.patch(f"/rooms/{room_id}/participants", CAROL_TOO)
    await change_here(app.rooms, room_id, Edit(patch={CAROL: "Consumer"}))
    assert await pull.room(room_id) == "left"
    acs.late_rosters.catch_up()
    clock.now += QUIET
    assert await pull.room(room_id) == "same"
    assert CAROL in (await app.rooms.with_roster(room_id)).roster


async def test_a_change_under_way_is_left_alone(
    app: App, pull: Pull, acs: AcsInstance, client: TableClient, clock: Clock, mark: Mark
) -> None:
    assert mark.room_id is not None
    await pull.room(mark.room_id)
    await app.marks.write(replace(mark, until=clock.now + 1))
    acs.raw.patch(f"/rooms/{mark.room_id}/participants", CAROL_TOO)
    assert await pull.room(mark.room_id) == "left"
    assert await told(client, mark.room_id) == [CREATED]
    clock.now += 1
    assert await pull.room(mark.room_id) == "changed"
    assert await told(client, mark.room_id) == [CREATED, ("ParticipantsUpdated", "app")]


async def test_a_change_that_begins_after_acs_was_read_is_seen_by_its_mark(
    app: App,
    pull: Pull,
    acs: AcsInstance,
    client: TableClient,
    clock: Clock,
    mark: Mark,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert mark.room_id is not None
    assert app.rooms_at_acs is not None
    await pull.room(mark.room_id)
    read = app.rooms_at_acs.get

    async def change_then_read(room_id: str) -> object:
        await app.marks.write(replace(mark, until=clock.now + 1))
        acs.raw.patch(f"/rooms/{room_id}/participants", CAROL_TOO)
        return await read(room_id)

    monkeypatch.setattr(app.rooms_at_acs, "get", change_then_read)
    assert await pull.room(mark.room_id) == "left"
    assert await told(client, mark.room_id) == [CREATED]


async def test_a_room_that_is_gone_was_deleted_by_whose_mark_wants_that(
    app: App, pull: Pull, acs: AcsInstance, client: TableClient, clock: Clock, mark: Mark
) -> None:
    assert mark.room_id is not None
    await pull.room(mark.room_id)
    await app.marks.write(replace(mark, patch={}, deletes=True))
    acs.raw.delete(f"/rooms/{mark.room_id}")
    assert await pull.room(mark.room_id) == "buried"
    assert await told(client, mark.room_id) == [CREATED, ("RoomDeleted", "app")]


@pytest.mark.parametrize("state", ["unknown", "same", "over", "deletedHere"])
async def test_a_mark_of_what_was_not_carried_out_just_goes(
    app: App, pull: Pull, acs: AcsInstance, clock: Clock, mark: Mark, state: Outcome
) -> None:
    assert mark.room_id is not None
    if state != "unknown":
        await pull.room(mark.room_id)
    if state == "deletedHere":
        await delete_here(app.rooms, mark.room_id)
    if state in ("unknown", "over"):
        acs.raw.delete(f"/rooms/{mark.room_id}")
    if state == "over":
        clock.now += 200 * DAY
    await app.marks.write(mark)
    assert await pull.room(mark.room_id) == state
    assert await app.marks.of_room(mark.room_id) == []


async def test_two_pulls_at_once_tell_a_change_once(
    pull: Pull, acs: AcsInstance, client: TableClient, room_id: str
) -> None:
    outcomes = await asyncio.gather(*(pull.room(room_id) for _ in range(2)))
    assert outcomes.count("adopted") == 1
    acs.raw.patch(f"/rooms/{room_id}/participants", CAROL_TOO)
    outcomes = await asyncio.gather(*(pull.room(room_id) for _ in range(3)))
    assert sorted(outcomes) == ["changed", "left", "left"]
    assert await told(client, room_id) == [CREATED, ("ParticipantsUpdated", ACS_ACTOR)]


@pytest.mark.parametrize(
    ("fault", "path", "error"),
    [
        (AcsFault.THROTTLED, "/participants", Refused),
        (AcsFault.FAILS, "", Refused),
        (AcsFault.CUT_BEFORE, "/participants", AcsUnavailable),
    ],
)
async def test_nothing_is_written_if_acs_does_not_answer_whole(
    pull: Pull,
    acs: AcsInstance,
    client: TableClient,
    room_id: str,
    fault: AcsFault,
    path: str,
    error: type[Exception],
) -> None:
    await pull.room(room_id)
    acs.raw.patch(f"/rooms/{room_id}/participants", CAROL_TOO)
    acs.next(fault, "GET", f"{room_id}{path}", times=2)  # a GET that is cut is sent again
    with pytest.raises(error):
        await pull.room(room_id)
    assert await told(client, room_id) == [CREATED]


async def test_what_is_not_understood_is_left(
    app: App,
    pull: Pull,
    client: TableClient,
    room_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def strange(_: str) -> None:
        raise NoAnswerOfAcs

    assert app.rooms_at_acs is not None
    await pull.room(room_id)
    monkeypatch.setattr(app.rooms_at_acs, "get", strange)
    assert await pull.room(room_id) == "notUnderstood"
    assert await told(client, room_id) == [CREATED]


async def test_a_pull_takes_two_requests_on_each_side(
    app: App, pull: Pull, acs: AcsInstance, proxy: StorageProxy, room_id: str
) -> None:
    await know_floors(app.table)

    async def cost() -> tuple[int, int]:
        proxy.forget()
        acs.received.clear()
        await pull.room(room_id)
        return len(proxy.seen), len(acs.received)

    assert await cost() == (2, 2)  # adopted
    assert await cost() == (2, 2)
    acs.raw.patch(f"/rooms/{room_id}/participants", CAROL_TOO)
    assert await cost() == (3, 2)
    assert await cost() == (1, 0)  # changed here just now
