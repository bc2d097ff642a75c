"""A day of a service, played over HTTP: its operations log gives right rows to the queries that
Microsoft documents, and nothing of the day raises an alert."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.communication.rooms import (
    CommunicationUserIdentifier,
    ParticipantRole,
    RoomParticipant,
    RoomsClient,
)
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ResourceNotFoundError

from testkit.events import live_meeting
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw
from testkit.running import RunningApp
from testkit.waiting import until
from tests.monitoring.kql import ALERTS, DOCUMENTED, WORKBOOK_QUERIES, Execution, Line, Workspace

ALICE, BOB, CAROL = (raw_id(number) for number in range(1, 4))
TODAY = datetime.now(UTC)
HOUR: dict[str, Any] = {"valid_from": TODAY, "valid_until": TODAY + timedelta(minutes=60)}
LINE = re.compile(r"^[0-9-]{10} [0-9:,]{12} (rooms\S*) ([A-Z]+) (.*)$", re.MULTILINE)

# The SDK's own use of datetime.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


def in_version(app: RunningApp, version: str) -> RoomsClient:
    return RoomsClient(app.http, AzureKeyCredential(app.manage_key), api_version=version)


def invited(who: str, role: ParticipantRole = ParticipantRole.ATTENDEE) -> RoomParticipant:
    return RoomParticipant(communication_identifier=CommunicationUserIdentifier(who), role=role)


@pytest.fixture(scope="module")
def day(app: RunningApp, raw: Raw, insight: Insight) -> list[Line]:
    """What the app logs while an SDK makes, changes and reads two rooms in two api-versions, people
    join, and upkeep runs."""
    before = len(app.log())
    with in_version(app, "2024-04-15") as older, in_version(app, "2025-03-13") as newest:
        people = [invited(ALICE, ParticipantRole.PRESENTER), invited(BOB)]
        room = older.create_room(**HOUR, participants=people, pstn_dial_out_enabled=True)
        older.add_or_update_participants(
            room_id=room.id, participants=[invited(BOB), invited(CAROL)]
        )
        older.remove_participants(room_id=room.id, participants=[invited(BOB)])
        other = newest.create_room(**HOUR)
        newest.update_room(
            room_id=other.id, valid_from=TODAY, valid_until=TODAY + timedelta(minutes=120)
        )
        for who in (ALICE, BOB):
            insight.send("POST", f"/rooms/{room.id}/admission", {"rawId": who})
        call = live_meeting(room.id)
        insight.deliver(call.started(), call.added(1, ALICE), call.removed(60, ALICE))
        insight.get(f"/rooms/{room.id}/attendance")
        newest.delete_room(other.id)
        with pytest.raises(ResourceNotFoundError):
            older.get_room(other.id)
        raw.newest_ids()
    assert app.devhost.request("POST", "/admin/functions/upkeep", body=b"{}").status == 202
    until(lambda: "upkeep: looked" in app.log()[before:])
    return [Line(level, message) for _, level, message in LINE.findall(app.log()[before:])]


@pytest.fixture(scope="module")
def workspace(day: list[Line]) -> Workspace:
    """The workspace after that day. Executions are not in the log of the app."""
    some = [("create_room", 201), ("get_room", 404), ("decide_admission", 403), ("call_events", 0)]
    executions = [Execution(name, result, succeeded=True) for name, result in some]
    return Workspace(day, executions)


def test_the_documented_query_of_errors_finds_the_room_that_was_gone(workspace: Workspace) -> None:
    assert [without_time(row) for row in workspace.rows(DOCUMENTED["errors"])] == [
        ("GetRoom", "2024-04-15", "404")
    ]


def test_the_documented_query_of_counts_has_each_operation(workspace: Workspace) -> None:
    ended = [tuple(row.values()) for row in workspace.rows(DOCUMENTED["counts"])]
    assert sorted(ended) == [
        ("CreateRoom", "2024-04-15", "Succeeded", "201", 1),
        ("CreateRoom", "2025-03-13", "Succeeded", "201", 1),
        ("DeleteRoom", "2025-03-13", "Succeeded", "204", 1),
        ("GetRoom", "2024-04-15", "Failed", "404", 1),
        ("ListRooms", "2025-03-13", "Succeeded", "200", 1),
        ("UpdateParticipants", "2024-04-15", "Succeeded", "200", 2),
        ("UpdateRoom", "2025-03-13", "Succeeded", "200", 1),
    ]


def test_the_documented_summary_of_rooms_has_their_averages(workspace: Workspace) -> None:
    assert workspace.rows(DOCUMENTED["summary"]) == [
        {
            "TotalRoomCount": 2,
            "AvgAddedParticipantsCount": 2,
            "AvgRemovedParticipantsCount": 0.5,
            "AvgUpsertedParticipantsCount": 1,
            "AvgRoomLifespan": 60,
            "SumPstnDialoutEnabled": 3,
        }
    ]


def test_the_workbook_shows_the_day(workspace: Workspace) -> None:
    found = {name: workspace.rows(query) for name, query in WORKBOOK_QUERIES.items()}
    assert {
        *("rooms made", "operations", "joins", "admissions", "refusals", "event delay"),
        *("durations", "upkeep"),
    } <= {name for name, rows in found.items() if rows}
    assert sum(row["Rooms"] for row in found["rooms made"]) == 2
    assert [without_time(row) for row in found["refusals"]] == [("NotInvited", 1)]
    assert found["errors"] == []


@pytest.mark.parametrize("name", ALERTS)
def test_a_quiet_day_raises_no_alert(workspace: Workspace, name: str) -> None:
    assert workspace.rows(ALERTS[name]) == []


def without_time(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(value for name, value in row.items() if name != "TimeGenerated")
