"""What tables show of what is estimated."""

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
}


def test_lengths_that_are_estimated_are_marked(capsys: pytest.CaptureFixture[str]) -> None:
    ines = {**NILS, "name": "Ines", "estimated": False}
    summary = {"invited": 2, "attended": 2, "absent": 0, "uninvited": 0}
    times = {"from": "2026-05-04T10:00:00Z", "until": None}
    show_attendance(
        {"roomId": "1", "title": None, **times, "value": [ines, NILS], "summary": summary}
    )
    _, *table, _ = capsys.readouterr().out.splitlines()
    assert table == [
        "name  role      status    present  alone  late  left early",
        "Ines  Attendee  attended  1:05     0:00         0:05",
        "Nils  Attendee  attended  ~1:05    ~0:00        ~0:05",
    ]
