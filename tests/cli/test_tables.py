"""What tables show of what is estimated or lost, of guests, and of people with several raw ids."""

from typing import Any

import pytest

from rooms_cli.tables import show_attendance, show_presence

type Json = dict[str, Any]

NILS: Json = {
    "rawId": "8:n",
    "rawIds": ["8:n"],
    "name": "Nils",
    "displayName": None,
    "role": "Attendee",
    "status": "attended",
    "seconds": 65.0,
    "aloneSeconds": 0.0,
    "aloneEstimated": False,
    "lateSeconds": None,
    "leftEarlySeconds": 5.0,
    "estimated": False,
    "guest": False,
    "removedAt": None,
}
INES: Json = NILS | {"rawId": "8:i", "rawIds": ["8:i"], "name": "Ines"}
AWAY: Json = {"seconds": 0.0, "aloneSeconds": 0.0, "leftEarlySeconds": None}
COUNTS = {"invited": 2, "attended": 2, "absent": 0, "uninvited": 0, "guests": 0}


def attendance(*people: Json, cancelled: Json | None = None, **counts: int) -> Json:
    return {
        "roomId": "1",
        "title": None,
        "from": "2026-05-04T10:00:00Z",
        "until": None,
        "cancelled": cancelled,
        "incomplete": False,
        "value": list(people),
        "summary": COUNTS | counts,
    }


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Any:
    """What was printed under the first line."""
    return lambda: capsys.readouterr().out.splitlines()[1:]


def test_lengths_that_are_estimated_are_marked(lines: Any) -> None:
    show_attendance(attendance(INES, NILS | {"estimated": True}))
    *table, _ = lines()
    assert table == [
        "name  role      status    present  alone  late  left early",
        "Ines  Attendee  attended  1:05     0:00         0:05",
        "Nils  Attendee  attended  ~1:05    ~0:00        ~0:05",
    ]


def test_the_time_alone_may_be_estimated_by_itself(lines: Any) -> None:
    show_attendance(attendance(INES | {"aloneEstimated": True}))
    _, ines, _ = lines()
    assert ines == "Ines  Attendee  attended  1:05     ~0:00        0:05"


@pytest.mark.parametrize("status", ["absent", "expected"])
def test_who_may_have_come_unseen_is_marked_and_it_is_said(lines: Any, status: str) -> None:
    unseen = NILS | AWAY | {"status": status, "estimated": True}
    show_attendance(attendance(INES, unseen, INES | AWAY | {"status": status}))
    _, nils, ines, _, said, _ = lines()
    assert nils.split() == ["Nils", "Attendee", f"~{status}", "~0:00", "~0:00"]
    assert ines.split() == ["Ines", "Attendee", status, "0:00", "0:00"]
    assert said == f"~{status}: as far as events tell. Some are missing."


def test_guests_are_marked_and_counted_beside_the_invited(lines: Any) -> None:
    guest = INES | {"guest": True}
    expected = NILS | AWAY | {"status": "expected"}
    show_attendance(attendance(NILS, guest, expected, guests=1))
    *_, shown, counts = lines()
    assert shown.startswith("Ines  Attendee  attended (guest)  1:05")
    assert counts == "2 invited, 2 attended (guests: 1), 0 absent, 1 expected, 0 uninvited."


def test_who_was_removed_is_marked(lines: Any) -> None:
    removed_at = "2026-05-04T10:04:05.678+00:00"
    removed = NILS | AWAY | {"status": "absent", "removedAt": removed_at}
    show_attendance(attendance(removed, absent=1))
    _, nils, _ = lines()
    assert "  absent (removed at 2026-05-04T10:04:05Z)  " in nils


@pytest.mark.parametrize(("by", "said"), [("portal", " by portal"), (None, "")])
def test_a_cancelled_meeting_says_so(lines: Any, by: str | None, said: str) -> None:
    cancelled = {"at": "2026-05-04T09:04:05.678+00:00", "by": by}
    people = [INES, NILS | AWAY | {"status": "cancelled"}]
    show_attendance(attendance(*people, cancelled=cancelled, attended=1))
    first, _, nils, _, counts = lines()
    assert first == f"Cancelled at 2026-05-04T09:04:05Z{said}."
    assert nils.split() == ["Nils", "Attendee", "cancelled", "0:00", "0:00"]
    assert counts == "2 invited, 1 attended, 0 absent, 1 cancelled, 0 uninvited."


def test_the_number_of_raw_ids_is_shown_if_somebody_has_several(lines: Any) -> None:
    show_attendance(attendance(INES | {"rawIds": ["8:i", "8:j"]}, NILS))
    heading, ines, nils, _ = lines()
    assert heading.endswith("  left early  raw ids")
    assert (ines[-1], nils[-1]) == ("2", "1")


def presence(*people: Json, overdue: bool = False, incomplete: bool = False) -> Json:
    call = {
        "overdue": overdue,
        "lastEventAt": "2026-05-04T10:04:05.678+00:00",
        "incomplete": incomplete,
        "participants": list(people),
    }
    return {"roomId": "1", "asOf": "2026-05-04T12:00:00Z", "call": call}


IN_CALL = NILS | {"joinedAt": "2026-05-04T10:00:00Z", "legs": 1, "invited": True}


def test_since_when_somebody_is_there_is_marked_if_it_is_estimated(lines: Any) -> None:
    show_presence(presence(IN_CALL, IN_CALL | {"estimated": True}), None)
    _, known, estimated = lines()
    assert known.split()[2:] == ["2026-05-04T10:00:00Z", "1", "yes"]
    assert estimated.split()[2:] == ["~2026-05-04T10:00:00Z", "1", "yes"]


def test_a_call_that_was_not_read_whole_says_so(lines: Any) -> None:
    show_presence(presence(IN_CALL, incomplete=True), None)
    show_attendance(attendance(INES) | {"incomplete": True})
    said = "A call has more events than were read. This shows what the first of them tell."
    assert lines().count(said) == 2


@pytest.mark.parametrize("people", [(), (IN_CALL,)])
def test_a_call_that_seems_to_be_over_says_so(lines: Any, people: tuple[Json, ...]) -> None:
    show_presence(presence(*people, overdue=True), None)
    *_, said = lines()
    assert said == "The last event was at 2026-05-04T10:04:05Z: the call is probably over."
