"""`rooms who` and `rooms attendance`, of a meeting that was played."""

import re

import pytest

from testkit.events import live_meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw
from tests.cli.line import Line


def cells(line: str) -> list[str]:
    return re.split("  +", line)


def test_who_was_in_the_room(line: Line, insight: Insight, meeting: str) -> None:
    call = insight.json(f"/rooms/{meeting}/calls")["value"][0]
    presence = line.json("who", meeting, "--at", call["peakAt"])
    assert presence == insight.json(
        f"/rooms/{meeting}/presence?at={call['peakAt'].replace('+', '%2B')}"
    )
    said, heading, *people = line.out("who", meeting, "--at", call["peakAt"])
    assert re.fullmatch(rf"3 people were in room {meeting} at \S+Z:", said)
    assert cells(heading) == ["name", "role", "since", "devices", "invited"]
    assert {(cells(one)[0], cells(one)[1], *cells(one)[3:]) for one in people} == {
        ("Ines Khan", "Presenter", "1", "yes"),
        ("Nils Diallo", "Attendee", "1", "yes"),
        ("Salma Hansen", "Attendee", "1", "yes"),
    }


def test_nobody_is_in_the_room(line: Line, meeting: str) -> None:
    assert line.out("who", meeting) == [f"Nobody is in room {meeting}."]


def test_who_is_in_the_room_is_called_as_the_details_say_or_by_the_raw_id(
    line: Line, raw: Raw, insight: Insight
) -> None:
    alice, bob = raw_id(1), raw_id(2)
    room_id = raw.new_room({"participants": {alice: {}}})["id"]
    insight.patch(f"/rooms/{room_id}/details", {"participants": {alice: {"name": "Alice"}}})
    call = live_meeting(room_id)
    insight.deliver(
        call.started(),
        call.added(1, alice),
        call.added(2, alice, device="phone"),
        call.added(3, bob),
    )
    said, _, *people = line.out("who", room_id)
    assert said == f"2 people are in room {room_id}:"
    shown = {(cells(one)[0], *cells(one)[-2:]) for one in people}
    assert shown == {("Alice", "2", "yes"), ("8:acs:5ab1e000…-000000000002", "1", "no")}
    insight.set_join_policy(room_id, "CommunicationServiceUsers")
    *_, bobs = line.out("who", room_id)
    assert cells(bobs)[-1] == "guest"


def test_a_room_of_another_service_has_people_too(line: Line, insight: Insight) -> None:
    call = live_meeting(room_of_another_service())
    insight.deliver(call.started(), call.added(1, raw_id(1), "Alice"))
    assert line.out("who", call.room_id)[0] == f"1 person is in room {call.room_id}:"


def test_attendance_begins_with_those_absent(line: Line, meeting: str) -> None:
    said, heading, *people, summary = line.out("attendance", meeting)
    assert re.fullmatch(r"Lesson 797, from \S+Z until \S+Z", said)
    assert cells(heading) == ["name", "role", "status", "present", "alone", "late", "left early"]
    assert cells(people[0]) == ["Emeka Zhang", "Collaborator", "absent", "0:00", "0:00"]
    assert ["Nils Diallo", "Attendee", "attended", "41:48", "0:00", "0:30", "0:00"] in map(
        cells, people
    )
    assert summary == "4 invited, 3 attended, 1 absent, 0 uninvited."


def test_attendance_of_a_call_and_of_a_time(line: Line, insight: Insight, meeting: str) -> None:
    call = insight.json(f"/rooms/{meeting}/calls")["value"][0]
    asked = insight.json(f"/rooms/{meeting}/attendance?call={call['id']}")
    assert line.json("attendance", meeting, "--call", call["id"]) == asked
    within = line.json(
        "attendance", meeting, "--from", call["startedAt"], "--until", call["endedAt"]
    )
    assert within["summary"] == asked["summary"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["attendance", "--call", "x"],
            "This room has no such call. `rooms log ROOM --json` shows the ids of its calls.",
        ),
        (["who", "--at", "2100-01-01T00:00:00Z"], "--at: Must not be in the future."),
    ],
)
def test_what_the_service_refuses(
    line: Line, meeting: str, arguments: list[str], said: str
) -> None:
    command, *options = arguments
    assert line.failure(command, meeting, *options) == said
