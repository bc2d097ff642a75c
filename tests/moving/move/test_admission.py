"""Admission to a room whose calls run at ACS: the token, what it costs, and an ACS that makes
none."""

import logging
from dataclasses import replace

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.identity import MAX_MINUTES, MIN_MINUTES, lifetime_until
from rooms.domain.room import RoomChange
from rooms.domain.roster import Roster
from rooms.domain.time import DAY, HOUR, SECOND, Ticks, now, parse_time
from rooms.identity.tokens import Claims
from rooms.storage.edits import Edit
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.acs_faults import AcsFault
from testkit.acs_instance import AcsInstance
from testkit.identifiers import raw_id
from testkit.livekit_double import LiveKitDouble
from testkit.storage import ORIGIN, change_here
from testkit.storage_proxy import StorageProxy
from tests.docs.shown import shown_json
from tests.moving.move.both import Both, both_sides, code, content

TOKEN = ":issueAccessToken"


async def test_who_asks_for_a_way_in_gets_a_token_of_acs_for_calls(both: Both) -> None:
    presenter, _ = both.people
    media = content(await both.admit(presenter, media=True))["media"]
    assert media.keys() == {"kind", "token", "expiresAt"}
    assert all(f'"{name}":' in shown_json("admission.md")[1] for name in media)
    assert media["kind"] == "acs"
    claims = both.acs.run(both.acs.app.identities.check(media["token"]))
    assert isinstance(claims, Claims)
    assert claims.scopes == ("voip.join",)
    assert presenter.endswith(claims.user)
    assert abs(parse_time(media["expiresAt"]) - both.room.valid_until) <= 60 * SECOND


@pytest.mark.parametrize("asked", [{}, {"media": False}, {"media": None}], ids=str)
async def test_who_does_not_ask_for_one_gets_none_and_acs_is_not_asked(
    both: Both, asked: dict[str, object]
) -> None:
    admitted = content(await both.admit(both.people[0], **asked))
    assert "media" not in admitted
    assert both.acs.received == []
    assert await both.kinds() == ["Admitted"]


async def test_nothing_is_asked_of_the_media_server(
    both: Both, livekit_double: LiveKitDouble
) -> None:
    content(await both.admit(both.people[0], media=True))
    assert livekit_double.asked == []


async def test_what_a_media_server_cannot_do_is_not_missing_at_acs(both: Both) -> None:
    admitted = content(await both.admit(both.people[0]))
    assert "startCaptions" in {each["name"] for each in admitted["capabilities"]}


async def test_who_is_refused_gets_no_token(both: Both) -> None:
    assert code(await both.admit(raw_id(), media=True), 403) == "AdmissionRefused"
    assert both.acs.received == []
    assert await both.kinds() == ["Refused"]


async def test_a_user_whom_the_resource_does_not_know_is_not_admitted(both: Both) -> None:
    stranger = raw_id()
    await change_here(both.app.rooms, both.id, Edit(patch={stranger: "Attendee"}))
    assert code(await both.admit(stranger, media=True), 409) == "OtherResource"
    assert "Admitted" not in await both.kinds()


@pytest.mark.parametrize(
    ("fault", "status", "waits"),
    [
        (AcsFault.THROTTLED, 429, "1"),
        (AcsFault.FAILS, 503, None),
        (AcsFault.CUT_AFTER, 503, "1"),
    ],
)
async def test_where_acs_makes_no_token_nothing_is_decided(
    both: Both, fault: AcsFault, status: int, waits: str | None
) -> None:
    both.acs.next(fault, "POST", TOKEN)
    answer = await both.admit(both.people[0], media=True)
    assert (answer.status, answer.headers.get("retry-after")) == (status, waits)
    assert await both.kinds() == []


@pytest.mark.parametrize("both", [{"ROOMS_ACS_CONNECTION_STRING": ""}], indirect=True)
async def test_without_a_resource_there_is_no_way_in_but_people_are_admitted(both: Both) -> None:
    assert code(await both.admit(both.people[0], media=True), 409) == "CallsAtAcs"
    assert content(await both.admit(both.people[0]))["admitted"]
    assert await both.kinds() == ["Admitted"]


@pytest.mark.parametrize("both", [{"ROOMS_ACS_MODE": "observe"}], indirect=True)
async def test_where_rooms_are_changed_at_acs_admission_knows_who_was_invited_there_just_now(
    both: Both,
) -> None:
    guest = both.acs.run(both.acs.app.identities.create())
    both.change_at_acs(None, {guest: "Attendee", both.people[0]: None})
    assert content(await both.send("GET", f"/admission?rawId={guest}"))["admitted"]
    assert content(await both.admit(guest, media=True))["media"]["kind"] == "acs"
    assert code(await both.admit(both.people[0]), 403) == "AdmissionRefused"


@pytest.mark.parametrize("both", [{"ROOMS_ACS_MODE": "observe"}], indirect=True)
async def test_where_acs_does_not_tell_admission_decides_by_what_is_here(both: Both) -> None:
    both.acs.choose = lambda _: AcsFault.FAILS
    assert content(await both.admit(both.people[0]))["admitted"]


async def test_a_room_on_the_media_server_tells_its_kind_and_can_leave_it_out(
    both: Both, livekit_double: LiveKitDouble
) -> None:
    roster: Roster = dict.fromkeys(both.people, "Attendee")
    made = await Rooms(both.app.table, now).create(RoomChange(), roster, None, ORIGIN)
    own = replace(both, room=made.room)
    assert "media" not in content(await own.admit(both.people[0], media=False))
    assert livekit_double.asked == []
    for asked in ({}, {"media": True}):
        assert content(await own.admit(both.people[0], **asked))["media"]["kind"] == "livekit"


async def test_a_way_in_that_is_asked_for_where_nothing_carries_calls_is_not_there(
    client: TableClient, acs: AcsInstance
) -> None:
    settings = {"ROOMS_ACS_MODE": "through"}
    async with both_sides(Table(client), acs, None, settings, HOUR) as both:
        await both.move("own")
        assert code(await both.admit(both.people[0], media=True), 501) == "NotImplemented"
        assert "media" not in content(await both.admit(both.people[0]))
        assert await both.kinds() == ["RoomMoved", "Admitted"]


async def test_no_token_is_in_a_log(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = content(await both.admit(both.people[0], media=True))["media"]["token"]
    assert token not in caplog.text + repr(await both.log())


async def test_a_token_costs_one_request_to_acs_and_none_to_the_storage(
    client: TableClient, proxy: StorageProxy, acs: AcsInstance
) -> None:
    settings = {"ROOMS_ACS_MODE": "through"}
    async with both_sides(Table(client), acs, None, settings, HOUR) as both:
        proxy.forget()
        content(await both.admit(both.people[0], media=True))
        assert len(proxy.seen) == 2
        assert [request.method for request in acs.received] == ["POST"]


@pytest.mark.parametrize(
    ("left", "minutes"),
    [
        (0, MIN_MINUTES),
        (HOUR, 60),
        (HOUR + 1, 61),
        (2 * HOUR, 120),
        (DAY, MAX_MINUTES),
        (30 * DAY, MAX_MINUTES),
    ],
)
def test_a_token_is_good_until_the_room_closes_as_far_as_acs_makes_such(
    left: Ticks, minutes: int
) -> None:
    at = now()
    assert lifetime_until(at + left, at) == minutes
