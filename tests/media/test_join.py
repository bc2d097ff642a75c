"""Join links: how one is made, what its holder sees, who gets in with it, as what, at what cost."""

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.room import RoomChange
from rooms.domain.time import DAY, SECOND, Ticks, format_time
from rooms.media.signed_json import claims_of
from rooms.storage.call_log import CallAction
from rooms.storage.table import Table
from testkit.livekit_double import ApiFault, LiveKitDouble
from testkit.storage import ORIGIN
from testkit.storage_proxy import StorageProxy
from tests.media.entrance import (
    ANN,
    BOB,
    ELSEWHERE,
    HERE,
    NOW,
    STRANGER,
    Entrance,
    at,
    code,
    content,
    entrance_to,
    opened,
    removed,
    target,
)

# How a link is made.


@pytest.mark.parametrize("path", ["joinLinks", "joinLinks/"])  # the host takes both
async def test_a_link_leads_to_the_page_of_the_service_and_has_its_token_behind_the_hash(
    entrance: Entrance, path: str
) -> None:
    made = content(await entrance.make(path), 201)
    base, _, token = made.pop("url").partition("#")
    assert base == f"https://rooms.example.com/base/join/{entrance.room_id}"
    assert token
    assert made == {
        "roomId": entrance.room_id,
        "rawId": ANN,
        "expiresAt": "2026-05-05T10:00:00+00:00",
    }


async def test_the_log_says_who_made_a_link_for_whom_and_until_when(entrance: Entrance) -> None:
    await entrance.token(expiresAt="2026-05-04T11:00:00Z")
    (record,) = await entrance.log()
    assert (record.kind, record.actor, record.detail.keys()) == (
        "JoinLinkMade",
        "test",
        {"rawId", "expiresAt", "link"},
    )
    assert record.detail["rawId"] == ANN
    assert record.detail["expiresAt"] == "2026-05-04T11:00:00+00:00"


@pytest.mark.parametrize("late", [-DAY, 0, DAY + 1])
async def test_a_link_expires_in_the_future_and_at_the_end_of_the_room_at_the_latest(
    entrance: Entrance, late: Ticks
) -> None:
    assert target(await entrance.make(expiresAt=format_time(NOW + late))) == "$.expiresAt"
    assert await entrance.kinds() == []


async def test_no_link_is_made_for_a_room_that_is_over(entrance: Entrance) -> None:
    at(entrance, NOW + DAY)
    assert target(await entrance.make()) == ""


async def test_a_link_is_for_somebody_on_the_roster(entrance: Entrance) -> None:
    assert target(await entrance.make(rawId=STRANGER)) == "$.rawId"


async def test_a_link_to_an_open_room_may_be_for_any_user(entrance: Entrance) -> None:
    await opened(entrance)
    state = content(await entrance.look(f"JoinLink {await entrance.token(rawId=STRANGER)}"), 200)
    assert state["person"] == {"rawId": STRANGER, "role": "Attendee"}


async def test_a_link_to_an_open_room_is_for_no_telephone(entrance: Entrance) -> None:
    await opened(entrance)
    assert target(await entrance.make(rawId="4:+491234567")) == "$.rawId"


@pytest.mark.parametrize(
    "settings",
    [{}, {"ROOMS_JOIN_PAGE": "false"}],
    ids=["no media server", "turned off"],
)
async def test_where_nobody_can_join_the_routes_are_not_there(
    entrance: Entrance, livekit_double: LiveKitDouble, settings: dict[str, str]
) -> None:
    token = await entrance.token()
    server = livekit_double.settings if settings else {}
    without = entrance.restarted(**server, **settings)
    for answer in (
        await without.make(),
        await without.look(f"JoinLink {token}"),
        await without.join(token),
    ):
        assert code(answer, 404) == "NotFound"
    assert await entrance.kinds() == ["JoinLinkMade"]


# After a loss.

LOST = {"callId": "RM_one", "participantId": "PA_ann"}


@pytest.mark.parametrize(
    ("kind", "detail", "expected"),
    [
        ("CallEndedForAll", {"callId": "RM_one"}, "CallEnded"),
        ("RemovedFromCall", {"rawId": ANN, "participantId": "PA_ann"}, "RemovedFromCall"),
    ],
)
async def test_who_was_put_out_does_not_come_back_by_mistake(
    entrance: Entrance, kind: str, detail: dict[str, str], expected: str
) -> None:
    token = await entrance.token()
    await entrance.app.call_log.record(entrance.room_id, [CallAction(kind, detail)], ORIGIN)
    assert code(await entrance.join(token, lost=LOST), 409) == expected
    assert "Admitted" not in await entrance.kinds()
    content(await entrance.join(token), 200)


async def test_who_lost_another_connection_comes_back(entrance: Entrance) -> None:
    token = await entrance.token()
    done = [
        CallAction("CallEndedForAll", {"callId": "RM_another"}),
        CallAction("RemovedFromCall", {"rawId": ANN, "participantId": "PA_another"}),
    ]
    await entrance.app.call_log.record(entrance.room_id, done, ORIGIN)
    content(await entrance.join(token, lost=LOST), 200)


async def test_what_was_done_long_ago_keeps_nobody_out(entrance: Entrance) -> None:
    token = await entrance.token()
    ended = CallAction("CallEndedForAll", {"callId": "RM_one"})
    await entrance.app.call_log.record(entrance.room_id, [ended], ORIGIN)
    at(entrance, NOW + 299 * SECOND)
    assert code(await entrance.join(token, lost=LOST), 409) == "CallEnded"
    at(entrance, NOW + 301 * SECOND)
    content(await entrance.join(token, lost=LOST), 200)


async def test_what_was_lost_must_be_said_whole(entrance: Entrance) -> None:
    token = await entrance.token()
    half = {"callId": "RM_one"}
    assert target(await entrance.join(token, lost=half)) == "$.lost.participantId"


# What its holder sees.


async def test_the_page_learns_who_one_is_and_what_one_may(entrance: Entrance) -> None:
    await entrance.app.rooms.patch_details(
        entrance.room_id,
        {
            "title": "Consultation",
            "scheduledStart": "2026-05-04T10:30:00Z",
            "scheduledEnd": "2026-05-04T11:00:00Z",
            "participants": {ANN: {"name": "Dr. Ann"}},
        },
        ORIGIN,
    )
    state = content(await entrance.look(f"JoinLink {await entrance.token()}"), 200)
    names = {each["name"] for each in state.pop("capabilities")}
    assert "muteUnmuteMic" in names
    assert "shareScreen" not in names
    assert state == {
        "roomId": entrance.room_id,
        "title": "Consultation",
        "person": {"rawId": ANN, "displayName": "Dr. Ann", "role": "Attendee"},
        "admitted": True,
        "validFrom": "2026-05-04T10:00:00.25+00:00",
        "validUntil": "2026-05-05T10:00:00.25+00:00",
        "scheduledStart": "2026-05-04T10:30:00Z",
        "scheduledEnd": "2026-05-04T11:00:00Z",
        "now": "2026-05-04T10:00:00.25+00:00",
    }


async def test_the_name_of_the_link_goes_before_that_of_the_details(entrance: Entrance) -> None:
    named = {"participants": {ANN: {"name": "Dr. Ann"}}}
    await entrance.app.rooms.patch_details(entrance.room_id, named, ORIGIN)
    token = await entrance.token(displayName="Mum 👩")
    assert (
        content(await entrance.look(f"JoinLink {token}"), 200)["person"]["displayName"] == "Mum 👩"
    )


async def test_who_is_too_early_learns_when_the_room_opens(entrance: Entrance) -> None:
    later = RoomChange(NOW + 60 * SECOND, NOW + DAY)
    await entrance.app.rooms.update(entrance.room_id, later, ORIGIN)
    state = content(await entrance.look(f"JoinLink {await entrance.token()}"), 200)
    (reason,) = state["reasons"]
    assert (state["admitted"], reason["code"]) == (False, "NotOpenYet")
    assert reason["opensAt"] == state["validFrom"] == "2026-05-04T10:01:00.25+00:00"
    assert state["person"]["role"] == "Attendee"


async def test_a_look_is_not_logged_and_binds_no_browser(entrance: Entrance) -> None:
    token = await entrance.token()
    for _ in range(2):
        content(await entrance.look(f"JoinLink {token}"), 200)
    assert await entrance.kinds() == ["JoinLinkMade"]
    content(await entrance.join(token), 200)


# How its holder gets in.


async def test_the_server_lets_in_who_joins_with_a_link(
    entrance: Entrance, livekit_double: LiveKitDouble
) -> None:
    token = await entrance.token(displayName="Ann")
    joined = content(await entrance.join(token), 200)
    assert (joined["role"], joined["guest"]) == ("Attendee", False)
    participant = livekit_double.join(joined["media"]["token"])
    assert (participant.identity, participant.name) == (f"{ANN}#tab-1", "Ann")


async def test_the_log_says_that_the_link_was_used(entrance: Entrance) -> None:
    await entrance.join(await entrance.token(displayName="Ann"))
    admitted, made = await entrance.log()
    assert (admitted.kind, admitted.actor) == ("Admitted", "join-link")
    assert admitted.detail == {
        "rawId": ANN,
        "displayName": "Ann",
        "role": "Attendee",
        "guest": False,
        "link": made.detail["link"],
    }


async def test_the_role_is_that_of_the_roster_when_one_joins(
    entrance: Entrance, livekit_double: LiveKitDouble
) -> None:
    token = await entrance.token()
    await entrance.app.rooms.patch_roster(entrance.room_id, {ANN: "Consumer"}, ORIGIN)
    joined = content(await entrance.join(token), 200)
    assert joined["role"] == "Consumer"
    claims = claims_of(joined["media"]["token"], (livekit_double.key,))
    assert claims["attributes"] == {"role": "Consumer"}


async def test_who_was_removed_is_refused_and_is_let_in_again_when_invited_again(
    entrance: Entrance,
) -> None:
    token = await entrance.token()
    await removed(entrance, ANN)
    assert code(await entrance.join(token), 403) == "AdmissionRefused"
    (reason,) = content(await entrance.look(f"JoinLink {token}"), 200)["reasons"]
    assert reason["code"] == "NotInvited"
    await entrance.app.rooms.patch_roster(entrance.room_id, {ANN: "Consumer"}, ORIGIN)
    assert content(await entrance.join(token), 200)["role"] == "Consumer"


async def test_who_was_removed_learns_nothing_of_the_meeting(entrance: Entrance) -> None:
    meeting = {
        "title": "Consultation",
        "scheduledStart": "2026-05-04T10:00:00Z",
        "scheduledEnd": "2026-05-04T10:30:00Z",
    }
    await entrance.app.rooms.patch_details(entrance.room_id, meeting, ORIGIN)
    token = await entrance.token()
    await removed(entrance, ANN)
    state = content(await entrance.look(f"JoinLink {token}"), 200)
    assert [state[name] for name in meeting] == [None, None, None]


async def test_who_was_removed_from_an_open_room_is_a_guest(entrance: Entrance) -> None:
    token = await entrance.token(rawId=BOB)
    await opened(entrance)
    await removed(entrance, BOB)
    joined = content(await entrance.join(token), 200)
    assert (joined["role"], joined["guest"]) == ("Attendee", True)


async def test_a_refusal_binds_no_browser(entrance: Entrance) -> None:
    later = RoomChange(NOW + 60 * SECOND, NOW + DAY)
    await entrance.app.rooms.update(entrance.room_id, later, ORIGIN)
    token = await entrance.token()
    content(await entrance.join(token, HERE), 403)
    at(entrance, NOW + 60 * SECOND)
    content(await entrance.join(token, ELSEWHERE), 200)


async def test_a_media_server_that_is_down_binds_no_browser(
    entrance: Entrance, livekit_double: LiveKitDouble
) -> None:
    token = await entrance.token()
    livekit_double.api = lambda _: ApiFault.DOWN
    answer = await entrance.join(token, HERE)
    assert code(answer, 503) == "MediaUnavailable"
    assert answer.headers["Retry-After"] == "1"
    livekit_double.api = lambda _: None
    content(await entrance.join(token, ELSEWHERE), 200)


async def test_a_deleted_room_is_not_found(entrance: Entrance) -> None:
    token = await entrance.token()
    await entrance.app.rooms.delete(entrance.room_id, ORIGIN)
    assert code(await entrance.look(f"JoinLink {token}"), 404) == "NotFound"
    assert code(await entrance.join(token), 404) == "NotFound"


# What it costs.


async def test_what_a_join_costs(
    client: TableClient, proxy: StorageProxy, livekit_double: LiveKitDouble
) -> None:
    costs = []
    async with entrance_to(Table(client), livekit_double) as entrance:
        token = await entrance.token()
        for answer in (
            entrance.look(f"JoinLink {token}"),
            entrance.join(token),
            entrance.join(token),
            entrance.join(token, ELSEWHERE),
        ):
            proxy.forget()
            await answer
            costs.append(len(proxy.seen))
    assert costs == [2, 3, 3, 1]
    assert [method for method, _ in livekit_double.asked] == ["CreateRoom"] * 2
