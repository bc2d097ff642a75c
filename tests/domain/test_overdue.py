import pytest

from rooms.domain.call import Call
from rooms.domain.details import Details
from rooms.domain.events import CallEvent
from rooms.domain.fold import fold_call
from rooms.domain.overdue import ended_if_overdue, is_overdue, planned_end
from rooms.domain.room import Room
from rooms.domain.time import HOUR, format_time
from tests.domain.histories import BASE, added, ended, moment, started

ROOM = Room("99400000000000001", BASE, BASE, moment(20 * 3600), False)
SCHEDULED: Details = {
    "scheduledStart": format_time(BASE),
    "scheduledEnd": format_time(moment(1800)),
}


def call(*events: CallEvent) -> Call:
    folded = fold_call([started(0), added(1), *events], moment(3600))
    assert folded is not None
    return folded


@pytest.mark.parametrize(
    ("details", "deleted_at", "seconds"),
    [
        ({}, None, 20 * 3600),
        (SCHEDULED, None, 1800),
        (SCHEDULED, 600, 600),
        (SCHEDULED, 4000, 1800),
        ({}, 4000, 4000),
        ({**SCHEDULED, "scheduledEnd": format_time(moment(30 * 3600))}, None, 20 * 3600),
    ],
)
def test_calls_should_be_over_at_the_first_end_that_is_planned(
    details: Details, deleted_at: float | None, seconds: float
) -> None:
    at = None if deleted_at is None else moment(deleted_at)
    assert planned_end(ROOM, details, at) == moment(seconds)


@pytest.mark.parametrize(("silent_since", "end"), [(1800, 100), (100, 1800), (1800, 1800)])
def test_a_call_is_overdue_1_h_after_its_last_event_and_the_planned_end(
    silent_since: float, end: float
) -> None:
    live = call(added(silent_since))
    border = moment(1800) + HOUR
    assert [is_overdue(live, moment(end), at) for at in (border - 1, border)] == [False, True]


@pytest.mark.parametrize(("silent_since", "end"), [(1800, 100), (100, 1800), (1800, 1800)])
def test_a_call_has_ended_4_h_after_its_last_event_and_the_planned_end(
    silent_since: float, end: float
) -> None:
    live = call(added(silent_since))
    border = moment(1800) + 4 * HOUR
    assert ended_if_overdue(live, moment(end), border - 1) == live
    over = ended_if_overdue(live, moment(end), border)
    assert (over.ended_at, over.end_estimated) == (moment(silent_since), True)
    assert [leg.left_at for leg in over.legs] == [moment(silent_since)]


def test_a_call_that_has_ended_is_not_overdue() -> None:
    over = call(ended(5))
    assert not is_overdue(over, moment(5), BASE + 100 * HOUR)
    assert ended_if_overdue(over, moment(5), BASE + 100 * HOUR) == over


def test_without_a_planned_end_no_call_is_overdue() -> None:
    live = call()
    assert not is_overdue(live, None, live.last_event_at + 23 * HOUR)
    assert ended_if_overdue(live, None, live.last_event_at + 23 * HOUR) == live
