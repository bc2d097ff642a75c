"""Rooms at ACS, and new rooms, in the modes in which this service does not change them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from testkit.acs_instance import AcsInstance
from tests.moving.through.sides import CAROL, DIAL_OUT, PEOPLE, Sides, code_of, sides_of

OPEN = {"roomJoinPolicy": "CommunicationServiceUsers"}
CHANGES = [
    ("PATCH", "", DIAL_OUT),
    ("PATCH", "/participants", {"participants": {CAROL: {}}}),
    ("PATCH", "/invitees", {"participants": {CAROL: {"name": "Carol"}}}),
    ("PUT", "/joinPolicy", OPEN),
    ("DELETE", "", None),
]


@pytest.fixture
def mode() -> str:
    """The mode of `still`."""
    return "own"


@pytest_asyncio.fixture
async def still(
    direct: TableClient, acs: AcsInstance, sides: Sides, mode: str
) -> AsyncIterator[Sides]:
    """A service in that mode with the rooms of one in mode through."""
    async with sides_of(direct, acs, {"ROOMS_ACS_MODE": mode}) as still:
        yield still


@pytest.mark.parametrize(("mode", "code"), [("own", "CallsAtAcs"), ("observe", "ReadOnlyHere")])
async def test_a_room_at_acs_cannot_be_changed(sides: Sides, still: Sides, code: str) -> None:
    room_id = await sides.make()
    for method, path, body in CHANGES:
        answer = await still.send(method, f"/rooms/{room_id}{path}", body)
        assert code_of(answer) == (409, code)
    assert still.acs.received == []
    assert await sides.told(room_id) == [("RoomCreated", "app")]


@pytest.mark.parametrize("mode", ["own", "observe"])
async def test_its_details_can(sides: Sides, still: Sides) -> None:
    room_id = await sides.make()
    answer = await still.send("PATCH", f"/rooms/{room_id}/details", {"title": "Tea"})
    assert (answer.status, still.acs.received) == (200, [])


@pytest.mark.parametrize("mode", ["observe"])
async def test_no_room_is_made_where_rooms_are_observed(still: Sides) -> None:
    assert code_of(await still.send("POST", "/rooms", PEOPLE)) == (409, "ReadOnlyHere")
    assert still.acs.received == []


async def test_rooms_are_made_here_in_mode_own(still: Sides) -> None:
    room_id = await still.make()
    assert (await still.here(room_id))[0].carrier == "own"
    assert still.acs.received == []
