"""People who come back to a call very often: at most 100 legs each, and nothing of theirs is lost
but when exactly they were away."""

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from rooms.domain.attendance import Attendee, Occasion, attendance
from rooms.domain.call import Call, untold_leg
from rooms.domain.events import CallEvent
from rooms.domain.fold import CallFold, fold_call
from rooms.domain.people import identified, people_in
from rooms.domain.presence import Stay, present_at
from rooms.domain.rejoins import merge_legs
from rooms.domain.roster import Invited
from rooms.domain.stays import LegInTime, stays_of
from rooms.domain.time import SECOND, Ticks
from rooms.domain.time_window import TimeWindow
from tests.domain.histories import (
    ALICE,
    BASE,
    BOB,
    HISTORIES,
    PHONE,
    added,
    ended,
    moment,
    phones,
    played,
    removed,
    started,
    stay,
    storm_of_rejoins,
)
from tests.domain.oracle import (
    ToldCall,
    ToldRoom,
    told_attendance,
    told_calls,
    told_presence,
)
from tests.domain.test_histories import told_call

STORMS = min(HISTORIES, 2_000)
END = 100_000
STORM = 300


def storm(times: int = STORM, who: str = ALICE, device: str | None = None) -> list[CallEvent]:
    """Comes for a second or two, each time with a new participant id unless one is given. The gaps
    have different lengths: the first one is the longest, and the later ones are the shortest."""
    events = []
    for n in range(times):
        at = 10 * n - 1 / (n + 1)
        events += stay(10 + at, 11 + at + n % 2, device or f"{who[-3:]}{n}", who)
    return events


def the_call(events: Sequence[CallEvent], now: float = END) -> Call:
    call = fold_call(events, moment(now))
    assert call is not None
    return call


def seconds_there(events: Sequence[CallEvent]) -> Ticks:
    """Between joins and leaves in turns."""
    moves = [event for event in events if event.kind.startswith("Participant")]
    return sum(b.at - a.at for a, b in zip(moves[::2], moves[1::2], strict=True))


def attended(call: Call, start: float = 0, end: float = END, now: float = END) -> list[Attendee]:
    window = TimeWindow(moment(start), moment(end))
    return attendance(Occasion(window), [call], Invited({}, False), moment(now))


@pytest.mark.parametrize("device", [None, "phone"])
def test_of_who_comes_back_very_often_100_legs_have_all_joins_and_all_of_the_time(
    device: str | None,
) -> None:
    events = storm(device=device)
    call = the_call([started(0), *events, ended(9000)])
    assert len(call.legs) == 100
    assert sum(leg.joins for leg in call.legs) == STORM
    assert sum((leg.left_at or 0) - leg.joined_at - leg.away for leg in call.legs) == seconds_there(
        events
    )
    assert (call.people, call.peak, call.has_gaps) == (1, 1, False)


def test_100_legs_stay_as_they_are() -> None:
    call = the_call([started(0), *storm(100), ended(9000)])
    assert {(leg.joins, leg.away) for leg in call.legs} == {(1, 0)}
    assert not call.peak_estimated
    call = the_call([started(0), *storm(101), ended(9000)])
    assert sorted(leg.joins for leg in call.legs) == [1] * 99 + [2]


def test_the_legs_with_the_shortest_gap_become_one() -> None:
    legs = the_call([*stay(0, 1, "a"), *stay(5, 6, "b"), *stay(8, 9, "c"), *stay(99, 100, "d")])
    one, two, three = merge_legs(legs.legs, [], 3)
    assert (one.participant_id, two.joins, three.participant_id) == ("a", 2, "d")
    assert (two.joined_at, two.left_at, two.away) == (moment(5), moment(9), moment(2) - moment(0))
    assert merge_legs(merge_legs(legs.legs, [], 3), [], 2) == merge_legs(legs.legs, [], 2)


def test_a_gap_that_another_device_fills_is_no_time_away() -> None:
    events = storm()
    call = the_call([started(0), added(5, "laptop"), *events, removed(9000, "laptop")], 9001)
    (row,) = attended(call)
    assert sum(leg.away for leg in call.legs) == 0
    assert (row.joins, row.merged) == (STORM + 1, False)
    assert row.duration == moment(9000) - moment(5)


def test_who_is_there_now_is_known_exactly_whatever_came_before() -> None:
    events = [started(0), *storm(), added(8000, "last", name="Alice", role="Presenter")]
    (one,) = present_at(the_call(events, 8001), moment(8001))
    assert (one.since, one.legs, one.estimated) == (moment(8000), 1, False)
    assert (one.display_name, one.role) == ("Alice", "Presenter")
    assert present_at(the_call([*events, removed(8002, "last")], 8003), moment(8003)) == []


def test_presence_and_peak_within_merged_legs_are_estimated() -> None:
    call = the_call([started(0), *storm(), *stay(10, 9000, "bob", BOB), ended(9000)])
    merged = next(leg for leg in call.legs if leg.away)
    people = {one.person: one.estimated for one in present_at(call, merged.joined_at + 1)}
    assert people == {ALICE: True, BOB: False}
    assert call.peak_estimated == any(
        leg.away and leg.covers(call.peak_at or 0) for leg in call.legs
    )
    alone = the_call([started(0), *storm(200), *stay(2500, 2600, "bob", BOB), ended(9000)])
    first = next(leg for leg in alone.legs if leg.away)
    only = replace(alone, legs=(first,))
    assert identified(only, people_in({})).peak == alone.peak == 1
    assert not identified(only, people_in({})).has_gaps


def test_since_when_a_person_is_there_is_estimated_if_they_may_have_been_away_meanwhile() -> None:
    call = the_call([started(0), *stay(1, 100, "phone"), added(90, "laptop")], 150)
    phone, laptop = call.legs
    merged = replace(call, legs=(replace(phone, joins=3, away=5 * SECOND), laptop))
    for one, estimated in ((call, False), (merged, True)):
        (person,) = present_at(one, moment(150))
        assert (person.since, person.legs, person.estimated) == (moment(1), 1, estimated)


def test_attendance_counts_all_joins_and_seconds_in_at_most_100_intervals() -> None:
    events = storm()
    call = the_call([started(0), *events, *stay(20, 8000, "bob", BOB), ended(9000)])
    alice, bob = attended(call)
    assert (alice.person, alice.joins, alice.duration) == (ALICE, STORM, seconds_there(events))
    assert (len(alice.stays), alice.merged, alice.alone_estimated) == (100, True, True)
    assert (alice.estimated, alice.late) == (False, events[0].at - moment(0))
    assert (bob.joins, bob.merged, bob.estimated, bob.alone_estimated) == (1, False, False, True)
    assert 0 <= bob.alone <= bob.duration


def test_breaks_count_only_where_no_other_raw_id_or_call_has_the_person() -> None:
    for seed in range(500):
        random = Random(seed)
        legs = [_leg_with_breaks(random) for _ in range(random.randint(1, 6))]
        there = {at for each in legs for at in _moments(each)}
        away = 0
        for one in legs:
            own = (one.call, one.leg.raw_id)
            others = [each for each in legs if (each.call, each.leg.raw_id) != own]
            beside = {at for each in others for at in _moments(each)}
            whole = 50 if one.leg.left_at is None else one.leg.left_at
            alone = len(_moments(one) - beside)
            away += one.leg.away * alone // max(whole - one.leg.joined_at, 1)
        assert stays_of(legs, 50, 100).duration == max(0, len(there) - away), seed


def _leg_with_breaks(random: Random) -> LegInTime:
    """Makes a leg by the time 50, and takes a part of it."""
    start, end = sorted(random.choices(range(51), k=2))
    left_at = random.choice((end, None))
    leg = replace(
        untold_leg(random.choice((ALICE, BOB)), start, left_at),
        joins=2,
        away=random.choice((0, random.randint(0, end - start))),
    )
    part = Stay(random.randint(start, end), left_at)
    return LegInTime(random.choice(("one", "other")), leg, part)


def _moments(each: LegInTime) -> set[int]:
    return set(range(each.stay.start, 50 if each.stay.end is None else each.stay.end))


def test_a_part_of_a_merged_leg_has_a_part_of_its_breaks() -> None:
    call = the_call([started(0), *storm(), ended(9000)])
    (whole,) = attended(call)
    parts = [attended(call, at, at + 500)[0] for at in range(0, 3001, 500)]
    assert sum(part.duration for part in parts) == pytest.approx(whole.duration, rel=0.01)
    assert all(part.duration <= moment(500) - moment(0) for part in parts)


def test_two_raw_ids_of_a_person_make_at_most_100_intervals() -> None:
    events = [*storm(90), *(replace(e, at=e.at + moment(4) - moment(0)) for e in storm(90, BOB))]
    named = {raw_id: {"externalId": "A-7"} for raw_id in (ALICE, BOB)}
    people = people_in({"participants": named})
    call = the_call([started(0), *events, ended(9000)])
    window = TimeWindow(moment(0), moment(9000))
    (row,) = attendance(Occasion(window, people), [call], Invited({}, False), moment(END))
    assert (row.joins, len(row.stays), row.merged) == (180, 100, True)
    assert row.duration == seconds_there(events)


def test_time_away_with_one_raw_id_does_not_count_while_another_is_there() -> None:
    named = {raw_id: {"externalId": "A-7"} for raw_id in (ALICE, BOB)}
    people = people_in({"participants": named})
    call = the_call([started(0), *storm(), *stay(5, 8000, "bob", BOB), ended(9000)])
    window = TimeWindow(moment(0), moment(9000))
    (row,) = attendance(Occasion(window, people), [call], Invited({}, False), moment(END))
    assert row.duration == moment(8000) - moment(5)


def test_of_a_call_that_was_not_read_whole_everybody_is_estimated() -> None:
    whole = the_call([started(0), *stay(1, 900), ended(1000)])
    call = replace(whole, incomplete=True)
    invited = Invited({ALICE: "Attendee", BOB: "Attendee"}, False)
    for one, estimated in ((whole, False), (call, True)):
        window = TimeWindow(moment(0), moment(1000))
        alice, bob = attendance(Occasion(window), [one], invited, moment(END))
        assert (alice.status, alice.estimated, alice.alone_estimated) == (
            "attended",
            estimated,
            estimated,
        )
        assert (bob.status, bob.estimated) == ("absent", estimated)
    assert identified(call, people_in({})).incomplete


def test_a_second_leave_of_a_device_that_came_long_ago_is_ignored() -> None:
    events = [started(0), *storm(), added(8000, "last")]
    call = the_call([*events, removed(8001, f"{ALICE[-3:]}0")], 8002)
    assert call.legs == the_call(events, 8002).legs
    assert sum(leg.joins for leg in call.legs) == STORM + 1


def test_of_a_hundred_devices_without_a_leave_the_first_are_taken_as_left() -> None:
    call = the_call([started(0), *(added(n, f"p{n}") for n in range(1, STORM))], STORM)
    there = [leg for leg in call.legs if leg.left_at is None]
    assert (len(there), len(call.legs) <= 100) == (98, True)
    assert {leg.participant_id for leg in there} == {f"p{n}" for n in range(STORM - 98, STORM)}
    assert sum(leg.joins for leg in call.legs) == STORM - 1
    assert [one.since for one in present_at(call, moment(STORM))] == [moment(1)]


def test_leaves_without_joins_make_at_most_100_legs_from_the_start_of_the_call() -> None:
    call = the_call([started(0), *(removed(n, f"p{n}") for n in range(5, STORM))], STORM)
    assert len(call.legs) <= 100
    assert {leg.joined_at for leg in call.legs if leg.join_estimated} == {moment(0)}
    assert not call.legs[0].is_concluded


def test_a_telephone_that_comes_back_very_often_has_100_legs() -> None:
    listed = [phones(10 * n + on, *([PHONE] * (1 - on))) for n in range(STORM) for on in (0, 1)]
    call = the_call([started(0), *listed, ended(9000)])
    assert (len(call.legs), sum(leg.joins for leg in call.legs)) == (99, STORM)
    assert {(leg.raw_id, leg.endpoint_type) for leg in call.legs} == {(PHONE, "phone")}


def test_an_end_of_the_call_cuts_a_merged_leg() -> None:
    call = the_call([started(0), *storm(), ended(1005)])
    assert max(leg.left_at or 0 for leg in call.legs) == moment(1005)
    assert all(0 <= leg.away <= (leg.left_at or 0) - leg.joined_at for leg in call.legs)


def test_what_is_kept_of_a_person_does_not_grow_with_their_rejoins() -> None:
    def kept(times: int) -> int:
        tracemalloc.start()
        fold = CallFold()
        for n in range(times):
            for event in stay(10 * n, 10 * n + 1, f"p{n}"):
                fold.add(event)
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert fold.events == 2 * times
        return size

    assert kept(5_000) < 2 * kept(500)


def test_a_copy_goes_on_without_the_other() -> None:
    fold = CallFold()
    events = [started(0), *storm(), added(8000, "last")]
    for event in events:
        fold.add(event)
    other = fold.copy()
    other.add(removed(8001, "last"))
    other.add(phones(8001, PHONE))
    other.add(ended(8002))
    assert fold.call(moment(8003)) == fold_call(events, moment(8003))
    more = [*events, removed(8001, "last"), phones(8001, PHONE), ended(8002)]
    assert other.call(moment(8003)) == fold_call(more, moment(8003))
    fold.add(added(8000, "also"))
    assert fold.call(moment(8003)) == fold_call([*events, added(8000, "also")], moment(8003))


def test_events_of_one_time_may_come_in_any_order() -> None:
    events = [started(0), *(event for n in range(9) for event in stay(1, 1 + n % 3, f"p{n % 4}"))]
    random = Random(1)
    for _ in range(20):
        fold = CallFold()
        for event in sorted(events, key=lambda event: (event.at, random.random())):
            fold.add(event)
        assert fold.call(moment(9)) == fold_call(events, moment(9))


def test_histories_with_rejoin_storms_give_the_oracles_answers_but_for_who_storms() -> None:
    """Alice storms through meetings of others. All that is told of the others stays, and of her
    the joins, and the time that she was there."""
    for seed in range(STORMS):
        history, now = played(seed), moment(END * 40)
        call_id = history.events[0].call
        before = [replace(event, started_by=None) for event in history.events]
        before = [event for event in before if event.call == call_id and event.raw_id != ALICE]
        if not before:
            continue
        storming = [replace(event, call=call_id) for event in storm(150, who="8:acs:storm")]
        call, small = the_call([*before, *storming], END * 40), the_call(before, END * 40)
        end = call.ended_at
        theirs = [leg for leg in call.legs if leg.person != "8:acs:storm"]
        if small.ended_at == end and small.started_at == call.started_at:
            assert tuple(theirs) == small.legs, seed
        own = [leg for leg in call.legs if leg.person == "8:acs:storm"]
        assert len(own) == 100, seed
        assert sum(leg.joins for leg in own) == 150, seed
        assert told_call(call).people == small.people + 1, seed
        assert end is not None
        if end >= storming[-1].at:
            there = sum((leg.left_at or now) - leg.joined_at - leg.away for leg in own)
            assert there == seconds_there(storming), seed


def test_histories_of_rejoins_have_the_joins_times_and_people_that_the_oracle_tells() -> None:
    for seed in range(STORMS):
        history = storm_of_rejoins(seed)
        random = Random(seed)
        last = max(event.at for event in history)
        now = random.choice((random.randint(BASE, last), last, last + 100 * SECOND))
        events = sorted(event for event in history if event.at <= now)
        fold = CallFold(most_legs=12)
        for event in events:
            fold.add(event)
        call = fold.call(now)
        assert call is not None
        try:
            check_storm(call, told_calls(events, now, None)["call"], now)
        except AssertionError as error:
            error.add_note(f"storm {seed} at {now}")
            raise


def check_storm(call: Call, told: ToldCall, now: Ticks) -> None:
    """Compares a call with merged legs with all that the events tell."""
    assert (call.started_at, call.ended_at, call.people) == (
        told.started_at,
        told.ended_at,
        told.people,
    )
    window = TimeWindow(call.started_at, now + 1)
    said = attendance(Occasion(window), [call], Invited({}, False), now + 1)
    expected = told_attendance(window.start, window.end, False, [told], ToldRoom({}), now + 1)
    assert {one.person for one in said} == expected.keys()
    for one in said:
        own = [leg for leg in call.legs if leg.person == one.person]
        assert len(own) <= 12
        assert (one.joins, one.duration, one.late, one.left_early) == (
            expected[one.person].joins,
            expected[one.person].duration,
            expected[one.person].late,
            expected[one.person].left_early,
        )
        assert one.merged or [(stay.start, stay.end) for stay in one.stays] == list(
            expected[one.person].intervals
        )
        assert one.alone_estimated or one.alone == expected[one.person].alone
    assert call.peak >= told.peak
    assert call.peak_estimated or (call.peak, call.peak_at) == (told.peak, told.peak_at)
    moments = sorted({at for leg in told.legs for at in (leg.joined_at, leg.left_at or now)})
    for at in [now, *Random(now).sample(moments, min(len(moments), 12))]:
        if at < call.started_at or (call.ended_at is not None and at >= call.ended_at):
            continue
        present = {one.person: one for one in present_at(call, at)}
        (_, there) = told_presence({"call": told}, at) or ("", {})
        assert there.keys() <= present.keys()
        for person, shown in present.items():
            assert shown.estimated or shown.since == there[person].since
        if at == now:
            assert present.keys() == there.keys()
