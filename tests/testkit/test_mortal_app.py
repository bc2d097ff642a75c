"""What tests of kills rely on: that a process dies where they say, and leaves what it had done."""

import pytest

from testkit.acs_instance import AcsInstance
from testkit.mortal_app import Killed
from testkit.storage import know_floors
from testkit.two_sides import TwoSides

ROOM: dict[str, object] = {}


@pytest.fixture
def sides(acs: AcsInstance) -> TwoSides:
    return TwoSides(acs, settings={})


@pytest.mark.parametrize(("behind", "made"), [(False, 0), (True, 1)])
async def test_a_process_dies_before_or_behind_a_request(
    sides: TwoSides, behind: bool, made: int
) -> None:
    async with sides.process() as process:
        await know_floors(process.app.table)
        process.life.forget()
        process.life.dies_at(0, behind=behind)
        with pytest.raises(Killed):
            await process.ask("POST", "/rooms", ROOM)
        with pytest.raises(Killed):
            await process.ask("GET", "/rooms")
        assert process.life.seen[0] == "POST storage"
    assert len((await sides.look()).ours) == made


async def test_a_process_that_comes_after_it_finds_what_it_left(sides: TwoSides) -> None:
    async with sides.process() as process:
        room_id = (await process.ask("POST", "/rooms", ROOM)).json()["id"]
    async with sides.process() as process:
        assert (await process.ask("GET", f"/rooms/{room_id}")).status == 200


async def test_requests_at_the_same_time_wait_once(sides: TwoSides) -> None:
    async with sides.process() as process:
        assert (await process.ask("GET", "/rooms")).status == 200
        assert len(process.life.seen) == 10
        assert process.life.one_after_another("storage") == 1
