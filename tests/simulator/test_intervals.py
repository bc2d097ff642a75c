from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from simulator.intervals import Interval, alone, cut, peak, seconds, union

START = datetime(2026, 5, 4, 10, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    begin = draw(st.integers(0, 30))
    return at(begin), at(begin + draw(st.integers(1, 20)))


PRESENCES = st.dictionaries(
    st.sampled_from("abcd"), st.lists(intervals(), max_size=4).map(union), max_size=4
)


def there_at(presences: dict[str, tuple[Interval, ...]], minute: float) -> list[str]:
    return [
        who
        for who, stays in presences.items()
        if any(begin <= at(minute) < end for begin, end in stays)
    ]


@given(some=st.lists(intervals()))
def test_a_union_is_the_same_time_in_intervals_that_do_not_touch(some: list[Interval]) -> None:
    merged = union(some)
    for minute in range(52):
        inside = any(begin <= at(minute) < end for begin, end in some)
        assert inside is any(begin <= at(minute) < end for begin, end in merged)
    assert all(one[1] < next_[0] for one, next_ in pairwise(merged))


@given(presences=PRESENCES)
def test_the_peak_is_the_most_at_any_moment_and_the_first_of_these(
    presences: dict[str, tuple[Interval, ...]],
) -> None:
    counts = {minute: len(there_at(presences, minute)) for minute in range(52)}
    most = max(counts.values())
    first = next(minute for minute, count in counts.items() if count == most)
    assert peak(presences.values()) == (most, at(first) if most else None)


@given(presences=PRESENCES)
def test_alone_is_who_is_there_with_nobody_else(presences: dict[str, tuple[Interval, ...]]) -> None:
    expected = dict.fromkeys(presences, 0.0)
    for minute in range(52):
        if len(there := there_at(presences, minute)) == 1:
            expected[there[0]] += 60
    assert alone(presences) == expected


def test_a_cut_is_what_lies_within() -> None:
    assert cut((at(0), at(10)), (at(5), at(20))) == (at(5), at(10))
    assert cut((at(0), at(5)), (at(5), at(20))) is None
    assert cut((at(5), at(5)), (at(5), at(20))) == (at(5), at(5))


def test_seconds_are_exact() -> None:
    assert seconds([(at(0), at(1)), (at(2), at(2) + timedelta(milliseconds=1))]) == 60.001
