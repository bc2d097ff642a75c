"""How fast ACS is asked."""

import threading

import pytest

from rooms_cli.moving.pace import Pace, Stopped
from testkit.waiting import HANG_SECONDS


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


def sent(pace: Pace, clock: Clock, seconds: float) -> int:
    """Returns how many requests get through in a time, if one is tried each millisecond."""
    count, end = 0, clock.time + seconds
    while clock.time < end:
        count += pace._seconds_left() == 0
        clock.time += 0.001
    return count


def test_so_many_a_second_get_through(clock: Clock) -> None:
    assert 99 <= sent(Pace(10, clock), clock, 10) <= 101


def test_nobody_gets_through_before_the_end_of_a_pause_and_then_half_of_them(clock: Clock) -> None:
    pace = Pace(10, clock)
    assert pace.throttled(5)
    assert sent(pace, clock, 4.9) == 0
    clock.time += 0.1
    assert 24 <= sent(pace, clock, 5) <= 26


def test_requests_that_are_refused_together_halve_the_rate_once(clock: Clock) -> None:
    pace = Pace(10, clock)
    assert [pace.throttled(5) for _ in range(4)] == [True, False, False, False]
    assert pace.rate == 5


def test_answers_bring_the_rate_back_up_to_what_was_wanted(clock: Clock) -> None:
    pace = Pace(10, clock)
    pace.throttled(1)
    pace.answered()
    assert 5 < pace.rate < 6
    for _ in range(1000):
        pace.answered()
    assert pace.rate == 10


def test_who_waits_is_let_go_when_the_command_ends() -> None:
    pace, ended = Pace(10), threading.Event()
    pace.throttled(10 * HANG_SECONDS)

    def wait() -> None:
        with pytest.raises(Stopped):
            pace.wait()
        ended.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    pace.stop()
    assert ended.wait(HANG_SECONDS)
    waiting.join()
