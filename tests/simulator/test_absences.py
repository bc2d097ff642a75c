"""Answers that somebody did not come who came."""

import pytest

from simulator.absences import WrongAbsences, wrong_absences
from simulator.subjects import SCHEDULE, About, Sheet, Subject

ALICE = Subject(About.PERSON, SCHEDULE, "8:acs:alice")


@pytest.mark.parametrize("status", ["absent", "expected"])
@pytest.mark.parametrize(
    ("was", "estimated", "expected"),
    [
        ("attended", True, WrongAbsences(1, 0)),
        ("attended", False, WrongAbsences(0, 1)),
        ("absent", False, WrongAbsences(0, 0)),
    ],
)
def test_who_came_and_is_called_absent_is_counted(
    status: str, was: str, estimated: bool, expected: WrongAbsences
) -> None:
    truth: Sheet = {ALICE: {"status": was}}
    says: Sheet = {ALICE: {"status": status, "estimated": estimated}}
    assert wrong_absences(truth, says) == expected


def test_who_is_known_to_have_come_is_not_counted() -> None:
    sheet: Sheet = {ALICE: {"status": "attended", "estimated": True}}
    assert wrong_absences(sheet, sheet) == WrongAbsences(0, 0)
