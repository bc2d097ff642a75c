"""That all that concerns rooms works over three storage accounts."""

import itertools
from dataclasses import replace

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.identity import User
from rooms.domain.join_link import JoinLink
from rooms.domain.limits import LIMITS
from rooms.domain.room_filter import RoomQuery
from rooms.domain.time import DAY, MAX_TIME, SECOND, now
from rooms.storage import keys
from rooms.storage.accesses import Accesses
from rooms.storage.accounts import account_of
from rooms.storage.admissions import Admissions
from rooms.storage.arrivals import Arrivals
from rooms.storage.calls import Calls
from rooms.storage.entities import log_entity
from rooms.storage.feed import BEGINNING, NOW, Feed
from rooms.storage.history import History
from rooms.storage.identities import Identities
from rooms.storage.join_links import HeldLink
from rooms.storage.listed_rooms import BEGIN, END, ListedRooms
from rooms.storage.lists import Lists
from rooms.storage.live_rooms import LiveRooms
from rooms.storage.marks import Marks
from rooms.storage.operations import insert
from rooms.storage.pull_state import PullStates
from rooms.storage.quarantine import Quarantine
from rooms.storage.rooms import Rooms
from rooms.storage.rows_of_rooms import room_of_row
from rooms.storage.spread import Spread
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.storage import ORIGIN, Clock
from tests.domain.histories import added, moment, started
from tests.storage.accounts.conftest import made_rooms

ALICE = raw_id(1)
NOW_IN_CALLS = moment(60)

pytestmark = pytest.mark.usefixtures("ids")


async def fill(table: Table) -> list[str]:
    """Makes a room in each account, with all kinds of rows, and what belongs to no room."""
    rooms, calls = Rooms(table, now), Calls(table, lambda: NOW_IN_CALLS)
    admissions, marks = Admissions(table, calls, now), Marks(table, now)
    ids = await made_rooms(table, {ALICE: "Presenter"}, 3)
    for room_id in ids:
        await rooms.patch_details(room_id, {"title": "Tea", "externalId": "A-1"}, ORIGIN)
        await calls.record(room_id, started(0), "")
        await calls.record(room_id, added(1), "")
        link = JoinLink(room_id.rjust(32, "0"), room_id, ALICE, None, now() + DAY)
        held = HeldLink(link, "the secret of a browser")
        detail = {"rawId": ALICE, "role": "Presenter", "link": link.id}
        await admissions.record(room_id, now(), "Admitted", detail, ORIGIN, held)
        assert await admissions.is_bound(held)
        await marks.write(marks.of_change(room_id, ORIGIN))
        await PullStates(table, now).note_unknown(room_id)
        await Accesses(table, now).record(room_id, {"what": "log", "query": {}}, ORIGIN)
    await Quarantine(table, now).put("not understood", "no JSON")
    await Identities(table).add(User("a user", now(), now(), "1"))
    return ids


async def test_all_rows_of_a_room_are_in_the_account_of_its_digit(
    clients: list[TableClient], table: Table, spread: Spread
) -> None:
    ids = await fill(table)
    kinds = set()
    for account, client in enumerate(clients):
        async for row in client.list_entities(select=["PartitionKey", "RowKey"]):
            partition, key = row["PartitionKey"], row["RowKey"]
            room_id = keys.listed_room_id(key) if key.startswith(".arrived:") else room_of_row(key)
            if room_id is not None:
                kinds.add(key.replace(room_id, "").split(":")[0])
                assert spread.partition_of(room_id) == partition
            assert account_of(partition) == account or key == keys.MARKER_ROW
    assert kinds >= {"", ".index", ".invitee", ".calls", ".join-link", ".pending", ".pull-unknown"}
    assert {account_of(spread.partition_of(room_id)) for room_id in ids} == {0, 1, 2}


async def test_each_room_is_found_in_all_lists_once(table: Table) -> None:
    ids = sorted(await fill(table))
    history = History(table)
    lists, calls = Lists(table, history), Calls(table, lambda: NOW_IN_CALLS)
    at = now()
    everything = await lists.all(None)
    titled = await lists.some(RoomQuery(title="tea"), None, at)
    invited = await lists.of_participant(ALICE, RoomQuery(), None, at)
    named = await lists.of_external_id("A-1", RoomQuery(), None, at)
    listed, _ = await ListedRooms(table).between(BEGIN, END)
    live = await LiveRooms(calls, history, lambda: NOW_IN_CALLS).page(None)
    ringing = await calls.page_of_all(moment(-3600), moment(3600), None, NOW_IN_CALLS)
    assert [
        sorted(room.id for room in everything.items),
        sorted(each.room.id for each in titled.items),
        sorted(each.room.id for each in invited.items),
        sorted(each.room.id for each in named.items),
        sorted(room.id for room in listed),
        sorted(room.room_id for room in live.items),
        sorted(call.room_id for call in ringing.items),
    ] == [ids] * 7
    assert await Marks(table, now).count_open() == len(ids)


async def test_pages_of_a_list_have_each_room_once(table: Table) -> None:
    ids = await made_rooms(table, {}, 40)
    lists, seen, cursor = Lists(table, History(table)), list[str](), None
    while True:
        page = await lists.all(cursor)
        seen += [room.id for room in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == ids[::-1]


async def test_what_is_known_of_a_room_is_read_in_its_account(table: Table) -> None:
    history, calls = History(table), Calls(table, lambda: NOW_IN_CALLS)
    for room_id in await fill(table):
        known = await history.snapshot(room_id)
        assert (known.details["title"], list(known.roster)) == ("Tea", [ALICE])
        log = await history.log(room_id, 0, MAX_TIME, None, None, None)
        assert {record.kind for record in log.items} >= {"RoomCreated", "Admitted", "CallStarted"}
        assert len((await calls.page(room_id, None, NOW_IN_CALLS)).items) == 1
        assert len(await Marks(table, now).of_room(room_id)) == 1
        assert await PullStates(table, now).is_unknown(room_id)


async def test_who_follows_the_log_comes_to_its_end_whatever_the_clocks_of_writers_say(
    table: Table,
) -> None:
    written = []
    for number, seconds in enumerate((300, 0, 0, -300, 300, 0)):
        clock = Clock(now() + seconds * SECOND)
        for room_id in ("99400000000000007", "99400000000000017"):
            name = f"{number} {room_id}"
            record = log_entity(room_id, now(), keys.hashed(name), "RoomDeleted", "it", name, {})
            await Arrivals(table, clock).commit(room_id, [insert(record)])
            written.append(name)
    seconds_ = itertools.count(step=10)
    limits = replace(LIMITS, arrivals_rows=2)
    feed = Feed(table, now, limits, monotonic=lambda: float(next(seconds_)))
    seen, since = list[str](), BEGINNING
    while len(seen) < len(written):
        page = await feed.page(None, since)
        assert page.items
        seen += [each.record.request_id for each in page.items]
        since = page.cursor
    assert sorted(seen) == sorted(written)


async def test_who_follows_the_log_has_each_record_once(table: Table) -> None:
    feed, seen, since = Feed(table, now), list[str](), BEGINNING
    begin = (await feed.page(None, NOW)).cursor
    ids = await fill(table)
    while (page := await feed.page(None, since)).items:
        seen += [each.room_id for each in page.items]
        since = page.cursor
    assert {*seen} == {*ids}
    assert [each.room_id for each in (await feed.page(None, begin)).items] == seen
    for room_id in ids:
        own = await feed.page(room_id, BEGINNING)
        assert len(own.items) == seen.count(room_id)
