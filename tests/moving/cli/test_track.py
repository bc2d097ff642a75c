"""How a long command shows how far it is."""

import io
import sys

import pytest

from rooms_cli.moving.track import LINE_SECONDS, Track


class Terminal(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_without_a_terminal_it_says_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str],
) -> None:
    time = 0.0
    with Track(clock=lambda: time) as track:
        track.begin("rooms", 1200)
        for _ in range(4):
            time += LINE_SECONDS / 2
            track.advance(300)
    assert capsys.readouterr().err.splitlines() == [
        "rooms: 600 of 1,200",
        "rooms: 1,200 of 1,200",
    ]


def test_on_a_terminal_it_is_a_bar_that_goes_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with Track() as track:
        track.begin("rooms", 2)
        track.advance()
        track.say("A line.")
    shown = terminal.getvalue()
    assert "rooms" in shown
    assert "1/2" in shown
    assert "A line.\n" in shown
    assert shown.endswith("\x1b[2K")
