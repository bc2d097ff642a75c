"""The help of the commands."""

import pytest

from tests.cli.line import Line


@pytest.mark.parametrize(
    ("command", "texts"),
    [
        (
            "list",
            [
                "Only rooms open at or after this time, RFC 3339,",
                "Only rooms open before this time.",
            ],
        ),
        ("create", ["When the room opens, RFC 3339,", "When the room closes."]),
        (
            "attendance",
            [
                "The attendance from this time, RFC 3339,",
                "The attendance until just before this time.",
            ],
        ),
        (
            "log",
            ["Only records from this time on, RFC 3339,", "Only records before this time."],
        ),
        ("who", ["Who was there at this time, RFC 3339,"]),
        ("explain", ["Whether they could join at this time, RFC 3339,"]),
    ],
)
def test_help_explains_each_time(line: Line, command: str, texts: list[str]) -> None:
    shown = " ".join(line.run(command, "--help").out.split())
    for text in texts:
        assert text in shown
