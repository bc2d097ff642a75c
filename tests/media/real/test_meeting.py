"""A whole meeting on a real server, and whether the service tells of it what truly happened."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from testkit.livekit_server import AppWithCalls
from testkit.running import UNHANDLED
from tests.media.real.browsers import browser
from tests.media.real.meeting import BEN, FIN, NILS, PEOPLE, Meeting
from tests.media.real.service import ONE_LOOP, Service, eventually
from tests.media.real.truth import differences, stays

pytestmark = ONE_LOOP


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def meeting(app_with_calls: AppWithCalls) -> AsyncIterator[Meeting]:
    """The meeting, which is over. Pictures, voices and what a role may are seen while it is
    played."""
    async with browser() as running:
        meeting = Meeting(Service(app_with_calls), running)
        await meeting.play()

        async def over() -> bool:
            calls = (await meeting.service.json(f"/rooms/{meeting.room_id}/calls"))["value"]
            return all(call["endedAt"] for call in calls)

        await eventually(over)
        yield meeting


@pytest_asyncio.fixture(loop_scope="session")
async def call(meeting: Meeting) -> Any:
    """The only call of the room, with its legs."""
    (call,) = (await meeting.service.json(f"/rooms/{meeting.room_id}/calls"))["value"]
    return await meeting.service.json(f"/rooms/{meeting.room_id}/calls/{call['id']}")


async def test_the_legs_are_those_that_there_truly_were_and_none_is_estimated(
    meeting: Meeting, call: Any
) -> None:
    true = stays(meeting.service.running.livekit.log, meeting.room_id)
    assert {stay.who for stay in true.values()} == PEOPLE.keys()
    assert differences(true, call["legs"]) == []


async def test_neither_the_start_nor_the_end_of_the_call_is_estimated(call: Any) -> None:
    assert (call["startEstimated"], call["endEstimated"], call["peakEstimated"]) == (False,) * 3


async def test_everybody_is_in_the_attendance_as_often_as_they_came(
    meeting: Meeting, call: Any
) -> None:
    attendance = await meeting.service.json(
        f"/rooms/{meeting.room_id}/attendance?call={call['id']}"
    )
    assert attendance["summary"]["attended"] + attendance["summary"]["uninvited"] == len(PEOPLE)
    assert not attendance["incomplete"]


async def test_clients_are_told_why_they_are_out(meeting: Meeting) -> None:
    assert meeting.reasons == {
        "joined elsewhere": "DUPLICATE_IDENTITY",
        "removed": "PARTICIPANT_REMOVED",
        "came back": "PARTICIPANT_REMOVED",
        "closed": "ROOM_DELETED",
    }


async def test_who_was_removed_is_told_so_when_they_ask_for_admission(meeting: Meeting) -> None:
    assert [reason["code"] for reason in meeting.denied["reasons"]] == ["NotInvited"]


async def test_the_log_has_who_was_removed_and_why_the_call_ended(meeting: Meeting) -> None:
    removed = await meeting.service.log(meeting.room_id, "RemovedFromCall")
    assert len(removed) >= 2
    assert {each["detail"]["rawId"] for each in removed} == {FIN}
    (ended,) = await meeting.service.log(meeting.room_id, "CallEndedForAll")
    assert (ended["actor"], ended["detail"]["reason"]) == ("media", "Closed")


async def test_the_roles_that_were_corrected_are_in_the_log(meeting: Meeting) -> None:
    corrected = await meeting.service.log(meeting.room_id, "RoleCorrected")
    roles = {(each["detail"]["rawId"], each["detail"]["role"]) for each in corrected}
    assert roles == {(BEN, "Presenter"), (BEN, "Attendee")}


async def test_two_devices_and_a_reload_are_legs_of_one_person(call: Any) -> None:
    people = [leg["rawId"] for leg in call["legs"]]
    assert people.count(BEN) >= 3
    assert people.count(NILS) >= 2


async def test_no_token_is_in_the_log_of_the_service(meeting: Meeting) -> None:
    printed = meeting.service.running.app.log()
    assert "eyJ" not in printed
    assert UNHANDLED.findall(printed) == []
