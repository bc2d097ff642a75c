"""The help of the commands."""

import pytest

from tests.cli.line import Line


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (
            "list",
            ["Open at some moment from then, RFC 3339, like", "Open at some moment before then."],
        ),
        ("create", ["Open from then, RFC 3339, like", "Open until just before then."]),
        (
            "attendance",
            ["Who was there from then, RFC 3339, like", "Who was there until just before then."],
        ),
        (
            "log",
            ["What happened from then, RFC 3339, like", "What happened until just before then."],
        ),
        ("who", ["Who was there then, RFC 3339, like"]),
        ("explain", ["Whether they could come in then, RFC 3339, like"]),
    ],
)
def test_a_time_says_of_what(line: Line, command: str, told: list[str]) -> None:
    text = " ".join(line.run(command, "--help").out.split())
    for each in told:
        assert each in text
