"""What becomes of a call on a livekit-server beside devhost when devhost stops."""

import subprocess
import sys
from pathlib import Path

from devhost import ports
from devhost.azurite import PROJECT
from devhost.settings import DEVELOPMENT_STORAGE
from testkit.devhost import running_devhost
from testkit.identifiers import raw_id
from testkit.ports import free_port
from testkit.raw import Raw
from testkit.running import new_key
from testkit.waiting import until

ANN = raw_id(1)
MEDIA = ["--media", "livekit"]


def test_ctrl_c_ends_the_calls_and_the_service_hears_of_it(
    tmp_path: Path, livekit_program: Path
) -> None:
    key, port = new_key(), free_port(ports.COUNT + ports.MEDIA_COUNT)
    settings = {"ROOMS_MANAGE_KEY__test": key, "ROOMS_STORAGE": DEVELOPMENT_STORAGE}
    raw = Raw(f"http://localhost:{port}", key)
    with running_devhost(PROJECT, tmp_path, settings, port, MEDIA) as devhost:
        room_id = raw.new_room({"participants": {ANN: {}}})["id"]
        way = raw.post(f"/rooms/{room_id}/admission", {"rawId": ANN}).json()["media"]
        # LiveKit's Python client works in one event loop of a process only.
        command = [sys.executable, "-m", "testkit.call_client", way["url"], way["token"]]
        with subprocess.Popen(command, cwd=PROJECT) as client:
            until(lambda: raw.get(f"/rooms/{room_id}/presence").json()["live"])
            assert devhost.interrupt() == 0
            client.kill()
    with running_devhost(PROJECT, tmp_path, settings, port):
        (call,) = raw.get(f"/rooms/{room_id}/calls").json()["value"]
    assert call["endedAt"]
    assert not call["endEstimated"]
