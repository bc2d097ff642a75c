from random import Random

from hypothesis import given, settings

from simulator.comparison import Difference, compare
from simulator.events import events
from simulator.known import heard, truth
from simulator.meeting import Meeting
from simulator.reasons import Reason, causes
from simulator.script import write
from simulator.sheet import moments, sheet
from simulator.subjects import About, Sheet, Subject
from tests.simulator.meetings import LATER, SEEDS, START, meetings

MEETING = write(11, 30, START)


def was(meeting: Meeting) -> Sheet:
    return sheet(meeting, truth(meeting), moments(truth(meeting), 1))


def differences(
    meeting: Meeting, drop: float, seed: int, answered: Sheet | None = None
) -> list[Difference]:
    """What differs if the app hears so little, and answers so, or by the rules."""
    random = Random(seed)
    arrived = [event for event in events(meeting, 1) if random.random() >= drop]
    is_left = sheet(meeting, heard(meeting, arrived, LATER), moments(truth(meeting), 1))
    return compare(
        was(meeting), is_left, is_left if answered is None else answered, causes(meeting, arrived)
    )


@given(meeting=meetings())
@settings(max_examples=20, deadline=None)
def test_nothing_differs_if_every_event_arrives(meeting: Meeting) -> None:
    assert differences(meeting, 0, 1) == []


@given(meeting=meetings(), seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_answers_that_follow_from_what_arrived_are_explained(meeting: Meeting, seed: int) -> None:
    found = differences(meeting, 0.2, seed)
    assert [difference for difference in found if difference.reason is None] == []
    # What is said of a leg is marked, or its own events were dropped; else it is only longer, as
    # its call is.
    ends = {difference.subject.where for difference in found if difference.field == "endedAt"}
    follow = [difference for difference in found if difference.reason is Reason.FOLLOWS]
    assert {
        difference.subject.where for difference in follow if difference.subject.about is About.LEG
    } <= ends


def test_a_wrong_answer_is_not_explained() -> None:
    answers = was(MEETING)
    subject = next(
        subject
        for subject in answers
        if subject.about is About.PERSON and answers[subject].get("joins")
    )
    answers[subject] = {**answers[subject], "joins": 99}
    assert differences(MEETING, 0, 1, answers) == [
        Difference(subject, "joins", was(MEETING)[subject]["joins"], 99, None)
    ]


def test_a_mark_without_a_cause_is_not_explained() -> None:
    answers = was(MEETING)
    subject = Subject(About.CALL, MEETING.calls[0].id)
    answers[subject] = {**answers[subject], "startEstimated": True}
    assert differences(MEETING, 0, 1, answers) == [
        Difference(subject, "startEstimated", False, True, None)
    ]


def test_who_is_missing_or_was_never_there_is_not_explained() -> None:
    answers = was(MEETING)
    missing = next(subject for subject in answers if subject.about is About.LEG)
    stranger = Subject(About.LEG, MEETING.calls[0].id, "zzz")
    answers[stranger] = answers.pop(missing)
    assert differences(MEETING, 0, 1, answers) == [
        Difference(missing, "", "there", None, None),
        Difference(stranger, "", None, "there", None),
    ]


def test_the_truth_from_an_app_that_cannot_know_it_is_not_explained() -> None:
    found = differences(MEETING, 0.2, 1, was(MEETING))
    assert found
    assert all(difference.reason is None for difference in found)


def test_ten_percent_dropped_of_a_large_meeting_have_reasons_of_each_kind() -> None:
    reasons = {difference.reason for difference in differences(write(1, 350, START), 0.1, 3)}
    assert reasons >= {Reason.ESTIMATED, Reason.UNHEARD, Reason.FOLLOWS}
