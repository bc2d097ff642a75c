"""`rooms invite-link`."""

import pytest

from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw
from testkit.running import RunningApp
from tests.cli.line import VARIABLE, Line

ANN = raw_id(1)


@pytest.fixture(scope="module")
def room_id(raw: Raw, insight: Insight) -> str:
    """A room to which one person is invited, whose name it knows."""
    room: str = raw.new_room({"participants": {ANN: {"role": "Attendee"}}})["id"]
    named = {"participants": {ANN: {"name": "Dr. Ann"}}}
    assert insight.patch(f"/rooms/{room}/details", named).status == 200
    return room


def seen_with(insight: Insight, url: str, room_id: str) -> object:
    """Whom the service takes the holder of a link for."""
    base, _, token = url.partition("#")
    assert base.endswith(f"/join/{room_id}")
    path, holder = f"/rooms/{room_id}/join", f"Authorization: JoinLink {token}"
    answer = insight.app.devhost.get(path, holder)
    assert answer.status == 200, answer
    return answer.json()["person"]["displayName"]


def test_the_link_of_somebody_is_printed_whole(line: Line, insight: Insight, room_id: str) -> None:
    whom, url = line.out("invite-link", room_id, "dr. ann")
    until = line.json("show", room_id)["validUntil"]
    assert whom.startswith(f"Only for Dr. Ann, until {until[:16]}")
    assert seen_with(insight, url, room_id) == "Dr. Ann"


def test_another_name_and_another_end_can_be_given(
    line: Line, insight: Insight, room_id: str
) -> None:
    until = line.json("show", room_id)["validFrom"].replace("20", "21", 1)
    sooner = line.run("invite-link", room_id, ANN, "--expires", until)
    assert (sooner.code, sooner.out) == (1, "")
    assert "--expires: Must be a time to come, and at most validUntil of the room." in sooner.err
    made = line.json("invite-link", room_id, ANN, "--name", "Mum")
    assert made["rawId"] == ANN
    assert seen_with(insight, made["url"], room_id) == "Mum"


def test_who_is_not_invited_gets_no_link(line: Line, room_id: str) -> None:
    ended = line.run("invite-link", room_id, raw_id(9))
    assert (ended.code, ended.out) == (1, "")
    assert "PERSON: Must be on the roster of the room" in ended.err


def test_a_key_that_may_only_read_makes_none(line: Line, app: RunningApp, room_id: str) -> None:
    reader = {VARIABLE: f"endpoint={app.http}/;accesskey={app.read_key}"}
    ended = line.having(**reader).run("invite-link", room_id, ANN)
    assert (ended.code, ended.out) == (1, "")
    assert "rooms invite-link" in ended.err
