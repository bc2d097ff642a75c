"""`rooms compare`, between two services."""

import json
from typing import Any

import pytest

from rooms.domain.time import SECOND, format_time, parse_time
from rooms_cli.client import Client
from rooms_cli.connection import connection
from rooms_cli.moving import acs_rooms, patience
from rooms_cli.moving.acs_connection import ACS_VARIABLE
from rooms_cli.moving.differences import Difference, of_fields
from rooms_cli.words import moment
from testkit.acs_faults import AcsFault
from testkit.acs_instance import AcsInstance
from testkit.identifiers import raw_id
from testkit.ports import free_port
from tests.cli.line import VARIABLE, Line
from tests.effort import thorough

ALICE, BOB, CAROL = map(raw_id, range(1, 4))
KEY = "c2VjcmV0LXNlY3JldA=="

type Room = dict[str, Any]


def test_rooms_that_are_only_at_acs_are_named_and_counted(line: Line, far: AcsInstance) -> None:
    rooms = [far.raw.new_room()["id"] for _ in range(3)]
    ended = line.run("compare")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.splitlines() == [
        *(f"{room}  only at ACS" for room in reversed(rooms)),
        "3 rooms at ACS, 0 here.",
        "3 rooms are not alike: 3 only at ACS.",
    ]


@pytest.fixture
def room(line: Line, far: AcsInstance) -> Room:
    """A room with two people that was brought here, with its calls at ACS."""
    made = far.raw.new_room({"participants": {ALICE: {"role": "Presenter"}, BOB: {}}})
    line.out("import", "--carrier", "acs")
    return made


def differing(line: Line, *options: str) -> list[str]:
    """Returns the differences that the command shows before its two lines of figures."""
    ended = line.run("compare", *options)
    assert (ended.code, ended.err) == (1, "")
    return ended.out.splitlines()[:-2]


def test_what_was_brought_is_alike(line: Line, room: Room) -> None:
    assert line.out("compare") == ["1 room at ACS, 1 here.", "All alike, of 1 room compared."]


def test_fields_that_differ_are_shown_as_both_sides_have_them(
    line: Line, far: AcsInstance, room: Room
) -> None:
    until = format_time(parse_time(room["validUntil"]) - SECOND)
    changed = {"validFrom": room["validFrom"], "validUntil": until, "pstnDialOutEnabled": True}
    assert far.raw.patch(f"/rooms/{room['id']}", changed).status == 200
    assert differing(line, "--no-rosters") == [
        f"{room['id']}  validUntil  here: {moment(room['validUntil'])}  at ACS: {moment(until)}",
        f"{room['id']}  pstnDialOutEnabled  here: false  at ACS: true",
    ]


def test_times_that_differ_by_less_than_a_second_are_shown_in_whole() -> None:
    here, at_acs = "2026-05-04T10:00:00.0000001+00:00", "2026-05-04T10:00:00.0000002+00:00"
    (found,) = of_fields(
        {"createdAt": here, "pstnDialOutEnabled": True},
        {"createdAt": at_acs, "pstnDialOutEnabled": True},
    )
    assert found == Difference("createdAt", here, at_acs)


def test_people_that_differ_are_shown_in_whole(line: Line, far: AcsInstance, room: Room) -> None:
    roster = {"participants": {ALICE: {"role": "Consumer"}, BOB: None, CAROL: {}}}
    far.raw.patch(f"/rooms/{room['id']}/participants", roster)
    assert set(differing(line)) == {
        f"{room['id']}  {ALICE}  here: Presenter  at ACS: Consumer",
        f"{room['id']}  {BOB}  here: Attendee  at ACS: nobody",
        f"{room['id']}  {CAROL}  here: nobody  at ACS: Attendee",
    }
    assert line.run("compare", "--no-rosters").code == 0


def test_a_room_that_is_only_here_is_shown(line: Line, far: AcsInstance, room: Room) -> None:
    far.raw.delete(f"/rooms/{room['id']}")
    assert differing(line) == [f"{room['id']}  only here"]


def test_a_room_that_is_only_here_and_over_is_no_difference(
    line: Line, far: AcsInstance, room: Room
) -> None:
    over = {name: value for name, value in room.items() if name != "id"} | {
        "validUntil": room["validFrom"],
        "participants": {},
    }
    Client(connection(line.environment)).import_room("99400000000000010", over)
    assert line.run("compare").code == 0


def test_a_room_whose_calls_run_here_is_compared_if_that_is_asked_for(
    line: Line, far: AcsInstance
) -> None:
    made = far.raw.new_room()["id"]
    line.out("import", "--carrier", "own")
    far.raw.patch(f"/rooms/{made}", {"pstnDialOutEnabled": True})
    assert line.out("compare") == [
        "1 room at ACS, 1 here.",
        "Not compared: 1 room of both sides, as their calls run here. --own compares them.",
        "All alike, of 0 rooms compared.",
    ]
    assert differing(line, "--own") == [f"{made}  pstnDialOutEnabled  here: false  at ACS: true"]


def test_scripts_get_a_line_for_each_room(line: Line, far: AcsInstance, room: Room) -> None:
    far.raw.patch(f"/rooms/{room['id']}", {"pstnDialOutEnabled": True})
    ended = line.run("compare", "--json")
    assert ended.code == 1
    assert json.loads(ended.out) == {
        "room": room["id"],
        "kind": "differs",
        "differences": [{"what": "pstnDialOutEnabled", "here": "false", "atAcs": "true"}],
    }


def test_nothing_differs_where_there_is_nothing(line: Line) -> None:
    assert line.out("compare") == ["0 rooms at ACS, 0 here.", "All alike, of 0 rooms compared."]


@pytest.mark.parametrize(
    "fault", [AcsFault.FAILS, AcsFault.CUT_BEFORE, *thorough(AcsFault.FAILS_AFTER)]
)
def test_a_request_that_fails_is_sent_again(
    line: Line, far: AcsInstance, monkeypatch: pytest.MonkeyPatch, fault: AcsFault
) -> None:
    monkeypatch.setattr(acs_rooms, "FIRST_PAUSE_SECONDS", 0.01)
    far.next(fault, "GET", "/rooms", times=acs_rooms.ATTEMPTS - 1)
    assert line.run("compare").code == 0
    assert far.count("GET", "/rooms") == acs_rooms.ATTEMPTS


def test_a_429_is_obeyed_and_said(line: Line, far: AcsInstance) -> None:
    far.next(AcsFault.THROTTLED, "GET", "/rooms")
    ended = line.run("compare")
    assert ended.code == 0
    assert ended.err == (
        "ACS asks to wait 1 s. Then it gets at most 5.0 requests a second, and slowly more again.\n"
    )


def test_acs_that_keeps_failing_ends_it_with_3(
    line: Line, far: AcsInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acs_rooms, "FIRST_PAUSE_SECONDS", 0.01)
    far.next(AcsFault.FAILS, "GET", "/rooms", times=acs_rooms.ATTEMPTS)
    ended = line.run("compare")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err == (f"rooms: {far.endpoint} answered 503, again and again. Try again later.\n")


@pytest.mark.parametrize("variable", [VARIABLE, ACS_VARIABLE])
def test_a_side_that_cannot_be_asked_ends_it_with_3(
    line: Line, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setattr(acs_rooms, "FIRST_PAUSE_SECONDS", 0.01)
    endpoint = f"http://localhost:{free_port()}"
    ended = line.having(**{variable: f"endpoint={endpoint}/;accesskey={KEY}"}).run("compare")
    assert (ended.code, ended.out) == (3, "")
    assert endpoint in ended.err
    assert KEY not in ended.err


@pytest.mark.parametrize("variable", [VARIABLE, ACS_VARIABLE])
def test_a_key_that_is_refused_ends_it_with_3_and_is_not_shown(
    line: Line, far: AcsInstance, here: AcsInstance, variable: str
) -> None:
    endpoint = (here if variable == VARIABLE else far).endpoint
    ended = line.having(**{variable: f"endpoint={endpoint}/;accesskey={KEY}"}).run("compare")
    assert (ended.code, ended.out) == (3, "")
    assert variable in ended.err
    assert KEY not in ended.err


def test_the_resource_has_to_be_named(line: Line) -> None:
    ended = line.having(**{ACS_VARIABLE: None}).run("compare")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"rooms: {ACS_VARIABLE} is not set.")


def test_a_service_that_is_busy_is_asked_again(
    line: Line, here: AcsInstance, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FIRST_PAUSE_SECONDS", 0.01)
    here.next(AcsFault.FAILS, "GET", "/overview", times=2)
    line.out("compare")


@pytest.mark.parametrize(
    "endpoint", ["http://contoso", "x", *thorough("contoso.communication.azure.com")]
)
def test_an_endpoint_is_an_address_that_is_secure(line: Line, endpoint: str) -> None:
    ended = line.run("compare", "--acs-endpoint", endpoint)
    assert (ended.code, ended.out) == (2, "")
    assert "--acs-endpoint must be https://" in " ".join(ended.err.replace("│", " ").split())


def test_the_service_is_not_compared_with_itself(line: Line, here: AcsInstance) -> None:
    ended = line.having(**{ACS_VARIABLE: here.connection_string}).run("compare")
    assert (ended.code, ended.out) == (3, "")
    assert "both name" in ended.err
    assert here.key not in ended.err
