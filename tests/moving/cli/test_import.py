"""`rooms import`, between two services."""

from dataclasses import replace
from typing import Any

import pytest

from rooms_cli.moving import acs_rooms, patience
from rooms_cli.words import short
from testkit.acs_double import Received
from testkit.acs_faults import AcsFault
from testkit.acs_instance import AcsInstance
from testkit.identifiers import raw_id
from testkit.waiting import until
from tests.cli.line import VARIABLE, Line

ALICE, BOB, CAROL = map(raw_id, range(1, 4))
NOTES = "rooms-import.notes"

type Room = dict[str, Any]


def new_rooms(far: AcsInstance, count: int) -> list[str]:
    """Makes rooms at ACS with two people each, and returns their ids, the newest first."""
    people = {"participants": {ALICE: {"role": "Presenter"}, BOB: {}}}
    return [far.raw.new_room(people)["id"] for _ in range(count)][::-1]


def rooms_of(instance: AcsInstance) -> list[tuple[Room, list[tuple[str, str]]]]:
    """Returns all rooms of a service in the order of its list, with their rosters."""
    raw = instance.raw
    return [(room, raw.roster(room["id"])) for page in raw.pages() for room in page]


def is_other(request: Received, room: str) -> bool:
    """Returns whether a request brings another room."""
    return request.method == "PUT" and room not in request.target


def log_of(here: AcsInstance, room: str) -> list[str]:
    return [record["kind"] for record in here.raw.get(f"/rooms/{room}/log").json()["value"]]


def test_all_come_as_they_are_in_their_order_but_one_that_is_refused(
    line: Line, far: AcsInstance, here: AcsInstance
) -> None:
    far.pages_of(6)
    new_rooms(far, 7)
    crowd: Room = {"participants": {person: {} for person in (ALICE, BOB, CAROL)}}
    refused = far.raw.new_room(crowd)["id"]
    new_rooms(far, 4)
    here.app.limits = replace(here.app.limits, participants=2)
    ended = line.run("import", "--rate", "1000")
    assert (ended.code, ended.err) == (1, "")
    heading, failed, _, *table = ended.out.splitlines()
    assert heading.split() == ["room", "why", "it", "failed"]
    assert failed.startswith(f"{refused}  $.participants: ")
    assert [row.split() for row in table[:4]] == [
        ["outcome", "rooms"],
        ["imported", "11"],
        ["failed", "1"],
        ["all", "12"],
    ]
    assert table[4].startswith("Sent 14 requests to ACS, in 0:")
    at_acs = [each for each in rooms_of(far) if each[0]["id"] != refused]
    assert rooms_of(here) == at_acs
    assert not (line.folder / NOTES).exists()


def test_a_second_import_changes_nothing(line: Line, far: AcsInstance, here: AcsInstance) -> None:
    (room,) = new_rooms(far, 1)
    line.out("import")
    _, same, *_ = line.out("import")
    assert same.split() == ["imported", "0"]
    assert log_of(here, room) == ["RoomCreated"]


def test_an_import_brings_what_was_changed_since(
    line: Line, far: AcsInstance, here: AcsInstance
) -> None:
    (room,) = new_rooms(far, 1)
    line.out("import")
    far.raw.patch(f"/rooms/{room}", {"pstnDialOutEnabled": True})
    line.out("import")
    assert rooms_of(here) == rooms_of(far)


def test_a_dry_run_shows_what_would_change_and_changes_nothing(
    line: Line, far: AcsInstance, here: AcsInstance
) -> None:
    deleted, same, changed = new_rooms(far, 3)
    line.out("import")
    here.raw.delete(f"/rooms/{deleted}")
    far.raw.patch(f"/rooms/{changed}", {"pstnDialOutEnabled": True})
    far.raw.patch(
        f"/rooms/{changed}/participants",
        {"participants": {ALICE: {"role": "Consumer"}, BOB: None, CAROL: {}}},
    )
    (new,) = new_rooms(far, 1)
    before = rooms_of(far), rooms_of(here)
    *planned, heading, _, _, _, _, _, _, _ = line.out("import", "--dry-run")
    assert [text.split(maxsplit=2)[:2] for text in planned] == [
        ["import", new],
        ["leave", deleted],
        ["change", changed],
    ]
    assert planned[2].split(maxsplit=2)[2].split("; ") == [
        "pstnDialOutEnabled: false -> true",
        f"{short(CAROL)}: nobody -> Attendee",
        f"{short(ALICE)}: Presenter -> Consumer",
        f"{short(BOB)}: Attendee -> nobody",
    ]
    assert heading.split() == ["would", "be", "rooms"]
    assert (rooms_of(far), rooms_of(here)) == before
    assert log_of(here, same) == ["RoomCreated"]
    assert not any(far.count(method) for method in ("PUT", "POST", "PATCH", "DELETE"))


def test_an_import_that_was_killed_goes_on(line: Line, far: AcsInstance, here: AcsInstance) -> None:
    new_rooms(far, 12)
    here.choose = lambda _: AcsFault.HELD if here.count("PUT") > 6 else None
    with line.running("import", "--rate", "1000", "--at-once", "2") as running:
        until(lambda: here.met)
        running.kill()
    here.forget()
    rosters = far.count("GET", "/participants")
    ended = line.run("import", "--rate", "1000")
    assert ended.code == 0
    assert ["done", "before"] in [row.split()[:2] for row in ended.out.splitlines()]
    assert far.count("GET", "/participants") - rosters < 12
    assert rooms_of(here) == rooms_of(far)
    assert not (line.folder / NOTES).exists()


def test_a_table_that_was_emptied_meanwhile_is_filled_again(
    line: Line, far: AcsInstance, here: AcsInstance, azurite: str
) -> None:
    new_rooms(far, 2)
    here.next(AcsFault.HELD, "PUT")
    with line.running("import", "--at-once", "1") as running:
        until(lambda: here.met)
        running.kill()
    here.forget()
    with AcsInstance(azurite, key=here.key) as empty:
        notes = line.folder / NOTES
        notes.write_text(notes.read_text().replace(here.endpoint, empty.endpoint))
        line.having(**{VARIABLE: empty.connection_string}).out("import")
        assert rooms_of(empty) == rooms_of(far)


def test_ctrl_c_says_how_to_go_on(line: Line, far: AcsInstance, here: AcsInstance) -> None:
    _, newest = new_rooms(far, 2)[::-1]
    here.choose = lambda request: AcsFault.CUT_BEFORE if is_other(request, newest) else None
    notes = line.folder / NOTES
    with line.running("import") as running:
        until(lambda: notes.exists() and newest in notes.read_text())
        ended = running.interrupt()
    assert ended.code == 130
    assert "The same command, in this folder, goes on." in ended.err


def test_a_room_that_is_changed_while_it_is_imported_is_read_again(
    line: Line, far: AcsInstance, here: AcsInstance
) -> None:
    """The app changes it on both sides when the list has been read."""
    (room,) = new_rooms(far, 1)
    line.out("import")

    def change_here(request: Received) -> None:
        if request.target.split("?")[0].endswith("/participants"):
            far.choose = lambda _: None
            here.raw.patch(f"/rooms/{room}", {"pstnDialOutEnabled": True})

    def change_there(request: Received) -> None:
        if request.method == "PUT":
            here.choose = lambda _: None
            far.raw.patch(f"/rooms/{room}", {"pstnDialOutEnabled": True})

    far.choose, here.choose = change_here, change_there
    _, same, *_ = line.out("import")
    assert same.split() == ["imported", "0"]
    assert rooms_of(here) == rooms_of(far)
    assert log_of(here, room) == ["RoomUpdated", "RoomCreated"]


def test_a_429_lets_all_requests_wait(line: Line, far: AcsInstance, here: AcsInstance) -> None:
    new_rooms(far, 3)
    far.next(AcsFault.THROTTLED, "GET", "/participants")
    ended = line.run("import", "--rate", "1000")
    assert ended.code == 0
    assert ended.err == (
        "ACS asks to wait 1 s. Then it gets at most 500.0 requests a second, and slowly more "
        "again.\n"
    )
    assert rooms_of(here) == rooms_of(far)


@pytest.mark.parametrize("side", ["far", "here"])
def test_what_fails_for_a_while_is_sent_again(
    line: Line, far: AcsInstance, here: AcsInstance, monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    for module in (acs_rooms, patience):
        monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0.01)
    new_rooms(far, 2)
    if side == "far":
        far.next(AcsFault.CUT_BEFORE, "GET", "/participants", times=2)
    else:
        here.next(AcsFault.FAILS, "PUT")
        here.next(AcsFault.CUT_AFTER, "PUT")
    line.out("import")
    assert rooms_of(here) == rooms_of(far)


def test_a_service_that_stays_away_ends_it_with_3_and_what_is_done_stays(
    line: Line, far: AcsInstance, here: AcsInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FIRST_PAUSE_SECONDS", 0.01)
    newest, _ = new_rooms(far, 2)
    here.choose = lambda request: AcsFault.FAILS if is_other(request, newest) else None
    ended = line.run("import", "--at-once", "1")
    assert (ended.code, ended.out) == (3, "")
    assert newest in (line.folder / NOTES).read_text()
    assert "The same command, in this folder, goes on." in ended.err


def test_scripts_get_a_line_for_each_room_but_the_same_ones(
    line: Line, far: AcsInstance, here: AcsInstance
) -> None:
    (room,) = new_rooms(far, 1)
    nothing = {"detail": "", "changes": []}
    assert line.json_lines("import") == [{"room": room, "outcome": "imported", **nothing}]
    far.raw.patch(f"/rooms/{room}", {"pstnDialOutEnabled": True})
    change = {"what": "pstnDialOutEnabled", "here": "false", "atAcs": "true"}
    assert line.json_lines("import") == [
        {"room": room, "outcome": "changed", "detail": "", "changes": [change]}
    ]
    assert line.json_lines("import") == []
