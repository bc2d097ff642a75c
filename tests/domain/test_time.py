import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.time import (
    MAX_TIME,
    SECOND,
    WIRE_TIME,
    format_time,
    now,
    parse_http_date,
    parse_time,
)

ticks = st.integers(0, MAX_TIME)


@given(ticks)
def test_what_is_written_is_read_back(at: int) -> None:
    assert parse_time(format_time(at)) == at


@given(ticks | st.integers(0, MAX_TIME // SECOND).map(SECOND.__mul__))
def test_what_is_written_is_as_the_pattern_says(at: int) -> None:
    assert re.fullmatch(WIRE_TIME, format_time(at))


@given(ticks, ticks)
def test_text_of_different_times_is_different(one: int, other: int) -> None:
    assert (format_time(one) == format_time(other)) == (one == other)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2025-03-18T21:57:33Z", "2025-03-18T21:57:33+00:00"),
        ("2025-03-18T21:57:33.000Z", "2025-03-18T21:57:33+00:00"),
        ("2025-02-19T01:29:41.870300Z", "2025-02-19T01:29:41.8703+00:00"),
        ("2025-03-18T21:57:52.111128+00:00", "2025-03-18T21:57:52.111128+00:00"),
        ("2025-03-18T21:57:53.1625797+00:00", "2025-03-18T21:57:53.1625797+00:00"),
        ("2025-03-18T21:57:53.999999999Z", "2025-03-18T21:57:53.9999999+00:00"),
        ("2025-03-18T23:57:53.5+02:00", "2025-03-18T21:57:53.5+00:00"),
        ("2025-03-18T16:27:53-05:30", "2025-03-18T21:57:53+00:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"),
        ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999+00:00"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00+00:00"),
    ],
)
def test_times_of_the_wire(text: str, written: str) -> None:
    assert format_time(parse_time(text)) == written


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31)),
    st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_an_offset_is_converted(moment: datetime, zone: timezone) -> None:
    local = moment.replace(tzinfo=zone)
    assert parse_time(local.isoformat()) == parse_time(local.astimezone(UTC).isoformat())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2025-03-18",
        "2025-03-18T21:57:33",
        "2025-03-18 21:57:33Z",
        "2025-03-18T21:57Z",
        "2025-03-18T21:57:33.Z",
        "2025-03-18T21:57:33.1234567890Z",
        "2025-02-29T21:57:33Z",
        "2025-13-01T21:57:33Z",
        "2025-03-18T25:57:33Z",
        "2025-03-18T21:57:60Z",
        "2025-03-18T21:57:33+24:00",
        "2025-03-18T21:57:33+02:60",
        "2025-03-18T21:57:33Z\n",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "٢٠٢٥-03-18T21:57:33Z",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        parse_time(text)


@given(st.text())
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        assert 0 <= parse_time(text) <= MAX_TIME
    except ValueError:
        pass


def test_the_clock_is_that_of_the_machine() -> None:
    before, at, after = datetime.now(UTC), now(), datetime.now(UTC)
    assert parse_time(before.isoformat()) - SECOND <= at <= parse_time(after.isoformat()) + SECOND


def test_a_date_of_a_header_is_read() -> None:
    assert parse_http_date("Mon, 04 May 2026 10:00:00 GMT") == datetime(2026, 5, 4, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-05-04T10:00:00Z",
        "Mon, 04 May 2026 10:00:00 +0000",
        "Mon, 31 Feb 2026 10:00:00 GMT",
    ],
)
def test_another_date_of_a_header_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        parse_http_date(text)
