"""Who is found by a name."""

from rooms.domain.details import Details
from rooms.domain.found_people import FoundPerson, found_people
from tests.domain.histories import ALICE, BOB, CAROL, DAN

NEWEST: Details = {
    "participants": {
        ALICE: {"name": "Dr. Khan", "externalId": "D-1"},
        BOB: {"externalId": "D-1"},
        CAROL: {"name": "Khan junior"},
    }
}
OLDER: Details = {
    "participants": {
        DAN: {"name": "A. Khan", "externalId": "D-1"},
        CAROL: {"name": "KHAN"},
        BOB: {"name": "Bob"},
    }
}


def test_people_with_one_external_id_are_one_and_others_are_told_by_raw_id() -> None:
    assert found_people("kHAN", [NEWEST, OLDER, {}]) == [
        FoundPerson("Dr. Khan", "D-1", [ALICE, BOB, DAN], 2),
        FoundPerson("Khan junior", None, [CAROL], 2),
    ]


def test_a_room_that_names_somebody_otherwise_does_not_count() -> None:
    assert found_people("dr.", [OLDER, NEWEST]) == [FoundPerson("Dr. Khan", "D-1", [ALICE, BOB], 1)]
    assert found_people("nobody", [NEWEST, OLDER]) == []
