"""The look at all calls: it corrects what went wrong before, and inserts what was lost."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.domain.connection import Connection
from rooms.domain.roster import Roster
from rooms.domain.time import SECOND, Ticks, from_unix_milliseconds, now
from rooms_cli.check.table import disagreements
from testkit.identifiers import raw_id
from testkit.livekit_double import ApiFault, LiveKitDouble
from testkit.storage import ORIGIN
from testkit.storage_proxy import Fault, StorageProxy
from testkit.waiting import until
from tests.media.meeting import Meeting, instance, meeting_of

ALICE, BOB, STRANGER = raw_id(1), raw_id(2), raw_id(9)
TWO: Roster = {ALICE: "Presenter", BOB: "Attendee"}
MINUTES: Ticks = 300 * SECOND


@pytest_asyncio.fixture
async def meeting(client: TableClient, livekit_double: LiveKitDouble) -> AsyncIterator[Meeting]:
    """A call that Alice presents. She joined some minutes ago, which was told."""
    async with meeting_of(client, livekit_double, TWO) as meeting:
        await meeting.join(ALICE, "Presenter")
        await meeting.hear()
        meeting.clock.now += MINUTES
        yield meeting


async def test_the_call_of_a_room_ends_when_the_room_closes(meeting: Meeting) -> None:
    meeting.clock.now = meeting.room.valid_until - 1
    await meeting.app.sweep.run()
    assert meeting.has_call()
    meeting.clock.now += 1
    await meeting.app.sweep.run()
    assert not meeting.has_call()
    assert await meeting.done() == [("CallEndedForAll", "media")]


async def test_what_failed_at_a_change_is_corrected(meeting: Meeting) -> None:
    await meeting.join(BOB)
    meeting.server.api = lambda _: ApiFault.DOWN
    await meeting.change({BOB: None, ALICE: "Consumer"})
    meeting.server.api = lambda _: None
    await meeting.app.sweep.run()
    assert await meeting.roles() == {ALICE: "Consumer"}
    assert sorted(await meeting.done()) == [
        ("RemovedFromCall", "media"),
        ("RoleCorrected", "media"),
    ]


async def test_the_call_of_a_room_of_which_nothing_is_stored_ends(
    meeting: Meeting,
) -> None:
    await meeting.begin_call_of("99400000000000000")
    await meeting.app.sweep.run()
    assert list(meeting.server.rooms) == [meeting.id]


@pytest.mark.parametrize(
    ("name", "mark"),
    [("theirs", "anteroom:theirs"), ("x' or RowKey ge '", None)],
    ids=["their mark", "no id of a room"],
)
async def test_rooms_of_others_on_the_server_are_left_alone(
    meeting: Meeting, name: str, mark: str | None
) -> None:
    ours = meeting.server.rooms[meeting.id]
    meeting.server.rooms[name] = replace(ours, name=name, metadata=mark or ours.metadata)
    await meeting.app.sweep.run()
    assert name in meeting.server.rooms


async def test_a_call_that_cannot_be_looked_at_keeps_no_other_from_it(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    await meeting.begin_call_of("99400000000000000")
    connections = meeting.app.media.connections

    async def fails(room_id: str) -> list[Connection]:
        if room_id == meeting.id:
            raise KeyError("joined_at_ms")
        return await connections(room_id)

    monkeypatch.setattr(meeting.app.media, "connections", fails)
    await meeting.app.sweep.run()
    assert list(meeting.server.rooms) == [meeting.id]


async def test_a_lost_join_is_inserted_at_its_true_time(meeting: Meeting) -> None:
    bob = await meeting.join(BOB)
    meeting.miss()
    await meeting.app.sweep.run()
    (call,) = await meeting.calls()
    (leg,) = (leg for leg in call.legs if leg.raw_id == BOB)
    assert (leg.joined_at, leg.join_estimated) == (from_unix_milliseconds(bob.joined_ms), False)
    assert (leg.participant_id, leg.role) == (bob.sid, "Attendee")


async def test_a_call_of_which_all_was_lost_is_known(
    client: TableClient, livekit_double: LiveKitDouble
) -> None:
    async with meeting_of(client, livekit_double, TWO) as meeting:
        await meeting.join(ALICE, "Presenter")
        meeting.clock.now += MINUTES
        await meeting.app.sweep.run()
        (call,) = await meeting.calls()
        assert (call.id, call.has_gaps) == (meeting.server.rooms[meeting.id].sid, False)


async def test_a_lost_leave_is_inserted_as_an_estimate(meeting: Meeting) -> None:
    await meeting.join(BOB)
    await meeting.hear()
    meeting.clock.now += MINUTES
    meeting.server.leave(meeting.id, f"{BOB}#laptop")
    meeting.miss()
    await meeting.app.sweep.run()
    (call,) = await meeting.calls()
    left = {leg.raw_id: (leg.left_at, leg.leave_estimated) for leg in call.legs}
    assert left == {ALICE: (None, False), BOB: (meeting.clock.now, True)}


async def test_what_is_told_after_all_counts_instead(meeting: Meeting) -> None:
    await meeting.join(BOB)
    meeting.server.leave(meeting.id, f"{ALICE}#laptop")
    await meeting.app.sweep.run()
    await meeting.hear()
    (call,) = await meeting.calls()
    assert {leg.raw_id: leg.left_at is None for leg in call.legs} == {ALICE: False, BOB: True}
    assert not call.has_gaps


async def test_what_may_still_be_told_is_not_inserted(meeting: Meeting) -> None:
    meeting.clock.now -= MINUTES
    await meeting.join(BOB)
    meeting.server.leave(meeting.id, f"{ALICE}#laptop")
    before = await meeting.log()
    await meeting.app.sweep.run()
    assert await meeting.log() == before


async def test_the_calls_of_a_server_that_was_killed_end_and_a_later_one_goes_on(
    meeting: Meeting,
) -> None:
    meeting.server.kill()
    await meeting.join(BOB)
    await meeting.hear()
    await meeting.app.sweep.run()
    (carried,) = await meeting.app.media.calls()
    before, after = await meeting.calls()
    assert (before.ended_at, before.end_estimated) == (carried.made_at, True)
    assert (after.ended_at, [leg.raw_id for leg in after.legs]) == (None, [BOB])


async def test_nobody_is_in_two_calls_at_once_if_the_first_join_is_told_last(
    meeting: Meeting,
) -> None:
    meeting.server.kill()
    await meeting.join(ALICE, "Presenter")
    late = meeting.server.webhooks.made.pop()
    joined = (await meeting.connection(ALICE)).joined_at
    await asyncio.to_thread(until, lambda: now() >= joined + SECOND // 500)  # else both are first
    await meeting.join(BOB)
    await meeting.hear()
    await meeting.app.sweep.run()
    await meeting.app.livekit_intake.accept(late.body.decode())
    before, after = await meeting.calls()
    assert [leg.raw_id for leg in after.legs] == [ALICE, BOB]
    assert before.ended_at is not None
    assert before.ended_at <= after.started_at


async def test_the_call_of_a_server_that_was_killed_ends_with_the_look(meeting: Meeting) -> None:
    meeting.server.kill()
    await meeting.app.sweep.run()
    (call,) = await meeting.calls()
    assert (call.ended_at, call.end_estimated) == (meeting.clock.now, True)


async def test_a_call_of_a_server_that_was_down_for_long_ends_when_it_fell_silent(
    meeting: Meeting,
) -> None:
    meeting.server.api = lambda _: ApiFault.DOWN
    silent_since = meeting.clock.now
    for _ in range(3):
        await meeting.app.sweep.run()
        meeting.clock.now += 60 * SECOND
    meeting.server.api = lambda _: None
    meeting.server.kill()
    await meeting.app.sweep.run()
    (call,) = await meeting.calls()
    assert call.ended_at == silent_since


async def test_a_server_that_is_killed_during_the_look_gets_nobody_into_the_call_before(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections = meeting.app.media.connections

    async def killed(room_id: str) -> list[Connection]:
        monkeypatch.setattr(meeting.app.media, "connections", connections)
        meeting.server.kill()
        await meeting.join(BOB)
        return await connections(room_id)

    monkeypatch.setattr(meeting.app.media, "connections", killed)
    await meeting.app.sweep.run()
    (call,) = await meeting.calls()
    assert [leg.raw_id for leg in call.legs] == [ALICE]


@pytest.mark.parametrize("fault", [ApiFault.DOWN, ApiFault.FAILS, ApiFault.REFUSES])
async def test_nothing_is_inserted_while_the_server_does_not_answer(
    meeting: Meeting, fault: ApiFault, caplog: pytest.LogCaptureFixture
) -> None:
    meeting.server.api = lambda _: fault
    before = await meeting.log()
    caplog.clear()
    await meeting.app.sweep.run()
    assert await meeting.log() == before
    assert [each.levelname for each in caplog.records] == ["ERROR"]


async def test_nothing_is_inserted_if_the_server_stops_answering_during_the_look(
    meeting: Meeting,
) -> None:
    await meeting.join(BOB)
    meeting.server.api = lambda method: None if method == "ListRooms" else ApiFault.DOWN
    before = await meeting.log()
    await meeting.app.sweep.run()
    assert await meeting.log() == before


async def test_a_storage_that_fails_is_logged(
    meeting: Meeting, proxy: StorageProxy, caplog: pytest.LogCaptureFixture
) -> None:
    proxy.choose = lambda _number, _what: Fault.THROTTLED
    with caplog.at_level(logging.ERROR, "rooms.media"):
        await meeting.app.sweep.run()
    assert "media: no storage" in caplog.text


async def test_two_instances_that_look_at_once_agree(meeting: Meeting, client: TableClient) -> None:
    await meeting.join(BOB)
    await meeting.join(STRANGER)
    meeting.miss()
    async with instance(client, meeting.server, meeting.clock) as other:
        await asyncio.gather(meeting.app.sweep.run(), other.sweep.run())
    assert await meeting.roles() == {ALICE: "Presenter", BOB: "Attendee"}
    (call,) = await meeting.calls()
    assert sorted(leg.raw_id or "" for leg in call.legs if leg.raw_id != STRANGER) == [ALICE, BOB]


async def test_who_joins_while_our_clock_is_ahead_is_not_taken_as_gone(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They join, and it is told, after the server has said who is in the call."""
    connections = meeting.app.media.connections

    async def early(room_id: str) -> list[Connection]:
        present = await connections(room_id)
        await meeting.join(BOB)
        await meeting.hear()
        return present

    monkeypatch.setattr(meeting.app.media, "connections", early)
    await meeting.app.sweep.run()
    (call,) = await meeting.calls()
    assert {leg.raw_id: leg.left_at for leg in call.legs} == {ALICE: None, BOB: None}


async def test_a_look_at_a_call_costs(meeting: Meeting, proxy: StorageProxy) -> None:
    """Of each partition the calls, of each call its events, and the room with its roster."""
    await meeting.app.sweep.run()
    proxy.forget()
    await meeting.app.sweep.run()
    assert len(proxy.seen) == 10 + 1 + 1


async def test_a_look_at_no_call_costs_the_calls_of_each_partition(
    meeting: Meeting, proxy: StorageProxy
) -> None:
    await meeting.app.rooms.delete(meeting.id, ORIGIN)
    await meeting.hear()
    await meeting.app.sweep.run()
    proxy.forget()
    await meeting.app.sweep.run()
    assert len(proxy.seen) == 10


async def test_all_that_is_inserted_agrees_in_the_table(
    meeting: Meeting, client: TableClient
) -> None:
    await meeting.join(BOB)
    await meeting.hear()
    await meeting.join(STRANGER)
    meeting.clock.now += MINUTES
    meeting.server.leave(meeting.id, f"{BOB}#laptop")
    meeting.miss()
    await meeting.app.sweep.run()
    meeting.server.kill()
    meeting.clock.now += MINUTES
    await meeting.app.sweep.run()
    (call,) = await meeting.calls()
    assert call.end_estimated
    assert list(disagreements([row async for row in client.list_entities()])) == []
