"""The short form of `make faults`: two digits move while clients change rooms, list them and follow
them, and who moves them is killed."""

import pytest

from faults.growing.load import QUICK, Load
from testkit.grown import Grown


@pytest.mark.thorough
@pytest.mark.usefixtures("one_partition")
async def test_rooms_that_move_lose_nothing_and_are_always_read_as_they_are(
    azurites: list[str],
) -> None:
    load = Load(Grown(azurites, QUICK), seed=1, writers=2, requests=80)
    assert await load.run(["0102000000"], kills=2) == []
    assert load.killed
    assert len(load.refused) == 2
