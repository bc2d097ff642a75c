import asyncio
import gc

import pytest

from rooms.storage.parallel import AT_ONCE, both, in_parallel
from rooms.storage.single_flight import SingleFlight


class Reads:
    """A read that answers, with its number, when the test lets it; and all that was begun."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, asyncio.Future[int]]] = []

    async def __call__(self, key: str) -> int:
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.begun.append((key, answer))
        return await answer

    def answer(self, number: int) -> None:
        self.begun[number][1].set_result(number)

    def fail(self, number: int, error: Exception) -> None:
        self.begun[number][1].set_exception(error)


@pytest.fixture
def reads() -> Reads:
    return Reads()


@pytest.fixture
def shared(reads: Reads) -> SingleFlight[int]:
    return SingleFlight(reads)


async def settle() -> None:
    """Lets everything go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def asked(
    shared: SingleFlight[int], times: int = 1, key: str = "room"
) -> list[asyncio.Task[int]]:
    """Those who have asked and wait."""
    waiting = [asyncio.create_task(shared.get(key)) for _ in range(times)]
    await settle()
    return waiting


async def test_who_asks_while_a_read_is_under_way_gets_a_later_one(
    shared: SingleFlight[int], reads: Reads
) -> None:
    (first,) = await asked(shared)
    (second,) = await asked(shared)
    reads.answer(0)
    await settle()
    reads.answer(1)
    assert (await first, await second) == (0, 1)


async def test_all_who_ask_while_a_read_is_under_way_share_the_next_one(
    shared: SingleFlight[int], reads: Reads
) -> None:
    first = await asked(shared)
    others = await asked(shared, 350)
    reads.answer(0)
    await settle()
    reads.answer(1)
    assert await asyncio.gather(*first, *others) == [0] + [1] * 350
    assert len(reads.begun) == 2


async def test_all_who_ask_at_the_same_moment_share_one_read(
    shared: SingleFlight[int], reads: Reads
) -> None:
    all_of_them = await asked(shared, 350)
    reads.answer(0)
    assert await asyncio.gather(*all_of_them) == [0] * 350


async def test_one_read_of_a_key_is_under_way_at_a_time(
    shared: SingleFlight[int], reads: Reads
) -> None:
    for _ in range(3):
        await asked(shared)
    assert len(reads.begun) == 1


async def test_different_keys_do_not_wait_for_each_other(
    shared: SingleFlight[int], reads: Reads
) -> None:
    (one,), (other,) = await asked(shared, key="one"), await asked(shared, key="other")
    reads.answer(1)
    assert await other == 1
    reads.answer(0)
    assert await one == 0
    assert [key for key, _ in reads.begun] == ["one", "other"]


async def test_what_was_read_is_not_kept(shared: SingleFlight[int], reads: Reads) -> None:
    for number in range(3):
        (waiting,) = await asked(shared)
        reads.answer(number)
        assert await waiting == number


async def test_an_error_reaches_all_who_wait(shared: SingleFlight[int], reads: Reads) -> None:
    waiting = await asked(shared, 3)
    error = ValueError("no answer")
    reads.fail(0, error)
    assert await asyncio.gather(*waiting, return_exceptions=True) == [error] * 3


async def test_after_an_error_there_is_a_new_read(shared: SingleFlight[int], reads: Reads) -> None:
    failing = await asked(shared)
    others = await asked(shared, 2)
    reads.fail(0, ValueError("no answer"))
    await asyncio.gather(*failing, return_exceptions=True)
    await settle()
    reads.answer(1)
    assert await asyncio.gather(*others) == [1, 1]


@pytest.mark.parametrize("who", [0, 1])
async def test_one_who_gives_up_does_not_end_the_read_for_the_others(
    shared: SingleFlight[int], reads: Reads, who: int
) -> None:
    waiting = await asked(shared, 2)
    waiting.pop(who).cancel()
    await settle()
    reads.answer(0)
    assert await waiting[0] == 0


async def test_one_who_gives_up_before_the_read_has_begun_does_not_end_it_for_the_others(
    shared: SingleFlight[int], reads: Reads
) -> None:
    (before,) = await asked(shared)
    first, second = await asked(shared, 2)
    first.cancel()
    reads.answer(0)
    await settle()
    reads.answer(1)
    assert (await before, await second) == (0, 1)


async def test_a_read_that_fails_when_all_have_given_up_is_no_error_of_the_app(
    shared: SingleFlight[int], reads: Reads
) -> None:
    unhandled: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    (waiting,) = await asked(shared)
    waiting.cancel()
    await settle()
    reads.fail(0, ValueError("no answer"))
    await settle()
    assert unhandled == []


async def test_what_nobody_waits_for_is_forgotten(shared: SingleFlight[int], reads: Reads) -> None:
    (waiting,) = await asked(shared)
    reads.answer(0)
    await waiting
    await settle()
    assert not shared._next
    assert not shared._one_at_a_time


# Several at once.


async def test_results_are_in_the_order_of_the_work() -> None:
    first_may_end = asyncio.Event()

    async def first() -> int:
        await first_may_end.wait()
        return 1

    async def second() -> int:
        first_may_end.set()
        return 2

    assert await in_parallel([first(), second()]) == [1, 2]


async def test_only_so_many_are_under_way_at_once() -> None:
    under_way, most = 0, 0

    async def work() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await settle()
        under_way -= 1

    await in_parallel(work() for _ in range(3 * AT_ONCE))
    assert most == AT_ONCE


async def test_when_one_fails_the_others_are_ended_and_its_error_is_raised() -> None:
    ended: list[str] = []

    async def waits() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def fails() -> None:
        await settle()
        raise ValueError("no answer")

    with pytest.raises(ValueError, match="no answer"):
        await in_parallel([waits(), fails()])
    await settle()
    assert ended == ["cancelled"]


async def test_the_error_of_one_of_several_keeps_its_cause() -> None:
    cause = OSError("no route")

    async def fails() -> None:
        raise ValueError("no answer") from cause

    with pytest.raises(ValueError, match="no answer") as caught:
        await in_parallel([fails()])
    assert caught.value.__cause__ is cause


async def test_two_reads_run_at_the_same_time_and_have_results_of_their_own() -> None:
    second_may_end = asyncio.Event()

    async def first() -> int:
        second_may_end.set()
        return 1

    async def second() -> str:
        await second_may_end.wait()
        return "two"

    assert await both(first(), second()) == (1, "two")
    second_may_end.clear()
    assert await both(second(), first()) == ("two", 1)


async def test_when_one_of_two_reads_fails_the_other_is_ended() -> None:
    never = asyncio.Event()

    async def fails() -> None:
        raise ValueError("no answer")

    before = asyncio.all_tasks()
    with pytest.raises(ValueError, match="no answer"):
        await both(never.wait(), fails())
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("turns", [0, 1, 2])
async def test_what_has_not_begun_when_it_is_given_up_is_not_missed(turns: int) -> None:
    """Python warns of coroutines that nobody awaits, and a warning fails a test."""

    async def waits() -> None:
        await asyncio.Event().wait()

    (task,) = [asyncio.create_task(in_parallel(waits() for _ in range(3 * AT_ONCE)))]
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gc.collect()
