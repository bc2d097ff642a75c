"""Runs an application with a page of its own for calls: examples/call.html and call.mjs.

COMMUNICATION_CONNECTION_STRING is the connection string of an Anteroom with a LiveKit server, such
as that of `make start MEDIA=livekit`. The page gets livekit-client from node_modules.
"""

import logging
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

ANTEROOM = web.AppKey("anteroom", ClientSession)
HERE = Path(__file__).parent
LIVEKIT = HERE.parent / "node_modules/livekit-client/dist/livekit-client.esm.mjs"

TRY_AGAIN = "The call cannot be joined at the moment. Trying again ..."


async def signed_in(request: web.Request) -> tuple[str, str]:
    """Returns raw id and name of the user. In your code, take them from the session, never from the
    browser. The raw id is that of the user whom you made when the person signed up."""
    sent = await request.post()
    return str(sent.get("rawId", "")).strip(), str(sent.get("displayName", "")).strip()


async def join(request: web.Request) -> web.Response:
    """Answers POST /join with the way into the call for people who are admitted, and a message for
    all others. The page asks again after each disconnect."""
    sent = await request.post()
    room_id = str(sent.get("roomId", "")).strip()
    raw_id, name = await signed_in(request)
    if not re.fullmatch("[0-9]{1,64}", room_id):  # it becomes a part of a URL
        return answer(404, "There is no such room.")
    asked: dict[str, Any] = {"rawId": raw_id, "device": str(sent.get("device", ""))}
    if "callId" in sent:
        asked["lost"] = {name: str(sent.get(name, "")) for name in ("callId", "participantId")}
    if name:
        asked["displayName"] = name
    try:
        async with request.app[ANTEROOM].post(
            f"/rooms/{room_id}/admission", json=asked
        ) as response:
            status, decision = response.status, await response.json()
    except (ClientError, TimeoutError):
        logging.exception("Anteroom does not answer")
        return answer(503, TRY_AGAIN)
    match status:
        case 200 if "media" in decision:
            return answer(200, f"You are in as {decision['role']}.", media=decision["media"])
        case 400:
            return answer(400, "The raw id, the name or the device is not valid.")
        case 403:
            return answer(403, *(reason["message"] for reason in decision["reasons"]))
        case 404:
            return answer(404, "There is no such room.")
        case 409:  # what was lost had been ended, or they were removed
            return answer(409, decision["error"]["message"])
        case 429 | 503:
            return answer(503, TRY_AGAIN)
    # 401 is a wrong key. 200 without media: that Anteroom has no media server.
    logging.error("Anteroom answers %d", status)
    return answer(502, "Something is wrong on our side.")


def answer(status: int, *messages: str, **more: Any) -> web.Response:
    return web.json_response(
        {"messages": messages, **more}, status=status, headers={"Cache-Control": "no-store"}
    )


def file(path: Path) -> web.RouteDef:
    async def read(_: web.Request) -> web.FileResponse:
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})

    return web.get("/" if path.suffix == ".html" else f"/{path.name}", read)


async def client(app: web.Application, endpoint: str, key: str) -> AsyncIterator[None]:
    async with ClientSession(
        endpoint, headers={"x-api-key": key}, timeout=ClientTimeout(total=15)
    ) as app[ANTEROOM]:
        yield


def main() -> None:
    text = os.environ.get("COMMUNICATION_CONNECTION_STRING", "")
    parts = re.fullmatch(r"endpoint=(https?://[^;]+?)/?;accesskey=(\S+)", text.strip())
    if parts is None:
        sys.exit("Set COMMUNICATION_CONNECTION_STRING: source .devhost/env")
    if not LIVEKIT.exists():
        sys.exit("livekit-client is not installed. Run: npm install")
    app = web.Application()
    pages = (HERE / "call.html", HERE / "call.mjs", LIVEKIT)
    app.add_routes([web.post("/join", join), *map(file, pages)])
    app.cleanup_ctx.append(lambda app: client(app, *parts.groups()))
    web.run_app(app, host="localhost", port=int(os.environ.get("PORT", "8080")))


main()
