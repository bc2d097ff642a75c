"""Many who are let into one room at once ask the media server once."""

import asyncio

from rooms.domain.time import now
from rooms.media.errors import MediaUnavailable
from rooms.media.livekit.carrier import LiveKit
from rooms.settings.media import read_media
from testkit.livekit_double import ApiFault, LiveKitDouble

ROOM, ANOTHER = "99400000000000007", "99400000000000008"


async def provisioned(
    server: LiveKitDouble, *rooms: str, by: str = "test"
) -> list[BaseException | None]:
    """Provisions these at once, as that deployment. Returns what was raised for each."""
    settings = read_media(server.settings)
    assert settings
    carrier = LiveKit(settings, by, now)
    outcomes = await asyncio.gather(*map(carrier.provision, rooms), return_exceptions=True)
    await carrier.close()
    return outcomes


async def test_hundreds_who_come_at_once_are_one_request_for_each_room(
    livekit_double: LiveKitDouble,
) -> None:
    assert not any(await provisioned(livekit_double, *[ROOM, ANOTHER] * 175))
    asked = [body["name"] for method, body in livekit_double.asked if method == "CreateRoom"]
    assert sorted(asked) == [ROOM, ANOTHER]


async def test_a_server_that_fails_fails_for_all_of_them(livekit_double: LiveKitDouble) -> None:
    livekit_double.api = lambda _: ApiFault.FAILS
    outcomes = await provisioned(livekit_double, *[ROOM] * 10)
    assert [type(each) for each in outcomes] == [MediaUnavailable] * 10


async def test_the_call_of_another_deployment_lets_nobody_of_ours_in(
    livekit_double: LiveKitDouble,
) -> None:
    await provisioned(livekit_double, ROOM, by="another")
    (outcome,) = await provisioned(livekit_double, ROOM)
    assert isinstance(outcome, MediaUnavailable)
    assert livekit_double.rooms[ROOM].metadata == "anteroom:another"


async def test_a_call_that_the_server_opened_by_itself_becomes_ours(
    livekit_double: LiveKitDouble,
) -> None:
    await provisioned(livekit_double, ROOM)
    livekit_double.rooms[ROOM].metadata = ""
    assert await provisioned(livekit_double, ROOM) == [None]
    assert livekit_double.rooms[ROOM].metadata == "anteroom:test"
