"""What becomes of a call on a livekit-server beside devhost when devhost stops."""

import asyncio
from pathlib import Path
from typing import Any

from livekit import rtc

from devhost.azurite import PROJECT
from devhost.settings import DEVELOPMENT_STORAGE
from testkit.devhost import Devhost, running_devhost
from testkit.identifiers import raw_id
from testkit.ports import free_port
from testkit.raw import Raw
from testkit.running import new_key
from testkit.waiting import until

ANN = raw_id(1)


async def join_and_interrupt(way: Any, in_call: Raw, room_id: str, devhost: Devhost) -> None:
    """Joins, waits until the service knows, and sends Ctrl-C."""
    room = rtc.Room()
    await room.connect(way["url"], way["token"])
    await asyncio.to_thread(until, lambda: in_call.get(f"/rooms/{room_id}/presence").json()["live"])
    assert await asyncio.to_thread(devhost.interrupt) == 0
    await room.disconnect()


def test_ctrl_c_ends_the_calls_and_the_service_hears_of_it(
    tmp_path: Path, livekit_program: Path
) -> None:
    key, port = new_key(), free_port(5)
    settings = {"ROOMS_MANAGE_KEY__test": key, "ROOMS_STORAGE": DEVELOPMENT_STORAGE}
    raw = Raw(f"http://localhost:{port}", key)
    with running_devhost(PROJECT, tmp_path, settings, port, ["--media", "livekit"]) as devhost:
        room_id = raw.new_room({"participants": {ANN: {}}})["id"]
        way = raw.post(f"/rooms/{room_id}/admission", {"rawId": ANN}).json()["media"]
        asyncio.run(join_and_interrupt(way, raw, room_id, devhost))
    with running_devhost(PROJECT, tmp_path, settings, port):
        (call,) = raw.get(f"/rooms/{room_id}/calls").json()["value"]
    assert call["endedAt"]
    assert not call["endEstimated"]
