"""Who may not be in a call is out of it, and who is in it has the role of the roster."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.domain.limits import LIMITS
from rooms.domain.room import RoomChange
from rooms.domain.roster import Role, Roster
from rooms.domain.time import HOUR
from rooms.storage.call_log import CallAction
from rooms.storage.changes import Origin
from testkit.identifiers import raw_id
from testkit.livekit_double import ApiFault, LiveKitDouble
from testkit.storage import ORIGIN
from testkit.storage_proxy import Fault, StorageProxy
from testkit.waiting import HANG_SECONDS
from tests.media.meeting import Meeting, instance, meeting_of

ALICE, BOB, STRANGER = raw_id(1), raw_id(2), raw_id(9)
TWO: Roster = {ALICE: "Presenter", BOB: "Attendee"}
REMOVED = [("RemovedFromCall", "media")]


@pytest_asyncio.fixture
async def meeting(client: TableClient, livekit_double: LiveKitDouble) -> AsyncIterator[Meeting]:
    """A call that Alice presents, and that Bob attends."""
    async with meeting_of(client, livekit_double, TWO) as meeting:
        await meeting.join(ALICE, "Presenter")
        await meeting.join(BOB)
        yield meeting


async def test_who_is_removed_from_the_roster_is_out_of_the_call(meeting: Meeting) -> None:
    await meeting.join(BOB, device="phone")
    await meeting.change({BOB: None})
    assert await meeting.roles() == {ALICE: "Presenter"}
    assert await meeting.done() == 2 * REMOVED


async def test_a_new_role_has_its_rights_in_the_call(meeting: Meeting) -> None:
    await meeting.change({BOB: "Consumer"})
    meeting_room = meeting.server.rooms[meeting.id]
    (bob,) = (each for each in meeting_room.people.values() if each.identity.startswith(BOB))
    assert (bob.attributes["role"], bob.permission.publish) == ("Consumer", False)
    assert await meeting.done() == [("RoleCorrected", "media")]


async def test_the_call_of_a_deleted_room_ends(meeting: Meeting) -> None:
    await meeting.app.rooms.delete(meeting.id, ORIGIN)
    assert not meeting.has_call()
    (ended,) = [each for each in await meeting.log() if each.kind == "CallEndedForAll"]
    assert (ended.actor, ended.detail["reason"]) == ("media", "Deleted")
    assert ended.detail["callId"] == meeting.server.stays[0].call_id


async def test_a_deletion_that_is_sent_again_ends_the_call_that_the_first_one_left(
    meeting: Meeting,
) -> None:
    meeting.server.api = lambda _: ApiFault.FAILS
    await meeting.app.rooms.delete(meeting.id, ORIGIN)
    meeting.server.api = lambda _: None
    await meeting.app.rooms.delete(meeting.id, ORIGIN)
    assert not meeting.has_call()


async def test_the_call_of_a_room_that_is_put_off_ends(meeting: Meeting) -> None:
    later = meeting.clock.now + HOUR
    await meeting.app.rooms.update(meeting.id, RoomChange(later, later + HOUR), ORIGIN)
    assert not meeting.has_call()


async def test_a_change_that_concerns_nobody_in_the_call_does_nothing_there(
    meeting: Meeting,
) -> None:
    await meeting.change({STRANGER: "Attendee"})
    assert await meeting.roles() == {ALICE: "Presenter", BOB: "Attendee"}
    assert await meeting.done() == []


@pytest.mark.parametrize("fault", ApiFault)
async def test_a_change_is_made_whatever_becomes_of_the_media_server(
    meeting: Meeting, fault: ApiFault
) -> None:
    meeting.server.api = lambda _: fault
    await meeting.change({BOB: None})
    assert (await meeting.app.rooms.with_roster(meeting.id)).roster == {ALICE: "Presenter"}


async def test_an_answer_that_nobody_expects_does_not_fail_a_change(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def call(_: str) -> None:
        raise KeyError("sid")

    monkeypatch.setattr(meeting.app.media, "call", call)
    await meeting.change({BOB: None})
    assert (await meeting.app.rooms.with_roster(meeting.id)).roster == {ALICE: "Presenter"}


async def test_who_cannot_be_removed_keeps_nobody_else_in(meeting: Meeting) -> None:
    await meeting.join(STRANGER)
    removals = iter([ApiFault.FAILS, None])
    meeting.server.api = lambda method: next(removals) if method == "RemoveParticipant" else None
    await meeting.change({ALICE: "Presenter", BOB: None})
    assert len(await meeting.roles()) == 2
    assert await meeting.done() == REMOVED


async def test_the_guard_throws_out_who_comes_back_with_an_old_token(meeting: Meeting) -> None:
    token = await meeting.token(BOB)
    await meeting.change({BOB: None})
    meeting.server.join(token)
    await meeting.app.reconciler.guard(meeting.id, await meeting.connection(BOB))
    assert await meeting.roles() == {ALICE: "Presenter"}
    assert await meeting.done() == 2 * REMOVED


async def test_the_guard_gives_the_role_of_now_to_who_was_admitted_in_another(
    meeting: Meeting,
) -> None:
    token = await meeting.token(BOB, "Presenter", "phone")
    meeting.server.leave(meeting.id, f"{BOB}#laptop")
    meeting.server.join(token)
    await meeting.app.reconciler.guard(meeting.id, await meeting.connection(BOB))
    assert await meeting.roles() == {ALICE: "Presenter", BOB: "Attendee"}


async def test_the_guard_ends_the_call_of_a_room_that_is_gone(meeting: Meeting) -> None:
    connection = await meeting.connection(BOB)
    meeting.server.api = lambda _: ApiFault.DOWN
    await meeting.app.rooms.delete(meeting.id, ORIGIN)
    meeting.server.api = lambda _: None
    await meeting.app.reconciler.guard(meeting.id, connection)
    assert not meeting.has_call()


async def test_the_guard_raises_nothing_when_the_storage_fails(
    meeting: Meeting, proxy: StorageProxy, caplog: pytest.LogCaptureFixture
) -> None:
    connection = await meeting.connection(BOB)
    proxy.choose = lambda _number, _what: Fault.THROTTLED
    with caplog.at_level(logging.WARNING, "rooms.media"):
        await meeting.app.reconciler.guard(meeting.id, connection)
    assert f"the call of room {meeting.id} is not corrected for now" in caplog.text


async def test_what_was_done_is_in_the_log_even_if_the_time_is_over(meeting: Meeting) -> None:
    meeting.server.api = lambda method: ApiFault.SLOW if method == "UpdateParticipant" else None
    await meeting.join(STRANGER)
    await meeting.change({BOB: "Consumer"})
    assert await meeting.done() == REMOVED


async def test_a_request_whose_time_ends_during_a_correction_has_made_its_change(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting.app.limits = replace(LIMITS, media_seconds=HANG_SECONDS)
    remove, record = meeting.app.media.remove, meeting.app.call_log.record
    answered, recorded = asyncio.Event(), asyncio.Event()

    async def late(room_id: str, identity: str) -> bool:
        request.reschedule(0)
        await answered.wait()
        return await remove(room_id, identity)

    async def and_tell(room_id: str, actions: Sequence[CallAction], origin: Origin) -> None:
        await record(room_id, actions, origin)
        recorded.set()

    monkeypatch.setattr(meeting.app.media, "remove", late)
    monkeypatch.setattr(meeting.app.call_log, "record", and_tell)
    async with asyncio.timeout(None) as request:
        await meeting.change({BOB: None})
    assert await meeting.done() == []
    answered.set()
    await recorded.wait()
    assert await meeting.done() == REMOVED


async def test_a_role_that_was_changed_again_meanwhile_is_the_last_one(
    meeting: Meeting, client: TableClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another instance changes it, in the roster and the call, before this one does in the call."""
    set_role = meeting.app.media.set_role

    async def late(room_id: str, identity: str, role: Role) -> bool:
        monkeypatch.setattr(meeting.app.media, "set_role", set_role)
        async with instance(client, meeting.server, meeting.clock) as other:
            await other.rooms.patch_roster(meeting.id, {BOB: "Consumer"}, ORIGIN)
        return await set_role(room_id, identity, role)

    monkeypatch.setattr(meeting.app.media, "set_role", late)
    await meeting.change({BOB: "Presenter"})
    assert (await meeting.roles())[BOB] == "Consumer"


@pytest.mark.parametrize(("what", "requests"), [("nothing", 1), ("removal", 2), ("role", 3)])
async def test_the_guard_costs(
    meeting: Meeting, proxy: StorageProxy, what: str, requests: int
) -> None:
    who = {"nothing": BOB, "removal": STRANGER, "role": ALICE}[what]
    if who != BOB:
        await meeting.join(who)
    connection = await meeting.connection(who)
    proxy.forget()
    await meeting.app.reconciler.guard(meeting.id, connection)
    assert len(proxy.seen) == requests


async def test_a_change_costs_no_more_requests_when_a_call_goes_on(
    meeting: Meeting, proxy: StorageProxy
) -> None:
    proxy.forget()
    await meeting.change({STRANGER: "Attendee"})
    assert len(proxy.seen) == 2
