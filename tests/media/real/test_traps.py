"""What livekit-server does that one would not guess, and that would give away rights."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rooms.domain.roster import ROLES, Role
from rooms.media.livekit.grants import as_permission
from testkit.call_client import Source, joined
from testkit.identifiers import raw_id
from testkit.livekit_server import AppWithCalls
from tests.effort import thorough
from tests.media.real.service import ONE_LOOP, Seat, Service, eventually, seen

ANN, BEN, CAM = (raw_id(number) for number in range(1, 4))
pytestmark = ONE_LOOP

PEOPLE = {ANN: "Presenter", BEN: "Attendee", CAM: "Consumer"}

REFUSES_TRACK = "no permission to publish track"
"""What the server's log says of a track that is not allowed."""


@pytest.fixture
def service(app_with_calls: AppWithCalls) -> Service:
    return Service(app_with_calls)


@pytest_asyncio.fixture(loop_scope="session")
async def room_id(service: Service) -> AsyncIterator[str]:
    """A room; its call is ended with the test."""
    room_id = await service.new_room(PEOPLE)
    yield room_id
    await service.delete_room(room_id)


async def test_a_token_of_before_opens_no_call_that_was_ended(
    service: Service, room_id: str
) -> None:
    token = await service.token(room_id, ANN)
    assert await service.status_of_joining(token) == 200
    assert (await service.send("DELETE", f"/rooms/{room_id}/call")).status == 204
    assert await service.status_of_joining(token) == 404


async def test_the_call_of_a_deleted_room_is_over_for_good(service: Service) -> None:
    room_id = await service.new_room(PEOPLE)
    ann = await service.join(room_id, ANN)
    await service.delete_room(room_id)
    assert await ann.client.disconnected == "ROOM_DELETED"
    assert await service.status_of_joining(ann.token) == 404


async def test_who_was_removed_cannot_stay_in_with_the_token_that_they_have(
    service: Service, room_id: str
) -> None:
    ben = await service.join(room_id, BEN)
    await service.patch_people(room_id, {BEN: None})
    assert await ben.client.disconnected == "PARTICIPANT_REMOVED"
    again = await joined(service.server.url, service.renewed(ben.token))
    assert await again.disconnected == "PARTICIPANT_REMOVED"
    assert await service.people(room_id) == {}

    async def removed_twice() -> bool:
        return len(await service.log(room_id, "RemovedFromCall")) == 2

    await eventually(removed_twice)


async def test_a_room_that_nobody_joined_has_had_no_call(service: Service, room_id: str) -> None:
    await service.token(room_id, ANN)
    assert (await service.send("DELETE", f"/rooms/{room_id}/call")).status == 204

    async def ended() -> object:
        return await service.log(room_id, "CallEnded")

    await eventually(ended)
    assert (await service.json(f"/rooms/{room_id}/calls"))["value"] == []


@pytest.mark.parametrize(
    ("who", "source"),
    [
        pytest.param(CAM, "camera", marks=pytest.mark.thorough),
        (CAM, "microphone"),
        (BEN, "screen_share"),
    ],
    ids=["Consumer, camera", "Consumer, microphone", "Attendee, screen"],
)
async def test_what_a_role_may_not_publish_is_refused_and_seen_by_nobody(
    service: Service, room_id: str, who: str, source: Source
) -> None:
    ann, other = await asyncio.gather(service.join(room_id, ANN), service.join(room_id, who))
    await seen(lambda: other.identity in ann.client.room.remote_participants)
    sid = (await service.people(room_id))[other.identity]["sid"]
    attempt = asyncio.create_task(other.client.publish(source))
    await seen(lambda: refused(service, sid))
    assert (await service.people(room_id))[other.identity]["tracks"] == []
    await other.client.leave()
    await seen(lambda: other.identity in ann.client.gone)
    assert ann.client.published == []
    attempt.cancel()
    await leave(ann)


def refused(service: Service, sid: str) -> bool:
    """Whether the server has refused a track of this participant."""
    lines = service.running.livekit.log.read_text().splitlines()
    return any(REFUSES_TRACK in line and sid in line for line in lines)


async def test_with_their_token_nobody_calls_the_api_of_the_server(
    service: Service, room_id: str
) -> None:
    ann, ben = await asyncio.gather(service.join(room_id, ANN), service.join(room_id, BEN))
    of_ben = {"room": room_id, "identity": ben.identity}
    promoted = of_ben | {"permission": as_permission("Presenter")}
    statuses = [
        await service.status_with(ann.token, method, body)
        for method, body in (
            ("RemoveParticipant", of_ben),
            ("UpdateParticipant", promoted),
            ("ListParticipants", {"room": room_id}),
            ("CreateRoom", {"name": "another"}),
            ("DeleteRoom", {"room": room_id}),
            ("ListRooms", {}),
        )
    ]
    assert statuses == [401] * len(statuses)
    await leave(ann, ben)


async def test_nobody_changes_what_the_others_take_for_their_role(
    service: Service, room_id: str
) -> None:
    cam = await service.join(room_id, CAM)
    await cam.client.me.set_attributes({"role": "Presenter"})
    assert (await service.people(room_id))[cam.identity]["attributes"] == {"role": "Consumer"}
    await leave(cam)


@pytest.mark.parametrize("role", ["Presenter", "Consumer", *thorough("Collaborator", "Attendee")])
async def test_a_change_of_role_in_the_call_gives_what_a_token_of_that_role_does(
    service: Service, room_id: str, role: Role
) -> None:
    of_token = await permission(service, await service.new_room({BEN: role}))
    other = next(each for each in ROLES if each != role)
    changed_room = await service.new_room({BEN: other})
    assert await permission(service, changed_room, role) == of_token


async def test_what_a_new_role_may_not_publish_is_taken_away(
    service: Service, room_id: str
) -> None:
    ann, ben = await asyncio.gather(
        service.join(room_id, ANN, watches=True), service.join(room_id, BEN)
    )
    await service.patch_people(room_id, {BEN: "Presenter"})
    await asyncio.gather(ben.client.publish("microphone"), ben.client.publish("screen_share"))
    await seen(lambda: ann.client.sees(ben.identity, "screen_share"))
    await service.patch_people(room_id, {BEN: "Attendee"})

    async def shares_no_more() -> bool:
        tracks = (await service.people(room_id))[ben.identity]["tracks"]
        return [track["source"] for track in tracks] == ["MICROPHONE"]

    await eventually(shares_no_more)
    await leave(ann, ben)


async def permission(service: Service, room_id: str, change: Role | None = None) -> object:
    """What the server lets Ben do in a room, also after a change of role."""
    ben = await service.join(room_id, BEN)
    if change is not None:
        await service.patch_people(room_id, {BEN: change})
    found = (await service.people(room_id))[ben.identity]
    await leave(ben)
    return found["permission"]


async def leave(*seats: Seat) -> None:
    await asyncio.gather(*(seat.client.leave() for seat in seats))
