"""What an import keeps of what it has done."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rooms_cli.failures import Failure
from rooms_cli.moving import notes
from rooms_cli.moving.notes import Errand, noted

ERRAND = Errand("https://acs", "https://here", "acs")

ROOM = {
    "id": "99400000000000001",
    "createdAt": "2026-05-01T10:00:00+00:00",
    "validFrom": "2026-05-01T10:00:00+00:00",
    "validUntil": "2026-06-01T10:00:00+00:00",
    "pstnDialOutEnabled": False,
}
OTHER = ROOM | {"id": "99400000000000002"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "import.notes"


@pytest.fixture
def interrupted(path: Path) -> Path:
    """The file of an import that has brought one room."""
    with noted(path, ERRAND) as kept:
        kept.add(ROOM)
    return path


def test_what_was_brought_is_known_to_the_next(interrupted: Path) -> None:
    with noted(interrupted, ERRAND) as kept:
        assert kept.has(ROOM)
        assert not kept.has(OTHER)
        kept.add(OTHER)
    with noted(interrupted, ERRAND) as kept:
        assert kept.has(ROOM)
        assert kept.has(OTHER)


def test_a_room_that_was_changed_since_is_not_known(interrupted: Path) -> None:
    with noted(interrupted, ERRAND) as kept:
        assert not kept.has(ROOM | {"validUntil": "2026-07-01T10:00:00+00:00"})
        assert not kept.has(ROOM | {"pstnDialOutEnabled": True})


def test_a_line_that_was_cut_by_a_kill_is_no_room_and_spoils_none(interrupted: Path) -> None:
    interrupted.write_text(interrupted.read_text()[:-9])
    with noted(interrupted, ERRAND) as kept:
        assert not kept.has(ROOM)
        kept.add(OTHER)
    with noted(interrupted, ERRAND) as kept:
        assert kept.has(OTHER)


def test_an_import_that_has_ended_leaves_nothing(interrupted: Path) -> None:
    with noted(interrupted, ERRAND) as kept:
        kept.finish()
    assert not interrupted.exists()


def test_notes_of_another_import_are_left_as_they_are(interrupted: Path) -> None:
    before = interrupted.read_text()
    with (
        pytest.raises(Failure, match="from https://acs to https://here, with --carrier acs"),
        noted(interrupted, Errand("https://acs", "https://here", "own")),
    ):
        pass
    assert interrupted.read_text() == before


@pytest.mark.parametrize("text", ["not ours", "{}", "[]", '{"beganAt":"yesterday"}'])
def test_a_file_of_something_else_is_left_as_it_is(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(Failure, match="has no notes of an import"), noted(path, ERRAND):
        pass
    assert path.read_text() == text


def test_notes_of_the_day_before_are_not_used(interrupted: Path) -> None:
    head, *lines = interrupted.read_text().split("\n")
    began = datetime.now(UTC) - notes.GOOD_FOR
    old = json.dumps(json.loads(head) | {"beganAt": began.isoformat()})
    interrupted.write_text("\n".join((old, *lines)))
    with noted(interrupted, ERRAND) as kept:
        assert not kept.has(ROOM)
