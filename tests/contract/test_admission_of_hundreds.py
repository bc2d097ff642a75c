"""Admission of as many people as a call holds, and more, at once."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

import pytest

from rooms.domain.limits import LIMITS
from testkit.events import Meeting, live_meeting
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw
from testkit.raw_http import Answer
from testkit.running import UNHANDLED, RunningApp, running_app
from testkit.waiting import HANG_SECONDS
from tests.contract.stored import store
from tests.effort import THOROUGH

HOLDS = 350 if THOROUGH else 40
"""The call holds 350, as by default, or fewer who ask at once all the same."""

LEAVE = 20 if THOROUGH else 5
PEOPLE = [raw_id(number) for number in range(HOLDS + LEAVE + 30)]
LEAVERS, COMERS, LAST = PEOPLE[:LEAVE], PEOPLE[HOLDS : HOLDS + LEAVE], PEOPLE[HOLDS + LEAVE]
RETURNING, INSTEAD = PEOPLE[LEAVE], PEOPLE[HOLDS + LEAVE + 1]
STAYING, OUTSIDE = PEOPLE[LEAVE + 1 : HOLDS], PEOPLE[HOLDS + LEAVE + 2 :]
"""The tests of a full call share it; no test moves these."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    settings = {} if LIMITS.call_capacity == HOLDS else {"ROOMS_CALL_CAPACITY": str(HOLDS)}
    with running_app(tmp_path_factory.mktemp("hundreds"), settings) as app:
        yield app
    assert UNHANDLED.findall(app.log()) == []


@pytest.fixture(scope="module")
def raw(app: RunningApp) -> Raw:
    return Raw(app.http, app.manage_key)


@pytest.fixture(scope="module")
def insight(app: RunningApp) -> Insight:
    return Insight(app, app.manage_key)


def new_room(raw: Raw, people: Sequence[str]) -> str:
    room_id: str = raw.new_room({"participants": {who: {"role": "Attendee"} for who in people}})[
        "id"
    ]
    return room_id


def ask(insight: Insight, room_id: str, who: str) -> Answer:
    return insight.send("POST", f"/rooms/{room_id}/admission", {"rawId": who})


@dataclass
class Asked:
    """The answers to people who asked at once, and how often each asked."""

    answers: list[Answer]
    times: Counter[str]


def ask_at_once(insight: Insight, room_id: str, people: Sequence[str]) -> Asked:
    """Asks for all, who are on their way before the first is sent.

    Where the storage does not keep up on a slow machine, the answer is 503 with the time to ask
    again, and they do so.
    """
    ready = Barrier(len(people))
    times: Counter[str] = Counter()

    def one(who: str) -> Answer:
        ready.wait()
        deadline = time.monotonic() + HANG_SECONDS
        while True:
            times[who] += 1
            answer = ask(insight, room_id, who)
            if answer.status != 503 or time.monotonic() > deadline:
                return answer
            time.sleep(int(answer.headers["retry-after"]))

    begun = time.monotonic()
    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(one, people))
    again = times.total() - len(people)
    print(f"{len(people)} at once: {time.monotonic() - begun:.1f} s, asked again: {again}")
    return Asked(answers, times)


def decisions(insight: Insight, room_id: str, kind: str) -> Counter[str]:
    """How often the log has that about whom."""
    return Counter(
        record["detail"]["rawId"] for record in insight.all(f"/rooms/{room_id}/log?kind={kind}")
    )


def assert_once_each(found: Counter[str], people: Sequence[str], asked: Asked) -> None:
    """Asserts that the log has one decision about each of them, and about nobody else. Of who was
    told to ask again it may have one for each time: a write whose answer was lost."""
    assert set(found) == set(people)
    assert [who for who in people if not 1 <= found[who] <= asked.times[who]] == []


def test_all_who_ask_at_once_are_admitted_and_each_is_in_the_log_once(
    raw: Raw, insight: Insight
) -> None:
    people = PEOPLE[:HOLDS]
    room_id = new_room(raw, people)
    asked = ask_at_once(insight, room_id, people)
    assert Counter(answer.status for answer in asked.answers) == {200: HOLDS}
    assert [answer.json()["rawId"] for answer in asked.answers] == people
    assert_once_each(decisions(insight, room_id, "Admitted"), people, asked)


@pytest.fixture(scope="module")
def call(app: RunningApp, raw: Raw) -> Meeting:
    """A call that as many have joined as it holds, of more who are invited; later seconds are left
    for what happens in tests."""
    call = live_meeting(new_room(raw, PEOPLE), seconds=600)
    joins = (call.added(number / 10, who) for number, who in enumerate(PEOPLE[:HOLDS]))
    store(app, call.started(), *joins)
    return call


def reasons(answer: Answer) -> list[Any]:
    return [reason["code"] for reason in answer.json().get("reasons", [])]


def test_the_next_one_is_refused_as_the_room_is_full(insight: Insight, call: Meeting) -> None:
    answer = ask(insight, call.room_id, OUTSIDE[0])
    assert (answer.status, reasons(answer)) == (403, ["RoomFull"])


def test_who_is_in_the_full_call_is_let_in_again(insight: Insight, call: Meeting) -> None:
    assert ask(insight, call.room_id, STAYING[0]).status == 200


def test_who_has_left_is_let_in_again_though_another_has_taken_the_place(
    insight: Insight, call: Meeting
) -> None:
    insight.deliver(call.removed(100, RETURNING))
    assert ask(insight, call.room_id, INSTEAD).status == 200
    insight.deliver(call.added(101, INSTEAD))
    assert reasons(ask(insight, call.room_id, OUTSIDE[0])) == ["RoomFull"]
    assert ask(insight, call.room_id, RETURNING).status == 200


def test_after_some_have_left_as_many_get_in_and_the_next_is_refused(
    insight: Insight, call: Meeting
) -> None:
    insight.deliver(*(call.removed(200, who) for who in LEAVERS))
    for number, who in enumerate(COMERS):
        assert ask(insight, call.room_id, who).status == 200, number
        insight.deliver(call.added(201 + number, who))
    answer = ask(insight, call.room_id, LAST)
    assert (answer.status, reasons(answer)) == (403, ["RoomFull"])


@pytest.mark.thorough
def test_350_who_ask_at_once_for_a_full_call_are_all_answered_and_each_is_in_the_log_once(
    insight: Insight, call: Meeting
) -> None:
    admitted, refused = (
        decisions(insight, call.room_id, "Admitted"),
        decisions(insight, call.room_id, "Refused"),
    )
    people = [*STAYING[: HOLDS - len(OUTSIDE)], *OUTSIDE]
    asked = ask_at_once(insight, call.room_id, people)
    answers = asked.answers
    may = {200: HOLDS - len(OUTSIDE), 403: len(OUTSIDE)}
    assert Counter(answer.status for answer in answers) == may
    assert [answer.status for answer in answers] == [200] * may[200] + [403] * may[403]
    assert {tuple(reasons(answer)) for answer in answers[may[200] :]} == {("RoomFull",)}
    now_admitted = decisions(insight, call.room_id, "Admitted") - admitted
    assert_once_each(now_admitted, people[: may[200]], asked)
    assert_once_each(decisions(insight, call.room_id, "Refused") - refused, OUTSIDE, asked)
