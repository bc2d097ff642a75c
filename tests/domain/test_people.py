from rooms.domain.call import Call
from rooms.domain.details import Details
from rooms.domain.events import CallEvent
from rooms.domain.people import identified, people_in
from rooms.domain.presence import present_at
from tests.domain.folded import fold_calls
from tests.domain.histories import ALICE, BOB, CAROL, DAN, added, moment, removed, started, stay

DETAILS: Details = {
    "participants": {
        BOB: {"externalId": "D-1"},
        ALICE: {"name": "Dr. Khan", "externalId": "D-1"},
        CAROL: {"name": "Carol", "externalId": "d-1"},
        DAN: {"name": "Dan"},
    }
}
PEOPLE = people_in(DETAILS)
ONE_ID_FOR_TWO: Details = {
    "participants": {ALICE: {"externalId": "x"}, BOB: {"externalId": "x"}, CAROL: {"name": "C"}}
}


def call_of_two(*more: CallEvent) -> Call:
    events = [started(0), *stay(1, 9, "a", ALICE), *stay(3, 6, "b", BOB)]
    (call,) = fold_calls([*events, *more], moment(60))
    return call


def test_raw_ids_with_one_external_id_are_one_person() -> None:
    assert [PEOPLE.key(raw_id) for raw_id in (ALICE, BOB, CAROL, DAN, "other")] == [
        BOB,
        BOB,
        CAROL,
        DAN,
        "other",
    ]
    assert PEOPLE.by_key([DAN, ALICE, "other", BOB]) == {
        DAN: [DAN],
        BOB: [ALICE, BOB],
        "other": ["other"],
    }


def test_nobody_without_an_external_id_is_anybody_else() -> None:
    people = people_in({"participants": {ALICE: {"name": "A"}, BOB: {"name": "A"}}})
    assert people.by_key([ALICE, BOB]) == {ALICE: [ALICE], BOB: [BOB]}
    assert people_in({}).by_key([ALICE, BOB]) == {ALICE: [ALICE], BOB: [BOB]}


def test_the_name_of_a_person_is_that_of_the_raw_id_or_of_another_of_theirs() -> None:
    assert [PEOPLE.name(raw_id) for raw_id in (ALICE, BOB, DAN, "other")] == [
        "Dr. Khan",
        "Dr. Khan",
        "Dan",
        None,
    ]
    assert [PEOPLE.external_id(raw_id) for raw_id in (ALICE, BOB, DAN, "other")] == [
        "D-1",
        "D-1",
        None,
        None,
    ]
    both = people_in(
        {
            "participants": {
                ALICE: {"name": "Dr. Khan", "externalId": "x"},
                BOB: {"name": "A. Khan", "externalId": "x"},
            }
        }
    )
    assert both.name(BOB) == "A. Khan"


def test_a_person_with_two_raw_ids_counts_once_in_the_peak() -> None:
    call = call_of_two()
    assert (call.people, call.peak, call.peak_at) == (2, 2, moment(3))
    known = identified(call, people_in(ONE_ID_FOR_TWO))
    assert (known.people, known.peak, known.peak_at) == (1, 1, moment(1))
    assert [leg.raw_id for leg in known.legs] == [ALICE, BOB]


def test_whether_the_peak_is_estimated_is_told_of_people() -> None:
    call = call_of_two(removed(8, "c", CAROL), added(7, "d", DAN), removed(9, "d", DAN))
    assert (call.peak, call.peak_at, call.peak_estimated) == (3, moment(3), True)
    apart = people_in({"participants": {CAROL: {"externalId": "x"}, DAN: {"externalId": "x"}}})
    assert identified(call, apart).peak == 3
    together = people_in(ONE_ID_FOR_TWO)
    assert (identified(call, together).peak, identified(call, together).peak_at) == (3, moment(7))


def test_a_call_of_nobody_with_a_second_raw_id_is_as_it_was() -> None:
    call = call_of_two()
    assert identified(call, PEOPLE) != call
    assert identified(call, people_in({})) is call
    assert identified(call, people_in({"participants": {ALICE: {"externalId": "x"}}})) is call


def test_a_person_with_two_raw_ids_is_there_once_by_the_one_that_joined_last() -> None:
    call = identified(call_of_two(*stay(7, 8, "a2", ALICE)), people_in(ONE_ID_FOR_TWO))
    (person,) = present_at(call, moment(4))
    assert (person.person, person.raw_id, person.raw_ids) == (ALICE, BOB, (ALICE, BOB))
    assert (person.since, person.legs) == (moment(1), 2)
    (person,) = present_at(call, moment(7))
    assert (person.raw_id, person.raw_ids, person.legs) == (ALICE, (ALICE, BOB), 2)
    assert present_at(call, moment(2))[0].raw_ids == (ALICE,)
