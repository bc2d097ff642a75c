import pytest

from rooms.auth.errors import TooManyRequests
from rooms.auth.quota import Requests
from rooms.settings.quota import Quota


class Seconds:
    """A clock that stands still. It is read in nanoseconds."""

    def __init__(self) -> None:
        self._now = 10**15

    def __call__(self) -> int:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += round(seconds * 1e9)


def refused(requests: Requests, name: str = "server") -> int:
    """The seconds after which a request may come that is refused now."""
    with pytest.raises(TooManyRequests) as refusal:
        requests.take(name)
    assert refusal.value.reason == f"{name} has sent more requests than ROOMS_KEY_RATE allows"
    return refusal.value.retry_after


def test_a_burst_passes_and_then_so_many_a_second() -> None:
    clock = Seconds()
    requests = Requests(Quota(rate=10, burst=25), clock)
    for _ in range(25):
        requests.take("server")
    assert refused(requests) == 1
    for _ in range(30):
        clock.advance(0.1)
        requests.take("server")
        assert refused(requests) == 1


def test_who_waits_as_long_as_is_said_is_let_in() -> None:
    for rate, burst in ((1, 1), (1, 7), (3, 2), (100, 200), (10_000, 1)):
        clock = Seconds()
        requests = Requests(Quota(rate, burst), clock)
        for _ in range(3):
            for _ in range(burst):
                requests.take("server")
            clock.advance(refused(requests))
            requests.take("server")
            clock.advance(burst / rate + 1)


def test_what_is_refused_is_not_counted() -> None:
    clock = Seconds()
    requests = Requests(Quota(rate=1, burst=1), clock)
    requests.take("server")
    assert [refused(requests) for _ in range(100)] == [1] * 100
    clock.advance(1)
    requests.take("server")


def test_one_caller_does_not_slow_another() -> None:
    requests = Requests(Quota(rate=1, burst=2), Seconds())
    requests.take("one")
    requests.take("one")
    assert refused(requests, "one") == 1
    requests.take("other")


def test_a_burst_is_not_saved_up() -> None:
    clock = Seconds()
    requests = Requests(Quota(rate=10, burst=2), clock)
    clock.advance(3600)
    requests.take("server")
    requests.take("server")
    assert refused(requests) == 1


def test_callers_who_may_ask_all_again_are_forgotten() -> None:
    clock = Seconds()
    requests = Requests(Quota(rate=10, burst=10), clock)
    for number in range(10_000):
        clock.advance(1)
        requests.take(f"caller {number}")
    assert len(requests._free) <= 1_001


def test_the_name_of_a_caller_is_escaped() -> None:
    assert TooManyRequests("a\nb", 1).reason.startswith(r"a\nb has sent")
