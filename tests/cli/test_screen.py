"""Texts from outside on the terminal."""

import json

import pytest

from testkit.events import live_meeting
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw
from tests.cli.line import Line

ALICE = raw_id(1)
HOSTILE = "[red]A\x1b[31m\x07\u202eb\n\u009bc\u2028d[/]"
SHOWN = "[red]A[31mb c d[/]"


@pytest.fixture(scope="module")
def room_id(raw: Raw, insight: Insight) -> str:
    """A room that is called so, as is who is in it."""
    room_id: str = raw.new_room({"participants": {ALICE: {}}})["id"]
    details = {"title": HOSTILE, "participants": {ALICE: {"name": HOSTILE}}}
    assert insight.patch(f"/rooms/{room_id}/details", details).status == 200
    call = live_meeting(room_id)
    insight.deliver(call.started(), call.added(1, ALICE, HOSTILE))
    return room_id


@pytest.mark.parametrize("command", ["show", "who", "attendance", "log"])
def test_texts_from_outside_neither_steer_the_terminal_nor_are_markup(
    line: Line, room_id: str, command: str
) -> None:
    out = "\n".join(line.out(command, room_id))
    assert SHOWN in out
    assert not set("\x1b\x07\u202e\u009b\u2028") & set(out)


def test_scripts_get_them_as_they_are_but_in_ascii(line: Line, room_id: str) -> None:
    out = line.run("show", room_id, "--json").out
    assert out.isascii()
    assert json.loads(out)["title"] == HOSTILE


def test_a_table_is_cut_nowhere(line: Line, room_id: str) -> None:
    assert line.having(COLUMNS="20").out("show", room_id)[-1].endswith(ALICE)


def test_a_terminal_that_has_not_all_letters_shows_the_others(line: Line, room_id: str) -> None:
    (said,) = line.having(PYTHONIOENCODING="ascii").out("explain", room_id, raw_id(2))
    assert said.startswith("8:acs:5ab1e000?-000000000002 ")
