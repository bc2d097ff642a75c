"""What tables show of what is estimated, and of guests."""

import pytest

from rooms_cli.tables import show_attendance

NILS = {
    "rawId": "8:n",
    "name": "Nils",
    "displayName": None,
    "role": "Attendee",
    "status": "attended",
    "seconds": 65.0,
    "aloneSeconds": 0.0,
    "lateSeconds": None,
    "leftEarlySeconds": 5.0,
    "estimated": True,
    "guest": False,
}
TIMES = {"from": "2026-05-04T10:00:00Z", "until": None}


def test_lengths_that_are_estimated_are_marked(capsys: pytest.CaptureFixture[str]) -> None:
    ines = {**NILS, "name": "Ines", "estimated": False}
    summary = {"invited": 2, "attended": 2, "absent": 0, "uninvited": 0, "guests": 0}
    show_attendance(
        {"roomId": "1", "title": None, **TIMES, "value": [ines, NILS], "summary": summary}
    )
    _, *table, _ = capsys.readouterr().out.splitlines()
    assert table == [
        "name  role      status    present  alone  late  left early",
        "Ines  Attendee  attended  1:05     0:00         0:05",
        "Nils  Attendee  attended  ~1:05    ~0:00        ~0:05",
    ]


def test_guests_are_marked_and_counted_beside_the_invited(
    capsys: pytest.CaptureFixture[str],
) -> None:
    guest = {**NILS, "name": "Ines", "estimated": False, "guest": True}
    summary = {"invited": 2, "attended": 2, "absent": 0, "uninvited": 0, "guests": 1}
    show_attendance(
        {"roomId": "1", "title": None, **TIMES, "value": [NILS, guest], "summary": summary}
    )
    *_, shown, counts = capsys.readouterr().out.splitlines()
    assert shown.startswith("Ines  Attendee  attended (guest)  1:05")
    assert counts == "2 invited, 2 attended (guests: 1), 0 absent, 1 expected, 0 uninvited."
