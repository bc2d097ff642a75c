"""What the app logs of people for the workbook, without the people."""

import json

from testkit.events import live_meeting
from testkit.identifiers import raw_id
from tests.monitoring.conftest import Logged
from tests.monitoring.kql import WORKBOOK_QUERIES, Line, Workspace

ALICE, BOB, CAROL = (raw_id(number) for number in range(1, 4))


async def new_room(logged: Logged) -> str:
    people = {ALICE: {"role": "Presenter"}, BOB: {}}
    answer = await logged.send("POST", "/rooms", {"participants": people})
    room_id: str = answer.json()["id"]
    logged.caplog.clear()
    return room_id


def told(logged: Logged) -> list[str]:
    """All that was logged, but for the operations log. It names nobody."""
    assert "8:acs:" not in logged.caplog.text
    return [line.message for line in logged.lines() if not line.message.startswith("{")]


def rows(lines: list[str], query: str) -> list[tuple[object, ...]]:
    """What a query of the workbook finds, without times."""
    found = Workspace([Line("INFO", line) for line in lines]).rows(WORKBOOK_QUERIES[query])
    return [tuple(value for name, value in row.items() if name != "TimeGenerated") for row in found]


async def test_admissions_and_refusals(logged: Logged) -> None:
    room_id = await new_room(logged)
    for who in (ALICE, BOB, CAROL, "4:+15551234567"):
        await logged.send("POST", f"/rooms/{room_id}/admission", {"rawId": who})
    lines = [line for line in told(logged) if line.startswith("admission")]
    assert lines == [
        f"admission: room {room_id} admits: Presenter",
        f"admission: room {room_id} admits: Attendee",
        f"admission: room {room_id} refuses: NotInvited",
        f"admission: room {room_id} refuses: NotCommunicationUser, NotInvited",
    ]
    assert sorted(rows(lines, "admissions")) == [("Attendee", 1), ("Presenter", 1)]
    assert rows(lines, "refusals") == [("NotInvited", 2), ("NotCommunicationUser", 1)]


async def test_a_question_whether_somebody_may_come_in_is_none(logged: Logged) -> None:
    room_id = await new_room(logged)
    await logged.send("GET", f"/rooms/{room_id}/admission?rawId={ALICE}")
    assert told(logged) == []


async def test_joins_and_the_delay_of_their_events(logged: Logged) -> None:
    room_id = await new_room(logged)
    call = live_meeting(room_id)
    for event in (call.started(), call.added(0, ALICE), call.added(1, BOB), call.removed(2, BOB)):
        await logged.app.intake.accept(json.dumps(event))
    lines = told(logged)
    assert [line.partition(": ")[0] for line in lines] == (
        [f"a person joined the call of room {room_id}"] * 2
    )
    assert rows(lines, "joins") == [(2,)]
    ((median, _, longest),) = rows(lines, "event delay")
    assert 0 < median <= longest  # type: ignore[operator]


async def test_an_event_that_is_redriven_is_not_late(logged: Logged) -> None:
    room_id = await new_room(logged)
    await logged.app.intake.take(json.dumps(live_meeting(room_id).added(0, ALICE)))
    assert told(logged) == []


async def test_who_did_not_come_to_a_meeting_that_is_over(logged: Logged) -> None:
    room_id = await new_room(logged)
    path = f"/rooms/{room_id}/attendance"
    await logged.send("GET", path)
    assert told(logged) == []
    await schedule(logged, room_id)
    await logged.send("GET", path)
    await logged.send("GET", path)
    await logged.send("GET", f"{path}?until=2026-05-04T10:30:00Z")
    lines = told(logged)
    assert lines == [f"attendance: room {room_id}: 2 invited, 2 absent"] * 2
    assert rows(lines, "absences") == [(1, 2, 2, 100.0)]


async def schedule(logged: Logged, room_id: str) -> None:
    """Gives a room a time that has passed."""
    times = {"scheduledStart": "2026-05-04T10:00:00Z", "scheduledEnd": "2026-05-04T11:00:00Z"}
    answer = await logged.send("PATCH", f"/rooms/{room_id}/details", times)
    assert answer.status == 200, answer
