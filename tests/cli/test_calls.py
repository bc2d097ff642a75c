"""`rooms who` and `rooms attendance`, of a meeting that was played."""

import re

import pytest

from rooms.domain.time import parse_time
from testkit.events import Meeting, live_meeting, room_of_another_service
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


def test_the_attendance_of_a_person_has_a_line_for_each_room(
    line: Line, raw: Raw, insight: Insight
) -> None:
    visitor, name = raw_id(), f"P {raw_id()}"
    missed, came = (raw.new_room({"participants": {visitor: {}}})["id"] for _ in range(2))
    slots = {missed: ("10:00", "11:00"), came: ("12:00", "13:00")}
    for room_id, (start, end) in slots.items():
        details = {
            "title": "Visit",
            "scheduledStart": f"2025-03-03T{start}:00Z",
            "scheduledEnd": f"2025-03-03T{end}:00Z",
            "participants": {visitor: {"externalId": name}},
        }
        assert insight.patch(f"/rooms/{room_id}/details", details).status == 200
    call = Meeting(came, parse_time("2025-03-03T12:00:30Z"))
    insight.deliver(*call.whole(1800, call.stay(0, 1800, visitor)))
    heading, first, second, summary = line.out("attendance", "--person", name)
    columns = ["from", "room", "title", "status", "present", "late", "left early"]
    assert cells(heading) == columns
    assert cells(first) == [
        "2025-03-03T12:00:00Z",
        came,
        "Visit",
        "attended",
        "30:00",
        "0:30",
        "29:30",
    ]
    assert cells(second) == ["2025-03-03T10:00:00Z", missed, "Visit", "absent", "0:00"]
    assert summary == "2 rooms: 1 attended, 1 absent."
    listed = line.json_lines("attendance", "--person", visitor, "--until", "2025-03-03T11:30:00Z")
    assert [room["roomId"] for room in listed] == [missed]
    assert line.out("attendance", "--person", f"not {name}") == ["No rooms."]


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
