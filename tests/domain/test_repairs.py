"""Which events are missing, by what the media server has."""

from dataclasses import replace

from rooms.domain.call import Call
from rooms.domain.connection import Connection
from rooms.domain.events import CallEvent
from rooms.domain.fold import fold_call
from rooms.domain.repairs import missing_end, missing_joins, missing_leaves
from rooms.domain.time import Ticks
from tests.domain.histories import ALICE, BOB, added, ended, moment, removed

CALL = "call"
LATER: Ticks = moment(600)
JOINED = (added(3, "PA_1"), added(5, "PA_2", BOB))


def told(*events: CallEvent, now: Ticks = LATER) -> Call:
    call = fold_call([replace(event, source="livekit") for event in events], now)
    assert call is not None
    return call


def device(participant_id: str, raw_id: str = ALICE, joined: float = 3) -> Connection:
    return Connection(
        f"{raw_id}#laptop", participant_id, raw_id, "Ann", "Presenter", moment(joined)
    )


def joins(
    call: Call | None, *present: Connection, at: Ticks = LATER
) -> list[tuple[str, str | None, Ticks]]:
    found = missing_joins(CALL, call, present, at)
    return [(each.id, each.participant_id, each.at) for each in found]


def leaves(call: Call, *present: Connection, at: Ticks = LATER) -> list[tuple[str, Ticks]]:
    return [(each.id, each.at) for each in missing_leaves(call, present, at)]


def test_nothing_is_missing_where_the_events_tell_what_the_server_has() -> None:
    call, present = told(*JOINED), [device("PA_1"), device("PA_2", BOB, 5)]
    assert (joins(call, *present), leaves(call, *present)) == ([], [])


def test_a_lost_join_has_its_true_time() -> None:
    call = told(added(3, "PA_1"))
    assert joins(call, device("PA_1"), device("PA_2", BOB, 5)) == [("seen:PA_2", "PA_2", moment(5))]


def test_a_call_of_which_no_event_tells_gets_all_of_its_joins() -> None:
    found = list(missing_joins(CALL, None, [device("PA_1")], LATER))
    call = fold_call(found, LATER)
    assert call is not None
    (leg,) = call.legs
    assert (leg.raw_id, leg.display_name, leg.role) == (ALICE, "Ann", "Presenter")
    assert (call.started_at, call.has_gaps) == (moment(3), False)


def test_a_join_that_may_still_be_told_is_not_missing() -> None:
    assert joins(None, device("PA_1", joined=3), at=moment(22)) == []
    assert joins(None, device("PA_1", joined=3), at=moment(23)) != []


def test_who_has_left_has_not_lost_their_join() -> None:
    call = told(*JOINED, removed(9, "PA_1"))
    assert joins(call, device("PA_1"), device("PA_2", BOB, 5)) == []


def test_a_lost_leave_is_that_of_the_look_and_estimated() -> None:
    call = told(*JOINED)
    assert leaves(call, device("PA_1")) == [("gone:PA_2", LATER)]
    repaired = told(*JOINED, *missing_leaves(call, [device("PA_1")], LATER))
    assert [(leg.left_at, leg.leave_estimated) for leg in repaired.legs] == [
        (None, False),
        (LATER, True),
    ]


def test_who_joined_in_the_last_minute_is_not_gone() -> None:
    call = told(*JOINED, now=moment(64))
    assert leaves(call, at=moment(64)) == [("gone:PA_1", moment(64))]


def test_nobody_is_gone_before_they_joined_however_late_our_clock_is() -> None:
    assert leaves(told(*JOINED), at=moment(-60)) == []


def test_a_leave_that_is_told_later_counts_instead() -> None:
    call = told(*JOINED)
    repaired = told(
        *JOINED, *missing_leaves(call, [device("PA_1")], LATER), removed(9, "PA_2", BOB)
    )
    assert [(leg.left_at, leg.leave_estimated) for leg in repaired.legs] == [
        (None, False),
        (moment(9), False),
    ]


def test_a_call_that_the_server_lost_ends_with_the_look() -> None:
    end = missing_end(told(*JOINED), LATER)
    assert end is not None
    call = told(*JOINED, end)
    assert (call.ended_at, call.end_estimated) == (LATER, True)
    assert all(leg.leave_estimated for leg in call.legs)


def test_an_end_that_is_told_later_counts_instead() -> None:
    end = missing_end(told(*JOINED), LATER)
    assert end is not None
    call = told(*JOINED, removed(9, "PA_1"), removed(9, "PA_2", BOB), ended(29), end)
    assert (call.ended_at, call.has_gaps) == (moment(9), False)


def test_a_call_of_which_something_was_heard_in_the_last_minute_may_still_be_told_to_end() -> None:
    assert missing_end(told(*JOINED), moment(64)) is None
    assert missing_end(told(*JOINED), moment(65)) is not None


def test_a_call_ends_when_the_server_fell_silent_if_it_comes_back_later() -> None:
    end = missing_end(told(*JOINED), LATER, silent_since=moment(60))
    assert end is not None
    assert end.at == moment(60)


def test_a_call_does_not_end_before_the_last_that_was_heard_of_it() -> None:
    end = missing_end(told(*JOINED), LATER, silent_since=moment(1))
    assert end is not None
    assert end.at == moment(5)


def test_a_call_ends_when_the_next_one_of_its_room_begins() -> None:
    end = missing_end(told(*JOINED), moment(20), next_start=moment(10))
    assert end is not None
    assert end.at == moment(10)
