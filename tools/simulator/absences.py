"""Counts the costliest answer: that somebody is absent who came."""

from dataclasses import dataclass

from simulator.subjects import About, Sheet

_DID_NOT_COME = ("absent", "expected")


@dataclass(frozen=True, slots=True)
class WrongAbsences:
    """The numbers of answers that somebody did not come who came."""

    estimated: int
    """Marked as estimated: "absent, as far as events tell"."""
    unmarked: int


def wrong_absences(truth: Sheet, answered: Sheet) -> WrongAbsences:
    """Returns how many answers are so, over all slots."""
    marks = [
        bool(says["estimated"])
        for subject, says in answered.items()
        if subject.about is About.PERSON
        and says["status"] in _DID_NOT_COME
        and truth.get(subject, {}).get("status") == "attended"
    ]
    return WrongAbsences(sum(marks), len(marks) - sum(marks))
