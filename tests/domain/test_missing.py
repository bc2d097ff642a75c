from collections.abc import Iterable

from rooms.domain.details import Details
from rooms.domain.events import CallEvent
from rooms.domain.missing import Missing, missing_from
from rooms.domain.people import identified, people_in
from rooms.domain.roster import Roster
from tests.domain.folded import fold_calls
from tests.domain.histories import ALICE, BOB, CAROL, DAN, added, moment, removed, started, stay

SCHEDULED = 100
TICK = 1e-7


def missing(
    events: Iterable[CallEvent], roster: Roster, at: float, details: Details | None = None
) -> list[Missing]:
    (call,) = fold_calls([started(0), *events], moment(at))
    people = people_in(details or {})
    return missing_from(identified(call, people), roster, people, moment(SCHEDULED), moment(at))


def test_before_the_scheduled_start_nobody_is_missing() -> None:
    assert missing([], {ALICE: "Presenter"}, SCHEDULED - TICK) == []
    assert [one.raw_ids for one in missing([], {ALICE: "Presenter"}, SCHEDULED)] == [(ALICE,)]


def test_who_never_came_is_missing_since_the_scheduled_start() -> None:
    assert missing([added(1)], {ALICE: "Presenter", BOB: "Attendee"}, 160) == [
        Missing((BOB,), "Attendee", moment(SCHEDULED), None)
    ]


def test_who_left_is_missing_since_then_but_not_since_before_the_scheduled_start() -> None:
    roster: Roster = {ALICE: "Presenter", BOB: "Presenter"}
    events = [*stay(1, 30, "a", ALICE), *stay(1, 130, "b", BOB), *stay(2, 50, "b2", BOB)]
    assert missing(events, roster, 160) == [
        Missing((ALICE,), "Presenter", moment(SCHEDULED), moment(30)),
        Missing((BOB,), "Presenter", moment(130), moment(130)),
    ]


def test_of_who_only_started_the_call_nothing_says_that_they_left() -> None:
    (call,) = fold_calls([started(0, by=BOB), added(1)], moment(160))
    assert missing_from(
        call, {BOB: "Presenter"}, people_in({}), moment(SCHEDULED), moment(160)
    ) == [Missing((BOB,), "Presenter", moment(SCHEDULED), None)]


def test_who_came_back_or_is_there_on_another_device_is_not_missing() -> None:
    events = [*stay(1, 30), added(40), *stay(1, 130, "b", BOB), added(2, "b2", BOB)]
    assert missing(events, {ALICE: "Presenter", BOB: "Attendee"}, 160) == []


def test_who_leaves_now_is_missing_and_who_comes_now_is_not() -> None:
    events = [added(1), removed(160), added(160, "b", BOB)]
    assert [one.raw_ids for one in missing(events, {ALICE: "Presenter", BOB: "Attendee"}, 160)] == [
        (ALICE,)
    ]


def test_what_came_later_says_nothing_of_who_was_missing() -> None:
    (call,) = fold_calls([started(0), *stay(1, 30), *stay(200, 210)], moment(300))
    (alice,) = missing_from(
        call, {ALICE: "Presenter"}, people_in({}), moment(SCHEDULED), moment(160)
    )
    assert alice.left_at == moment(30)


def test_presenters_come_first_and_then_the_roster_tells_the_order() -> None:
    roster: Roster = {
        "1": "Consumer",
        "2": "Attendee",
        "3": "Presenter",
        "4": "Collaborator",
        "5": "Attendee",
        "6": "Presenter",
    }
    assert [one.raw_ids[0] for one in missing([], roster, 160)] == list("364251")


def test_a_person_with_two_raw_ids_is_missing_once_and_only_if_there_with_none() -> None:
    details: Details = {
        "participants": {raw_id: {"externalId": "D-1"} for raw_id in (ALICE, BOB, CAROL)}
    }
    roster: Roster = {BOB: "Attendee", DAN: "Attendee", ALICE: "Presenter"}
    assert [one.raw_ids for one in missing([added(1, "c", CAROL)], roster, 160, details)] == [
        (DAN,)
    ]
    one, _ = missing(stay(1, 130, "c", CAROL), roster, 160, details)
    assert one == Missing((BOB, ALICE, CAROL), "Attendee", moment(130), moment(130))


def test_who_came_without_an_invitation_is_never_missing() -> None:
    assert missing(stay(1, 130, "c", CAROL), {}, 160) == []
