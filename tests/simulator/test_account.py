from dataclasses import replace

from simulator.account import account
from simulator.comparison import compare
from simulator.delivery import Manner, Outcome, Progress
from simulator.faults import Faults
from simulator.known import truth
from simulator.play import Performance, Played
from simulator.script import write
from simulator.sheet import sheet
from simulator.subjects import SCHEDULE, About, Sheet, Subject
from tests.simulator.meetings import START

MEETING = write(11, 4, START)
WAS = sheet(MEETING, truth(MEETING), ())
ABSENT = next(
    subject
    for subject, fields in WAS.items()
    if fields.get("status") == "absent" and subject.where == SCHEDULE
)
HOST = Subject(About.PERSON, SCHEDULE, MEETING.people[0].raw_id)


def played(answers: Sheet) -> Played:
    """Returns the meeting, with all events delivered and these answers of the app."""
    outcome = Outcome(Progress(18, 18, 0), frozenset(), {})
    performance = Performance(11, Faults(), Manner())
    return Played(
        "99400000000000001",
        MEETING,
        performance,
        outcome,
        WAS,
        answers,
        compare(WAS, WAS, answers, {}),
    )


def test_where_all_is_the_truth_nothing_differs() -> None:
    written = account(played(WAS), 5)
    assert (
        written["compared"],
        written["different"],
        written["unexplained"],
        written["reasons"],
    ) == (
        sum(map(len, WAS.values())),
        0,
        0,
        [],
    )
    for beside in (*written["calls"], *written["sums"], *written["people"]):
        assert beside["truth"] == beside["answer"] is not None
        assert (beside["same"], beside["differs"]) == (True, [])


def test_who_never_came_is_first_and_the_others_are_as_invited() -> None:
    people = account(played(WAS), 5)["people"]
    came = [person.raw_id for person in MEETING.people if person.raw_id != ABSENT.who]
    assert [person["rawId"] for person in people] == [ABSENT.who, *came]
    assert (
        people[0]["truth"].items()
        >= {"status": "absent", "joins": 0, "lateSeconds": None, "intervals": []}.items()
    )


def test_times_are_text() -> None:
    written = account(played(WAS), 5)
    call = MEETING.calls[0]
    assert written["calls"][0]["truth"]["startedAt"] == call.started.isoformat()
    host = next(person for person in written["people"] if person["rawId"] == HOST.who)
    assert host["truth"]["intervals"][0]["from"] == MEETING.scheduled_start.isoformat()


def test_a_wrong_field_is_named_and_has_an_example() -> None:
    written = account(played({**WAS, HOST: {**WAS[HOST], "joins": 99}}), 5)
    host = next(person for person in written["people"] if person["rawId"] == HOST.who)
    assert (host["truth"]["joins"], host["answer"]["joins"], host["same"], host["differs"]) == (
        2,
        99,
        False,
        ["joins"],
    )
    assert written["reasons"] == [
        {
            "reason": None,
            "count": 1,
            "examples": [
                {
                    "what": f"person: {MEETING.people[0].name}, as scheduled",
                    "field": "joins",
                    "truth": "2",
                    "answer": "99",
                }
            ],
        }
    ]
    assert (written["different"], written["unexplained"]) == (1, 1)


def test_who_is_missing_has_no_answer_and_a_stranger_to_the_truth_no_truth() -> None:
    without = {subject: fields for subject, fields in WAS.items() if subject != HOST}
    host = next(
        person for person in account(played(without), 5)["people"] if person["rawId"] == HOST.who
    )
    assert (host["answer"], host["differs"]) == (None, [""])
    backwards = played(WAS)
    swapped = replace(backwards, truth=without, differences=compare(without, without, WAS, {}))
    host = next(person for person in account(swapped, 5)["people"] if person["rawId"] == HOST.who)
    assert (host["truth"], host["differs"]) == (None, [""])


def test_there_are_no_more_examples_than_wanted() -> None:
    wrong = {
        subject: {**fields, "joins": 99} if "joins" in fields else fields
        for subject, fields in WAS.items()
    }
    (reason,) = account(played(wrong), 2)["reasons"]
    assert reason["count"] > len(reason["examples"]) == 2
