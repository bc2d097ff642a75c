"""`rooms move`, between two services."""

import io
import sys

import pytest

from rooms.app import App
from rooms.domain.time import DAY, format_time, now
from rooms_cli.moving import patience
from testkit.acs_faults import AcsFault
from testkit.acs_instance import AcsInstance
from testkit.events import Meeting
from testkit.identifiers import raw_id
from tests.cli.line import Line
from tests.moving.pull.observing import deliver

ALICE = raw_id(1)


def brought(line: Line, far: AcsInstance, here: AcsInstance, *bodies: object) -> list[str]:
    """Makes rooms at ACS that are here, too, and returns their ids.

    They come in mode own: else the import would wait for the creates that may be under way.
    """
    rooms = [far.raw.new_room(body)["id"] for body in bodies]
    app = here.app
    here.app = App({"ROOMS_MANAGE_KEY__app": here.key, "ROOMS_STORAGE": here.storage})
    here.app.table = app.table
    line.out("import", "--carrier", "acs")
    here.app = app
    return rooms


def carrier(here: AcsInstance, room: str) -> str:
    found: str = here.raw.get(f"/rooms/{room}/overview").json()["carrier"]
    return found


def test_rooms_move_here_and_back(line: Line, far: AcsInstance, through: AcsInstance) -> None:
    (room,) = brought(line, far, through, {"participants": {ALICE: {}}})
    _, moved, count = line.out("move", room, "--to", "own")
    assert moved.split() == [room, "moved"]
    assert count == "1 room to this service: 1 moved."
    assert carrier(through, room) == "own"
    assert line.out("move", room, "--to", "own")[-1] == "1 room to this service: 1 already there."
    through.raw.patch(f"/rooms/{room}", {"pstnDialOutEnabled": True})
    assert line.out("move", room, "--to", "acs")[-1] == "1 room to ACS: 1 moved."
    assert carrier(through, room) == "acs"
    assert line.out("compare")[-1] == "All alike, of 1 room compared."


def test_a_room_with_a_call_is_left_and_named(
    line: Line, far: AcsInstance, through: AcsInstance
) -> None:
    busy, idle = brought(line, far, through, {"participants": {ALICE: {}}}, {})
    call = Meeting(busy, now())
    through.run(deliver(through.app, call.started(), call.added(1, ALICE)))
    ended = line.run("move", busy, idle, "--to", "own", "--yes")
    assert ended.code == 1
    _, left, moved, count = ended.out.splitlines()
    assert left.startswith(f"{busy}  left     The room has a call now.")
    assert moved.split() == [idle, "moved"]
    assert count == "2 rooms to this service: 1 moved, 1 left."
    assert carrier(through, busy) == "acs"
    line.out("move", busy, "--to", "own", "--force")
    assert carrier(through, busy) == "own"


def test_a_dry_run_moves_nothing(line: Line, far: AcsInstance, through: AcsInstance) -> None:
    rooms = brought(line, far, through, {}, {})
    assert line.out("move", "--all", "--to", "own", "--dry-run")[-1] == (
        "2 rooms to this service: 2 would move."
    )
    assert {carrier(through, room) for room in rooms} == {"acs"}


def test_all_are_those_that_run_elsewhere_and_open_late_enough(
    line: Line, far: AcsInstance, through: AcsInstance
) -> None:
    later = {
        "validFrom": format_time(now() + DAY),
        "validUntil": format_time(now() + 2 * DAY),
    }
    soon, late = brought(line, far, through, {}, later)
    chosen = ("--opens-after", later["validFrom"])
    assert line.json_lines("move", "--all", "--to", "own", "--yes", *chosen) == [
        {"room": late, "outcome": "moved", "why": ""}
    ]
    assert carrier(through, soon) == "acs"
    (moved,) = line.json_lines("move", "--all", "--to", "own", "--yes")
    assert moved["room"] == soon


@pytest.mark.parametrize(("answer", "moves"), [("y", "own"), ("n", "acs")])
def test_it_asks_before_it_moves_many(
    line: Line,
    far: AcsInstance,
    through: AcsInstance,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    moves: str,
) -> None:
    rooms = brought(line, far, through, {}, {})
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{answer}\n"))
    ended = line.run("move", *rooms, "--to", "own")
    assert ended.err.startswith("Move 2 rooms to this service? [y/N]:")
    assert {carrier(through, room) for room in rooms} == {moves}


def test_it_asks_before_it_deletes_at_acs(
    line: Line, far: AcsInstance, through: AcsInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    (room,) = brought(line, far, through, {})
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    asked = line.run("move", room, "--to", "own", "--delete-at-acs")
    assert "Move, and delete at ACS, 1 room to this service?" in asked.err
    assert far.raw.get(f"/rooms/{room}").status == 200
    line.out("move", room, "--to", "own", "--delete-at-acs", "--yes")
    assert far.raw.get(f"/rooms/{room}").status == 404
    said = line.run("move", room, "--to", "acs").out
    assert "ACS does not have this room any more." in said


def test_livekit_needs_a_media_server(line: Line, far: AcsInstance, through: AcsInstance) -> None:
    (room,) = brought(line, far, through, {})
    assert line.failure("move", room, "--to", "livekit").startswith(
        "This service has no media server, which could carry the calls."
    )
    assert carrier(through, room) == "acs"


def test_the_service_may_not_be_able_to_go_back(
    line: Line, far: AcsInstance, here: AcsInstance
) -> None:
    rooms = brought(line, far, here, {}, {})
    line.out("move", *rooms, "--to", "own", "--yes")
    assert line.failure("move", *rooms, "--to", "acs", "--yes") == (
        "--to: Must be own, unless ROOMS_ACS_MODE is through."
    )


def test_a_service_that_stays_away_ends_it_with_how_many_were_moved(
    line: Line, far: AcsInstance, here: AcsInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FIRST_PAUSE_SECONDS", 0.01)
    first, second = brought(line, far, here, {}, {})
    here.choose = lambda request: AcsFault.FAILS if second in request.target else None
    said = line.failure("move", first, second, "--to", "own", "--yes")
    assert said.endswith(" 1 of 2 rooms were moved before. The command can be repeated.")
    assert carrier(here, first) == "own"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["1", "--all", "--to", "own"], "give rooms or --all, and not both"),
        (["--to", "own"], "give rooms or --all, and not both"),
        (["1"], "--to is missing"),
        (["1", "--to", "own", "--opens-after", "2026-05-04T10:00:00Z"], "needs --all"),
        (["1", "--to", "acs", "--delete-at-acs"], "does not go with --to acs"),
    ],
)
def test_what_does_not_go_together_is_refused(line: Line, arguments: list[str], said: str) -> None:
    ended = line.run("move", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in " ".join(ended.err.replace("│", " ").split())
