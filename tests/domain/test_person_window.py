"""For what time a report about a person tells of a room."""

import pytest

from rooms.domain.details import Details
from rooms.domain.person_window import PersonWindow, person_window
from rooms.domain.room import Room
from rooms.domain.time import DAY, HOUR, Ticks, format_time, parse_time
from rooms.domain.time_window import Deletion

OPENS = parse_time("2026-05-04T08:00:00Z")
CLOSES = OPENS + 10 * DAY
STARTS, ENDS = OPENS + DAY, OPENS + DAY + HOUR
ROOM = Room("99400000000000001", OPENS - DAY, OPENS, CLOSES, pstn_dial_out_enabled=False)
SCHEDULED: Details = {"scheduledStart": format_time(STARTS), "scheduledEnd": format_time(ENDS)}


@pytest.mark.parametrize(
    ("start", "end", "deleted", "expected"),
    [
        (OPENS, CLOSES, None, (STARTS, ENDS)),
        (STARTS, ENDS, None, (STARTS, ENDS)),
        (STARTS + 1, STARTS + 2, None, (STARTS, ENDS)),
        (STARTS - DAY, STARTS + 1, None, (STARTS, ENDS)),
        (STARTS - DAY, STARTS, None, None),
        (ENDS - 1, ENDS + DAY, None, (STARTS, ENDS)),
        (ENDS, ENDS + DAY, None, None),
        (OPENS, CLOSES, STARTS - 1, (STARTS, ENDS)),
        (OPENS, CLOSES, STARTS + 1, (STARTS, STARTS + 1)),
        (OPENS, CLOSES, ENDS + 1, (STARTS, ENDS)),
    ],
)
def test_of_a_room_with_a_schedule_that_is_the_whole_of_it_if_any_part_is_asked_about(
    start: Ticks, end: Ticks, deleted: Ticks | None, expected: tuple[Ticks, Ticks] | None
) -> None:
    deletion = None if deleted is None else Deletion(deleted, "key")
    found = person_window(ROOM, SCHEDULED, deletion, start, end)
    assert found == (None if expected is None else PersonWindow(*expected, if_empty=True))


@pytest.mark.parametrize(
    ("start", "end", "deleted", "expected"),
    [
        (OPENS, CLOSES, None, (OPENS, CLOSES, True)),
        (OPENS - 1, CLOSES + 1, None, (OPENS, CLOSES, True)),
        (OPENS + 1, CLOSES, None, (OPENS + 1, CLOSES, False)),
        (OPENS, CLOSES - 1, None, (OPENS, CLOSES - 1, False)),
        (OPENS - DAY, OPENS, None, None),
        (CLOSES, CLOSES + DAY, None, None),
        (OPENS, OPENS + DAY, OPENS + HOUR, (OPENS, OPENS + HOUR, True)),
        (OPENS + 1, OPENS + DAY, OPENS + HOUR, (OPENS + 1, OPENS + HOUR, False)),
        (OPENS + DAY, CLOSES, OPENS + HOUR, None),
        (OPENS, CLOSES, OPENS - 1, (OPENS, CLOSES, True)),
    ],
)
def test_of_a_room_without_a_schedule_it_is_the_part_of_its_validity(
    start: Ticks, end: Ticks, deleted: Ticks | None, expected: tuple[Ticks, Ticks, bool] | None
) -> None:
    deletion = None if deleted is None else Deletion(deleted, "key")
    found = person_window(ROOM, {}, deletion, start, end)
    assert found == (None if expected is None else PersonWindow(*expected))
