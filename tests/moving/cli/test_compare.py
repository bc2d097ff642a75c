"""`rooms compare`, between two services."""

import pytest

from rooms_cli.moving import acs_rooms
from rooms_cli.moving.acs_connection import ACS_VARIABLE
from testkit.acs_faults import AcsFault
from testkit.acs_instance import AcsInstance
from testkit.ports import free_port
from tests.cli.line import VARIABLE, Line

KEY = "c2VjcmV0LXNlY3JldA=="


def test_rooms_that_are_only_at_acs_are_named_and_counted(line: Line, far: AcsInstance) -> None:
    rooms = [far.raw.new_room()["id"] for _ in range(3)]
    ended = line.run("compare")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.splitlines() == [
        *(f"{room}  only at ACS" for room in reversed(rooms)),
        "3 rooms at ACS, 0 here.",
        "3 rooms are not alike: 3 only at ACS.",
    ]


def test_nothing_differs_where_there_is_nothing(line: Line) -> None:
    assert line.out("compare") == ["0 rooms at ACS, 0 here.", "All alike, of 0 rooms compared."]


@pytest.mark.parametrize("fault", [AcsFault.FAILS, AcsFault.FAILS_AFTER, AcsFault.CUT_BEFORE])
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


def test_the_service_is_not_compared_with_itself(line: Line, here: AcsInstance) -> None:
    ended = line.having(**{ACS_VARIABLE: here.connection_string}).run("compare")
    assert (ended.code, ended.out) == (3, "")
    assert "both name" in ended.err
    assert here.key not in ended.err
