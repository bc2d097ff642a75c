"""`rooms mute`, `rooms kick`, `rooms end` and `rooms media check`, with a stand-in of the media
server."""

import pytest

from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.livekit_double import LiveKitDouble
from testkit.raw import Raw
from testkit.running import RunningApp
from tests.cli.line import VARIABLE, Line

NILS = raw_id(1)


@pytest.fixture
def room(insight: Insight, raw: Raw, media_server: LiveKitDouble) -> str:
    """A room in whose call Nils is, with his microphone on."""
    room_id: str = raw.new_room({"participants": {NILS: {}}})["id"]
    insight.patch(f"/rooms/{room_id}/details", {"participants": {NILS: {"name": "Nils"}}})
    asked = {"rawId": NILS, "device": "phone"}
    admitted = insight.send("POST", f"/rooms/{room_id}/admission", asked).json()
    media_server.join(admitted["media"]["token"])
    media_server.publish(room_id, f"{NILS}#phone", "MICROPHONE")
    return room_id


def test_somebody_is_muted_by_name(line: Line, media_server: LiveKitDouble, room: str) -> None:
    ended = line.run("mute", room, "Nils")
    assert (ended.code, ended.out) == (0, f"Muted Nils in the call of room {room}.\n")
    (track,) = media_server.rooms[room].people[f"{NILS}#phone"].tracks
    assert track.muted


def test_somebody_is_removed_once(line: Line, media_server: LiveKitDouble, room: str) -> None:
    ended = line.run("kick", room, NILS)
    assert (ended.code, ended.out) == (0, f"Removed Nils from the call of room {room}.\n")
    assert media_server.rooms[room].people == {}
    assert "`rooms who ROOM` shows who is there." in line.failure("kick", room, NILS)


def test_a_call_is_ended(line: Line, media_server: LiveKitDouble, room: str) -> None:
    ended = line.run("end", room)
    assert (ended.code, ended.out) == (0, f"Ended the call of room {room}.\n")
    assert room not in media_server.rooms


@pytest.mark.parametrize("command", ["kick", "mute", "end"])
def test_a_read_key_is_told_that_it_is_not_enough(
    line: Line, app: RunningApp, room: str, command: str
) -> None:
    reading = f"endpoint={app.http}/;accesskey={app.read_key}"
    arguments = [room] if command == "end" else [room, NILS]
    told = line.having(**{VARIABLE: reading}).failure(command, *arguments)
    assert f"`rooms {command}` needs a manage key." in told


def test_what_a_media_server_lacks_is_said_with_what_to_do(line: Line) -> None:
    ended = line.run("media", "check")
    assert ended.code == 1  # nobody has told the stand-in where its events should go
    assert "ok       media server   The media server answers." in ended.out.splitlines()
    assert "Set `webhook.urls` of the server to http://" in ended.out
