"""Rooms that ACS has become rooms of this service, and what is here follows them."""

import asyncio
import itertools
from dataclasses import replace

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.log import ACS_ACTOR
from rooms.domain.room import Room, RoomChange
from rooms.domain.room_filter import RoomQuery
from rooms.domain.roster import Roster, RosterPatch
from rooms.domain.time import DAY, HOUR, parse_time
from rooms.storage.adoption import CHANGES_AT_ONCE, Adoption, Copy
from rooms.storage.changes import Origin
from rooms.storage.creation import Seen
from rooms.storage.edits import Contents, Edit
from rooms.storage.entities import stored_time, unpack
from rooms.storage.feed import BEGINNING, Feed
from rooms.storage.history import History
from rooms.storage.lists import Lists
from rooms.storage.marks import Marks
from rooms.storage.operations import Conflict
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.storage import ORIGIN, Clock, change_here, know_floors
from testkit.storage_proxy import StorageProxy
from testkit.whole import StoredRoom, stored_rooms

ALICE, BOB, CAROL = (raw_id(number) for number in range(1, 4))
ROOM = "99400000000000017"
MADE = parse_time("2026-05-04T10:00:00Z")
NOW = MADE + 30 * DAY
AT_ACS = Room(ROOM, MADE, MADE, MADE + 40 * DAY, False, carrier="acs")
INVITED: Roster = {BOB: "Attendee", ALICE: "Presenter"}


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def table(client: TableClient) -> Table:
    return Table(client)


@pytest.fixture
def adoption(table: Table, clock: Clock) -> Adoption:
    return Adoption(table, clock)


@pytest.fixture
def marks(table: Table, clock: Clock) -> Marks:
    return Marks(table, clock)


_MARKS = itertools.count()
"""Marks are of one moment after the other."""


async def stored(client: TableClient) -> StoredRoom:
    """What the table has of the room. All its rows agree."""
    rows = [row async for row in client.list_entities()]
    return stored_rooms(rows)[ROOM]


async def told(client: TableClient) -> list[tuple[str, str]]:
    """The kinds and actors of the log, the oldest first."""
    log = (await stored(client)).log
    return [(record["kind"], record["actor"]) for record in reversed(log)]


async def adopted(adoption: Adoption) -> Copy:
    await adoption.adopt(AT_ACS, INVITED)
    return await copied(adoption)


async def copied(adoption: Adoption) -> Copy:
    copy = await adoption.copy(ROOM)
    assert copy is not None
    return copy


async def marked(
    marks: Marks,
    actor: str,
    wanted: RoomChange | None = None,
    patch: RosterPatch | None = None,
    *,
    deletes: bool = False,
) -> None:
    mark = marks.of_change(ROOM, Origin(actor, "r"), wanted, patch, deletes=deletes)
    await marks.write(replace(mark, started_at=MADE + next(_MARKS)))


async def test_an_adopted_room_was_made_when_acs_made_it(
    adoption: Adoption, client: TableClient, table: Table
) -> None:
    await adoption.adopt(AT_ACS, INVITED, seen=Seen(NOW, "pull"))
    found = await Rooms(table, lambda: NOW).with_roster(ROOM)
    assert (found.room, list(found.roster), found.changed_at) == (AT_ACS, [BOB, ALICE], MADE)
    (record,) = (await stored(client)).log
    assert (record["kind"], record["actor"], record["time"]) == (
        "RoomCreated",
        ACS_ACTOR,
        stored_time(MADE),
    )
    detail = unpack(record)
    assert [detail[name] for name in ("carrier", "seenAt", "seenBy")] == [
        "acs",
        stored_time(NOW),
        "pull",
    ]


async def test_an_adopted_room_is_listed_and_found_by_those_invited(
    adoption: Adoption, table: Table
) -> None:
    await adoption.adopt(AT_ACS, INVITED)
    lists = Lists(table, History(table))
    assert (await lists.all(None)).items == [AT_ACS]
    of_alice = await lists.of_participant(ALICE, RoomQuery(), None, NOW)
    assert [item.room for item in of_alice.items] == [AT_ACS]


async def test_a_late_adoption_arrives_now(adoption: Adoption, table: Table, clock: Clock) -> None:
    await adoption.adopt(AT_ACS, INVITED)
    (arrived,) = (await Feed(table, clock).page(ROOM, BEGINNING)).items
    assert (arrived.record.at, arrived.record.received_at) == (MADE, NOW)


async def test_the_roster_of_an_adopted_room_counts_since_it_was_made(
    adoption: Adoption, table: Table
) -> None:
    await adoption.adopt(AT_ACS, INVITED)
    assert (await History(table).invited(AT_ACS, MADE, MADE + HOUR)).roster == INVITED


async def test_a_room_is_adopted_once_whoever_finds_it_at_the_same_time(
    adoption: Adoption, client: TableClient
) -> None:
    outcomes = await asyncio.gather(
        *(adoption.adopt(AT_ACS, INVITED) for _ in range(3)), return_exceptions=True
    )
    assert [type(each) for each in outcomes if each is not None] == [Conflict, Conflict]
    assert await told(client) == [("RoomCreated", ACS_ACTOR)]


async def test_what_differs_at_acs_is_of_acs_and_the_rest_stays(
    adoption: Adoption, client: TableClient, table: Table, clock: Clock
) -> None:
    await adoption.adopt(AT_ACS, INVITED)
    await Rooms(table, clock).patch_details(ROOM, {"title": "Tea"}, ORIGIN)
    at_acs = replace(AT_ACS, valid_until=MADE + 50 * DAY, pstn_dial_out_enabled=True)
    people: Roster = {CAROL: "Consumer", BOB: "Presenter"}
    assert await adoption.follow(await copied(adoption), at_acs, people)
    known = await History(table).snapshot(ROOM)
    assert (known.room, list(known.roster.items()), known.details) == (
        at_acs,
        [(BOB, "Presenter"), (CAROL, "Consumer")],
        {"title": "Tea"},
    )
    assert await told(client) == [
        ("RoomCreated", ACS_ACTOR),
        ("DetailsUpdated", ORIGIN.actor),
        ("RoomUpdated", ACS_ACTOR),
        ("ParticipantsUpdated", ACS_ACTOR),
    ]


async def test_another_order_of_the_roster_is_no_difference(
    adoption: Adoption, client: TableClient
) -> None:
    copy = await adopted(adoption)
    assert not await adoption.follow(copy, AT_ACS, dict(reversed(INVITED.items())))
    assert await told(client) == [("RoomCreated", ACS_ACTOR)]


async def test_the_policy_and_the_title_are_ours(adoption: Adoption, table: Table) -> None:
    await adoption.adopt(AT_ACS, INVITED)
    opened = RoomChange(join_policy="CommunicationServiceUsers")
    await change_here(Rooms(table, lambda: NOW), ROOM, Edit(opened))
    assert not await adoption.follow(await copied(adoption), AT_ACS, INVITED)
    assert (await copied(adoption)).room.join_policy == opened.join_policy


async def test_nothing_is_written_over_a_change_that_came_between(
    adoption: Adoption, client: TableClient, table: Table
) -> None:
    copy = await adopted(adoption)
    await change_here(Rooms(table, lambda: NOW), ROOM, Edit(patch={CAROL: "Consumer"}))
    with pytest.raises(Conflict):
        await adoption.follow(copy, AT_ACS, {})
    with pytest.raises(Conflict):
        await adoption.bury(copy)
    assert await told(client) == [
        ("RoomCreated", ACS_ACTOR),
        ("ParticipantsUpdated", ORIGIN.actor),
    ]


async def test_what_a_change_wanted_and_acs_has_is_of_its_actor(
    adoption: Adoption, client: TableClient, marks: Marks
) -> None:
    copy = await adopted(adoption)
    await marked(marks, "app", RoomChange(valid_from=MADE + HOUR, valid_until=MADE + DAY))
    await marked(marks, "desk", patch={ALICE: None, CAROL: "Consumer"})
    at_acs = replace(AT_ACS, valid_from=MADE + HOUR, valid_until=MADE + DAY)
    people: Roster = {BOB: "Presenter", CAROL: "Consumer"}
    assert await adoption.follow(copy, at_acs, people, await marks.of_room(ROOM))
    assert await told(client) == [
        ("RoomCreated", ACS_ACTOR),
        ("RoomUpdated", "app"),
        ("ParticipantsUpdated", "desk"),
        ("ParticipantsUpdated", ACS_ACTOR),
    ]
    assert (await copied(adoption)).contents.roster == people
    assert await marks.of_room(ROOM) == []


async def test_the_oldest_change_that_wanted_it_has_it(
    adoption: Adoption, client: TableClient, marks: Marks, clock: Clock
) -> None:
    copy = await adopted(adoption)
    for actor in ("app", "desk"):
        await marked(marks, actor, patch={ALICE: None})
    assert await adoption.follow(copy, AT_ACS, {BOB: "Attendee"}, await marks.of_room(ROOM))
    assert await told(client) == [("RoomCreated", ACS_ACTOR), ("ParticipantsUpdated", "app")]
    assert await marks.of_room(ROOM) == []


async def test_a_change_that_acs_did_not_carry_out_leaves_no_record(
    adoption: Adoption, client: TableClient, marks: Marks
) -> None:
    copy = await adopted(adoption)
    await marked(marks, "app", RoomChange(pstn_dial_out_enabled=True), {CAROL: "Consumer"})
    await marked(marks, "desk", deletes=True)
    assert not await adoption.follow(copy, AT_ACS, INVITED, await marks.of_room(ROOM))
    assert await told(client) == [("RoomCreated", ACS_ACTOR)]
    assert await marks.of_room(ROOM) == []


async def test_many_changes_with_marks_are_told_little_by_little(
    adoption: Adoption, client: TableClient, marks: Marks, clock: Clock
) -> None:
    copy = await adopted(adoption)
    people: Roster = {raw_id(10 + number): "Attendee" for number in range(CHANGES_AT_ONCE + 1)}
    for number, person in enumerate(people):
        await marked(marks, f"app-{number}", patch={person: "Attendee"})
    at_acs: Roster = {**INVITED, **people, CAROL: "Consumer"}
    assert await adoption.follow(copy, AT_ACS, at_acs, await marks.of_room(ROOM))
    actors = [f"app-{number}" for number in range(CHANGES_AT_ONCE + 1)]
    assert [actor for _, actor in await told(client)] == [ACS_ACTOR, *actors[:-1]]
    assert await adoption.follow(await copied(adoption), AT_ACS, at_acs, await marks.of_room(ROOM))
    assert [actor for _, actor in await told(client)] == [ACS_ACTOR, *actors, ACS_ACTOR]
    assert await marks.of_room(ROOM) == []


async def test_the_most_that_is_told_at_once_fits_a_transaction(
    adoption: Adoption, client: TableClient, marks: Marks, clock: Clock
) -> None:
    await adoption.adopt(AT_ACS, {})
    for number in range(CHANGES_AT_ONCE):
        wanted = (
            RoomChange(valid_from=MADE + HOUR),
            RoomChange(valid_until=MADE + DAY),
        )[number]
        crowd: Roster = {raw_id(1_000 * number + each): "Attendee" for each in range(100, 400)}
        await marked(marks, f"app-{number}", wanted, crowd)
    for _ in range(40):
        await marked(marks, "nobody", patch={ALICE: "Presenter"})
    at_acs = replace(
        AT_ACS, valid_from=MADE + HOUR, valid_until=MADE + DAY, pstn_dial_out_enabled=True
    )
    people: Roster = {
        raw_id(1_000 * number + each): "Attendee"
        for number in range(CHANGES_AT_ONCE)
        for each in range(100, 400)
    }
    people[BOB] = "Consumer"
    copy = await copied(adoption)
    assert await adoption.follow(copy, at_acs, people, await marks.of_room(ROOM))
    assert (await copied(adoption)).contents == Contents(at_acs, people, {})
    assert len(await told(client)) == 1 + 2 * CHANGES_AT_ONCE + 2
    assert len(await marks.of_room(ROOM)) < 40


@pytest.mark.parametrize(("deletes", "actor"), [(True, "app"), (False, ACS_ACTOR)])
async def test_a_room_that_is_gone_was_deleted_by_who_wanted_that(
    adoption: Adoption, client: TableClient, marks: Marks, deletes: bool, actor: str
) -> None:
    copy = await adopted(adoption)
    await marked(marks, "app", patch=None if deletes else {ALICE: None}, deletes=deletes)
    await adoption.bury(copy, await marks.of_room(ROOM))
    assert await told(client) == [("RoomCreated", ACS_ACTOR), ("RoomDeleted", actor)]
    assert await marks.of_room(ROOM) == []
    assert (await copied(adoption)).deleted


async def test_a_tombstone_is_never_revived(adoption: Adoption, client: TableClient) -> None:
    await adoption.bury(await adopted(adoption))
    with pytest.raises(Conflict):
        await adoption.adopt(AT_ACS, INVITED)
    assert await told(client) == [("RoomCreated", ACS_ACTOR), ("RoomDeleted", ACS_ACTOR)]


async def test_requests_of_each(
    adoption: Adoption, table: Table, marks: Marks, proxy: StorageProxy
) -> None:
    await know_floors(table)
    proxy.forget()
    await adoption.adopt(AT_ACS, INVITED)
    assert len(proxy.seen) == 1
    copy = await copied(adoption)
    assert len(proxy.seen) == 2
    assert not await adoption.follow(copy, AT_ACS, INVITED)
    assert len(proxy.seen) == 2
    assert await adoption.follow(copy, AT_ACS, {})
    assert len(proxy.seen) == 3
    await adoption.bury(await copied(adoption))
    assert len(proxy.seen) == 5
    assert await adoption.is_here(ROOM)
    assert len(proxy.seen) == 6
