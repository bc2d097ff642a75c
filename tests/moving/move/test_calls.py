"""Rooms that have calls while they move, and what can be done in the calls of rooms at ACS."""

import json
from dataclasses import replace

import pytest

from rooms.domain.room import RoomChange
from rooms.domain.time import HOUR
from testkit.events import Element, live_meeting
from testkit.functions import HOST, answer_of, ask
from testkit.livekit_double import ApiFault, LiveKitDouble
from testkit.livekit_state import Participant
from testkit.storage import ORIGIN
from tests.moving.move.both import Both, code, content


async def hear(both: Both, *events: Element) -> None:
    """Takes in events of ACS."""
    for event in events:
        await both.app.intake.accept(json.dumps(event))


async def join(both: Both, server: LiveKitDouble, who: str) -> Participant:
    """Lets somebody in who is admitted here. The service hears of it."""
    token = content(await both.admit(who))["media"]["token"]
    joined = server.join(token)
    while server.webhooks.made:
        await both.app.livekit_intake.accept(server.webhooks.made.pop(0).body.decode())
    return joined


async def ends(both: Both) -> list[tuple[str, str]]:
    """By whom calls were ended for all, and why."""
    records = [each for each in await both.log() if each.kind == "CallEndedForAll"]
    return [(each.actor, each.detail["reason"]) for each in records]


# Rooms that have a call.


async def test_a_room_moves_here_when_its_call_is_over(both: Both) -> None:
    call = live_meeting(both.id)
    await hear(both, call.started(), call.added(1, both.people[0]))
    for dry_run in (True, False):
        assert code(await both.move("own", dryRun=dry_run), 409) == "CallGoesOn"
    await hear(both, call.ended(50))
    assert content(await both.move("own"))["outcome"] == "moved"


async def test_a_room_with_a_call_moves_by_force(both: Both) -> None:
    call = live_meeting(both.id)
    await hear(both, call.started(), call.added(1, both.people[0]))
    assert content(await both.move("own", force=True))["outcome"] == "moved"


async def test_a_room_does_not_move_back_under_those_who_are_in_its_call(
    both: Both, livekit_double: LiveKitDouble
) -> None:
    await both.move("own")
    await join(both, livekit_double, both.people[0])
    assert code(await both.move("acs"), 409) == "CallGoesOn"
    assert both.id in livekit_double.rooms


async def test_a_move_back_by_force_ends_the_call_here(
    both: Both, livekit_double: LiveKitDouble
) -> None:
    await both.move("own")
    await join(both, livekit_double, both.people[0])
    content(await both.move("acs", force=True))
    assert both.id not in livekit_double.rooms
    assert await ends(both) == [("media", "CallsAtAcs")]


async def test_who_joins_a_call_here_that_the_move_back_could_not_end_is_out_again(
    both: Both, livekit_double: LiveKitDouble
) -> None:
    await both.move("own")
    token = content(await both.admit(both.people[0]))["media"]["token"]
    livekit_double.api = lambda _: ApiFault.DOWN
    await both.move("acs")
    livekit_double.api = lambda _: None
    livekit_double.join(token)
    (connection,) = await both.app.media.connections(both.id)
    await both.app.reconciler.guard(both.id, connection)
    assert both.id not in livekit_double.rooms


async def test_the_timer_ends_the_call_here_of_a_room_at_acs(
    both: Both, livekit_double: LiveKitDouble
) -> None:
    await both.move("own")
    content(await both.admit(both.people[0]))
    livekit_double.api = lambda _: ApiFault.DOWN
    await both.move("acs")
    livekit_double.api = lambda _: None
    assert both.id in livekit_double.rooms
    await both.app.sweep.run()
    assert both.id not in livekit_double.rooms


async def test_calls_before_and_after_the_move_are_in_one_attendance(
    both: Both, livekit_double: LiveKitDouble
) -> None:
    ann, bob = both.people
    call = live_meeting(both.id, 0)
    await hear(both, call.started(), call.added(0.1, ann), call.removed(5, ann), call.ended(5))
    await both.move("own")
    await join(both, livekit_double, bob)
    attendance = content(await both.send("GET", "/attendance"))
    came = {each["rawId"]: each["status"] for each in attendance["value"]}
    assert came == {ann: "attended", bob: "attended"}
    assert len(content(await both.send("GET", "/calls"))["value"]) == 2


# A room at ACS has no call here.


async def test_changes_of_a_room_at_acs_ask_nothing_of_the_media_server(
    both: Both, livekit_double: LiveKitDouble
) -> None:
    validity = RoomChange(both.room.valid_from, both.room.valid_until + HOUR)
    await both.app.rooms.update(both.id, validity, ORIGIN)
    await both.app.rooms.patch_roster(both.id, {both.people[0]: None}, ORIGIN)
    await both.app.rooms.delete(both.id, ORIGIN)
    assert not both.is_at_acs()
    assert livekit_double.asked == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/call/participants/8:acs:x/mute", None),
        ("DELETE", "/call/participants/8:acs:x", None),
        ("DELETE", "/call", None),
        ("POST", "/joinLinks", {"rawId": "8:acs:x"}),
    ],
)
async def test_what_only_a_media_server_can_do_says_that_acs_carries_the_call(
    both: Both, livekit_double: LiveKitDouble, method: str, path: str, body: object
) -> None:
    answer = await both.send(method, path, body)
    assert code(answer, 409) == "CallsAtAcs"
    assert "Move the room" in answer.json()["error"]["message"]
    assert livekit_double.asked == []
    assert await both.kinds() == []


async def test_a_link_that_was_made_here_says_that_acs_carries_the_call(both: Both) -> None:
    await both.move("own")
    made = await both.send("POST", "/joinLinks", {"rawId": both.people[0]})
    await both.move("acs")
    link = {"authorization": f"JoinLink {made.json()['url'].partition('#')[2]}", "host": HOST}
    url = f"https://{HOST}/rooms/{both.id}/join"
    assert code(await answer_of(both.app, "GET", url, link, b""), 409) == "CallsAtAcs"
    body = json.dumps({"device": "tab", "browser": "a" * 22}).encode()
    link |= {"content-type": "application/json", "content-length": str(len(body))}
    assert code(await answer_of(both.app, "POST", url, link, body), 409) == "CallsAtAcs"


# Where the calls of rooms run.


@pytest.mark.parametrize(
    "both", [{"ROOMS_ACS_MODE": "through", "ROOMS_ACS_NEW": "own"}], indirect=True
)
async def test_rooms_are_listed_by_where_their_calls_run(both: Both) -> None:
    made = await both.app.rooms.create(RoomChange(), {}, None, ORIGIN)
    other = replace(both, room=made.room)

    async def listed(carrier: str) -> set[str]:
        answer = await ask(both.app, both.key, "GET", f"/rooms?carrier={carrier}")
        found: set[str] = {each["id"] for each in content(answer)["value"]}
        return found

    assert {both.id, other.id} & await listed("acs") == {both.id}
    assert {both.id, other.id} & await listed("own") == {other.id}
    await both.move("own")
    assert both.id not in await listed("acs")
    assert both.id in await listed("own")
    assert content(await both.send("GET", "/overview"))["carrier"] == "own"
