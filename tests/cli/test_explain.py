"""`rooms explain`."""

import re

import pytest

from rooms_cli.failures import Failure
from rooms_cli.people import raw_id_of
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw
from tests.cli.line import Line

ALICE, BOB, CAROL = map(raw_id, range(1, 4))

BEFORE = "2025-03-03T10:00:00Z"


@pytest.fixture(scope="module")
def room_id(raw: Raw, insight: Insight) -> str:
    """A room that is open now; two of those invited are called the same."""
    room_id: str = raw.new_room(
        {"participants": {ALICE: {"role": "Presenter"}, BOB: {}, CAROL: {}}}
    )["id"]
    people = {
        ALICE: {"name": "Alice Ümit", "externalId": "D-1"},
        BOB: {"name": "Robin"},
        CAROL: {"name": "robin"},
    }
    assert insight.patch(f"/rooms/{room_id}/details", {"participants": people}).status == 200
    return room_id


@pytest.mark.parametrize("person", ["alice ümit", "d-1", ALICE])
def test_who_can_come_in(line: Line, room_id: str, person: str) -> None:
    (said,) = line.out("explain", room_id, person)
    assert re.fullmatch(rf"Alice Ümit can join room {room_id} now as Presenter, until \S+Z\.", said)


def test_who_cannot_and_why(line: Line, room_id: str) -> None:
    (said,) = line.out("explain", room_id, raw_id(4), "--at", BEFORE)
    who = r"8:acs:5ab1e000…-000000000004 cannot join"
    assert re.fullmatch(
        rf"{who} room {room_id} at {BEFORE}: they are not invited, and the room opens at \S+Z\.",
        said,
    )


def test_who_can_come_in_as_a_guest(line: Line, raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room()["id"]
    insight.set_join_policy(room_id, "CommunicationServiceUsers")
    (said,) = line.out("explain", room_id, ALICE)
    assert re.fullmatch(
        rf"\S+ can join room {room_id} now as a guest \(Attendee\), until \S+Z\.", said
    )


def test_as_the_service_answers(line: Line, insight: Insight, room_id: str) -> None:
    asked = insight.json(f"/rooms/{room_id}/admission?rawId={ALICE}&at={BEFORE}")
    assert line.json("explain", room_id, "D-1", "--at", BEFORE) == asked


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (
            "nobody",
            'Nobody in the room\'s details is called "nobody". '
            "Give the raw id; `rooms show` lists them.",
        ),
        ("ROBIN", f'Several people are called "ROBIN". Give the raw id: {BOB}, {CAROL}'),
    ],
)
def test_who_is_not_known(line: Line, room_id: str, person: str, said: str) -> None:
    assert line.failure("explain", room_id, person) == said


@pytest.mark.parametrize("person", ["", " "])
def test_nobody_is_asked_about(line: Line, room_id: str, person: str) -> None:
    ended = line.run("explain", room_id, person)
    assert (ended.code, ended.out) == (2, "")
    assert "is required: a raw id, or a name or external id from the room's details" in ended.err


def test_who_has_no_name_is_not_called_nothing() -> None:
    details = {"participants": {ALICE: {"name": None}, BOB: {"name": "Bob", "externalId": None}}}
    with pytest.raises(Failure, match="Nobody"):
        raw_id_of("", details)


def test_a_room_that_is_not_there(line: Line) -> None:
    assert line.failure("explain", "99400000000000000", "D-1").startswith("There is no such room")
