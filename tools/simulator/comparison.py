"""Compares the app's answers with the truth."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.reasons import Reason, reason
from simulator.subjects import FLAGS, Sheet, Subject


@dataclass(frozen=True, slots=True)
class Difference:
    """An answer that differs from the truth."""

    subject: Subject
    field: str
    """Empty if the whole subject is missing or should not exist."""
    truth: object
    answered: object
    reason: Reason | None
    """None if no dropped event explains the difference."""


def compare(
    truth: Sheet, heard: Sheet, answered: Sheet, causes: Mapping[Subject, Reason]
) -> list[Difference]:
    """Returns where the answers differ from the truth. A difference is unexplained if the answer
    does not follow from the events that arrived.

    Args:
        heard: the truth without the dropped events.
        causes: reasons for differences that the app does not mark as estimated.
    """
    differences = []
    for subject in sorted(truth.keys() | heard.keys() | answered.keys()):
        was, expected, says = truth.get(subject), heard.get(subject), answered.get(subject)
        if was is None or expected is None or says is None:
            if (expected is None) is not (says is None):
                differences.append(Difference(subject, "", was and "there", says and "there", None))
            elif (was is None) is not (says is None):
                why = reason(subject, "", says, causes)
                differences.append(Difference(subject, "", was and "there", says and "there", why))
            continue
        for field in expected:
            if not _same(expected[field], says.get(field)):
                differences.append(
                    Difference(subject, field, was.get(field), says.get(field), None)
                )
            elif field in was and field not in FLAGS and not _same(was[field], says.get(field)):
                why = reason(subject, field, says, causes)
                differences.append(Difference(subject, field, was[field], says.get(field), why))
    return differences


def _same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float | int):
        return abs(one - other) < 5e-7
    return one == other
