"""How old a copy of the spread may be."""

import asyncio

import pytest

from rooms.storage import known_spread
from rooms.storage.errors import AccountsMissing, StorageUnavailable
from rooms.storage.known_spread import KnownSpread
from rooms.storage.spread import Spread

SECONDS = 5.0


class Row:
    """The row, and how often it was read."""

    def __init__(self) -> None:
        self.spread = Spread(version=1, count=2)
        self.reads = 0
        self.now = 100.0
        self.read_again = asyncio.Event()
        self.answers = asyncio.Event()
        self.answers.set()

    async def read(self) -> Spread:
        self.reads += 1
        if self.reads == 2:
            self.read_again.set()
        await self.answers.wait()
        return self.spread

    def known(self, accounts: int = 2) -> KnownSpread:
        return KnownSpread(self.read, accounts, SECONDS, lambda: self.now)


async def test_one_account_reads_no_spread() -> None:
    row = Row()
    for _ in range(3):
        assert await row.known(1).current() == Spread()
    assert row.reads == 0


async def test_a_young_copy_is_not_read_again() -> None:
    row = Row()
    known = row.known()
    for _ in range(3):
        assert await known.current() == row.spread
    assert row.reads == 1


async def test_an_older_copy_is_read_again_in_the_background() -> None:
    row = Row()
    known = row.known()
    before = await known.current()
    row.spread, row.now = Spread(version=2, count=2), row.now + SECONDS / 2
    assert await known.current() == before
    await row.read_again.wait()


async def test_an_old_copy_is_not_used() -> None:
    row = Row()
    known = row.known()
    await known.current()
    row.spread, row.now = Spread(version=2, count=2), row.now + SECONDS
    assert await known.current() == row.spread


async def test_who_has_waited_in_vain_lets_others_not_wait_until_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(known_spread, "WAIT_SECONDS", 0)
    row = Row()
    known = row.known()
    await known.current()
    row.now += SECONDS
    row.answers.clear()
    for _ in range(3):
        with pytest.raises(StorageUnavailable):
            await known.current()
    row.answers.set()
    assert await known.anew() == row.spread
    monkeypatch.undo()
    row.now += SECONDS
    assert await known.current() == row.spread


async def test_those_who_need_it_at_once_share_a_read() -> None:
    row = Row()
    known = row.known()
    await asyncio.gather(*(known.current() for _ in range(8)))
    assert row.reads == 1


@pytest.mark.parametrize("phase", ["closing", "frozen"])
async def test_when_a_switch_may_come_it_is_read_each_time(phase: str) -> None:
    row = Row()
    row.spread = Spread(2, moving="4", to=1, phase=phase, count=2)  # type: ignore[arg-type]
    known = row.known()
    for _ in range(3):
        await known.settled()
    assert row.reads == 4


async def test_a_version_that_a_floor_tells_of_is_read_once() -> None:
    row = Row()
    known = row.known()
    for version in (1, 1, 0):
        await known.learn(version)
    assert row.reads == 1


@pytest.mark.parametrize(
    ("spread", "error"),
    [(Spread(version=2, count=3), AccountsMissing), (Spread(), StorageUnavailable)],
)
async def test_a_spread_that_cannot_be_right_is_not_believed(
    spread: Spread, error: type[Exception]
) -> None:
    row = Row()
    known = row.known()
    before = await known.current()
    row.spread = spread
    with pytest.raises(error):
        await known.anew()
    assert known.known == before


async def test_a_version_that_is_not_there_is_told() -> None:
    with pytest.raises(StorageUnavailable):
        await Row().known().learn(2)
