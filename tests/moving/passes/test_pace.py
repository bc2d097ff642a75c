"""How fast ACS is asked in the background."""

import pytest

from rooms.acs.pace import Pace, PacedResource, TimeIsUp
from rooms.domain.time import SECOND, Ticks
from testkit.acs_in_memory import AcsInMemory, answer
from testkit.storage import Clock

START: Ticks = 10_000 * SECOND


class Paced:
    """A resource at a pace, whose clock goes on only while it waits."""

    def __init__(self, per_second: int, seconds: float = 1_000) -> None:
        self.clock = Clock(START)
        self.pace = Pace(per_second, self.clock, self._sleep)
        self.pace.begin(START + round(seconds * SECOND), 0)
        self.acs = AcsInMemory(self.clock)
        self.resource = PacedResource(self.acs, self.pace)

    async def _sleep(self, seconds: float) -> None:
        self.clock.now += round(seconds * SECOND)

    async def ask(self, times: int = 1) -> list[float]:
        """Returns at which seconds the answers came."""
        came = []
        for _ in range(times):
            await self.resource.send("GET", "/rooms", {}, b"")
            came.append((self.clock.now - START) / SECOND)
        return came


async def test_requests_come_evenly_and_not_in_bursts() -> None:
    paced = Paced(4)
    assert await paced.ask(5) == [0, 0.25, 0.5, 0.75, 1]
    paced.clock.now += 10 * SECOND
    assert await paced.ask(3) == [11, 11.25, 11.5]


async def test_429_pauses_for_as_long_as_it_says_and_halves_the_rate() -> None:
    paced = Paced(4)
    paced.acs.next("/rooms", lambda: answer(429, {}, {"retry-after": "30"}))
    assert await paced.ask(3) == [30, 30.5, 31]
    assert len(paced.acs.asked) == 4


async def test_a_pass_that_came_through_brings_the_rate_back() -> None:
    paced = Paced(4)
    paced.acs.next("/rooms", lambda: answer(429, {}), times=2)
    assert await paced.ask(2) == [2, 3]
    paced.pace.came_through()
    assert await paced.ask(3) == [4, 4.25, 4.5]


async def test_what_would_come_after_the_deadline_is_not_sent() -> None:
    paced = Paced(1, seconds=3)
    assert await paced.ask(3) == [0, 1, 2]
    with pytest.raises(TimeIsUp):
        await paced.ask()
    assert len(paced.acs.asked) == 3
    assert paced.clock.now == START + 2 * SECOND, "nobody waits in vain"


async def test_a_pause_that_another_process_met_counts() -> None:
    paced = Paced(4)
    paced.pace.begin(START + 100 * SECOND, START + 20 * SECOND)
    assert await paced.ask() == [20]


async def test_however_often_acs_throttles_it_is_asked_within_two_seconds() -> None:
    paced = Paced(1)
    paced.acs.next("/rooms", lambda: answer(429, {}), times=12)
    await paced.ask()
    first, second = await paced.ask(2)
    assert second - first == 2
