"""Answers that are lost where neither the client nor ACS can make up for it: what becomes of the
room on both sides."""

from dataclasses import replace
from random import Random

import pytest

from faults.client import Request
from faults.moving.operations import create, made_with, update
from rooms.domain.limits import LIMITS
from testkit.acs_faults import AcsFault
from testkit.acs_instance import AcsInstance
from testkit.identifiers import raw_id
from testkit.raw_http import Answer
from testkit.two_sides import Sight, TwoSides

ANN = raw_id(1)


@pytest.fixture
def impatient(own_acs: AcsInstance) -> TwoSides:
    """Both sides, of which ours does not wait long for ACS."""
    return TwoSides(own_acs, limits=replace(LIMITS, acs_seconds=0.2))


async def sent(sides: TwoSides, request: Request) -> Answer:
    async with sides.process() as process:
        return await process.ask(request.method, request.path, request.body, request.headers)


async def lost(sides: TwoSides, *people: str) -> Request:
    """A create that ACS carries out and whose answer is lost."""
    request = create(*people).request("", Random(1))
    sides.acs.next(AcsFault.CUT_AFTER, "POST")
    assert (await sent(sides, request)).status == 503
    return request


def actors(sight: Sight) -> list[tuple[str | None, str]]:
    """Who made the rooms here, and with whom."""
    return sorted((made_with(room), room.log[-1]["actor"]) for room in sight.ours.values())


async def settled(sides: TwoSides) -> Sight:
    await sides.settle()
    sight = await sides.look()
    assert list(sight.problems()) == []
    return sight


async def test_a_lost_create_without_participants_is_of_acs_as_nothing_tells_whose_it_is(
    sides: TwoSides,
) -> None:
    await lost(sides)
    assert actors(await settled(sides)) == [(None, "acs")]


async def test_a_create_that_acs_makes_twice_leaves_a_room_of_acs(sides: TwoSides) -> None:
    request = await lost(sides, ANN)
    sides.acs.repeated.recognized = False
    assert (await sent(sides, request)).status == 201
    assert actors(await settled(sides)) == [(ANN, "acs"), (ANN, "app")]


async def test_a_create_that_is_sent_again_too_late_for_acs_is_found_there(
    sides: TwoSides,
) -> None:
    request = await lost(sides, ANN)
    sides.acs.repeated.seconds = -1
    assert (await sent(sides, request)).status == 412
    assert actors(await settled(sides)) == [(ANN, "app")]


async def test_a_change_that_reaches_acs_after_a_later_one_is_found_there(
    impatient: TwoSides,
) -> None:
    sides, random = impatient, Random(1)
    room_id = (await sent(sides, create(ANN).request("", random))).json()["id"]
    sides.acs.next(AcsFault.HELD, "PATCH")
    assert (await sent(sides, update(days=3).request(room_id, random))).status == 503
    assert (await sent(sides, update(days=5).request(room_id, random))).status == 200
    sides.acs.release()
    sight = await settled(sides)
    assert [(one["kind"], one["actor"]) for one in sight.ours[room_id].log] == [
        ("RoomUpdated", "app"),
        ("RoomUpdated", "app"),
        ("RoomCreated", "app"),
    ]
