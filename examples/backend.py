"""Runs the backend of an application with rooms. People get a token only if Anteroom admits them.

COMMUNICATION_CONNECTION_STRING is the connection string of Anteroom, which also makes the tokens,
or has ACS make them.
"""

import base64
import logging
import os
import re
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from azure.communication.identity import CommunicationTokenScope, CommunicationUserIdentifier
from azure.communication.identity.aio import CommunicationIdentityClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import AzureError, ResourceNotFoundError

ANTEROOM = web.AppKey("anteroom", ClientSession)
IDENTITIES = web.AppKey("identities", CommunicationIdentityClient)

TRY_AGAIN = "Rooms cannot be joined at the moment. Please try again."

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Join a room</title>
<form>
  <p><label>Room <input name="roomId" required></label>
  <p><label>Who you are
    <input name="rawId" required maxlength="256" placeholder="8:acs:..." size="90"></label>
  <p><label>Your name <input name="displayName" maxlength="256"></label>
  <p><button>Join</button>
</form>
<ul id="messages"></ul>
<script>
  const form = document.querySelector("form");
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (form.elements[name]) form.elements[name].value = value;
  }
  function show(messages) {
    document.getElementById("messages").replaceChildren(...messages.map((message) => {
      const line = document.createElement("li");
      line.textContent = message;  // never as HTML: names and messages come from outside
      return line;
    }));
  }
  form.onsubmit = async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch("/join", { method: "POST", body });
    const { messages, opensAt, validUntil, token } = await answer.json();
    const here = (time) => new Date(time).toLocaleString();
    if (opensAt) messages.push(`Where you are, that is ${here(opensAt)}.`);
    if (validUntil) messages.push(`The room is open until ${here(validUntil)}.`);
    show(messages);
    // With a token of ACS, the calling SDK goes on:
    // const credential = new AzureCommunicationTokenCredential(token);
    // const agent = await new CallClient().createCallAgent(credential, { displayName });
    // agent.join({ roomId });
  };
</script>
"""


async def page(_: web.Request) -> web.Response:
    return web.Response(text=PAGE, content_type="text/html")


async def signed_in(request: web.Request) -> tuple[str, str]:
    """Returns raw id and name of the user. In your code, take them from the session, never from the
    browser. The raw id is that of the user whom you made when the person signed up."""
    sent = await request.post()
    return str(sent.get("rawId", "")).strip(), str(sent.get("displayName", "")).strip()


async def join(request: web.Request) -> web.Response:
    """Answers POST /join with a token for people who are admitted, and a message for all others."""
    room_id = str((await request.post()).get("roomId", "")).strip()
    raw_id, name = await signed_in(request)
    if not re.fullmatch("[0-9]{1,64}", room_id):  # it becomes a part of a URL
        return answer(404, "There is no such room.")
    asked = {"rawId": raw_id} | ({"displayName": name} if name else {})
    try:
        async with request.app[ANTEROOM].post(
            f"/rooms/{room_id}/admission", json=asked
        ) as response:
            status, decision = response.status, await response.json()
    except (ClientError, TimeoutError):
        logging.exception("Anteroom does not answer")
        return answer(503, TRY_AGAIN)
    match status:
        case 200:
            return await admitted(request, raw_id, decision)
        case 400:
            # The raw id is missing, or one of them is too long.
            return answer(400, "The raw id or the name is not valid.")
        case 403:
            reasons = decision["reasons"]
            opens_at = next((reason["opensAt"] for reason in reasons if "opensAt" in reason), None)
            return answer(403, *(reason["message"] for reason in reasons), opensAt=opens_at)
        case 404:
            return answer(404, "There is no such room.")
        case 429 | 503:
            return answer(503, TRY_AGAIN)
    logging.error("Anteroom answers %d: %s", status, decision)  # such as 401, for a wrong key
    return answer(502, "Something is wrong on our side.")


async def admitted(request: web.Request, raw_id: str, decision: dict[str, Any]) -> web.Response:
    message, until = (
        f"You are admitted as {decision['role']}.",
        {"validUntil": decision["validUntil"]},
    )
    try:
        scopes: list[str | CommunicationTokenScope] = [CommunicationTokenScope.VOIP_JOIN]
        user = CommunicationUserIdentifier(raw_id)
        issued = await request.app[IDENTITIES].get_token(
            user, scopes, token_expires_in=timedelta(hours=1)
        )  # the shortest there is
    except ResourceNotFoundError:
        return answer(404, "You are admitted, but nobody has made this user.")
    except AzureError:
        logging.exception("no token is issued")
        return answer(503, TRY_AGAIN)
    return answer(200, message, **until, capabilities=decision["capabilities"], token=issued.token)


def answer(status: int, *messages: str, **more: Any) -> web.Response:
    return web.json_response(
        {"messages": messages, **more}, status=status, headers={"Cache-Control": "no-store"}
    )


type Connection = tuple[str, str]
"""Endpoint and key."""


VARIABLE = "COMMUNICATION_CONNECTION_STRING"


def connection() -> Connection:
    """Returns the connection to Anteroom."""
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        sys.exit(f"Set {VARIABLE} to the connection string that `make start` prints.")
    parts = {
        name.lower(): value for name, _, value in (part.partition("=") for part in text.split(";"))
    }
    endpoint, key = parts.get("endpoint", "").rstrip("/"), parts.get("accesskey", "")
    try:
        url = urlsplit(endpoint)
        usable = (
            url.scheme in ("http", "https")
            and url.hostname
            and url.port != 0
            and base64.b64decode(key, validate=True)
        )
    except ValueError:
        usable = False
    if not usable:
        sys.exit(
            f"{VARIABLE} must be a connection string: endpoint=https://<host>/;accesskey=<the key>."
            " Put single quotes around it: the shell ends a command at a semicolon."
        )
    return endpoint, key


async def clients(app: web.Application, anteroom: Connection) -> AsyncIterator[None]:
    endpoint, key = anteroom
    async with (
        ClientSession(endpoint, headers={"x-api-key": key}, timeout=ClientTimeout(total=15)) as app[
            ANTEROOM
        ],
        CommunicationIdentityClient(endpoint, AzureKeyCredential(key)) as app[IDENTITIES],
    ):
        yield


def main() -> None:
    anteroom = connection()
    port = os.environ.get("PORT", "8080")
    if not port.isdecimal() or not 0 < int(port) < 65_536:
        sys.exit(f"PORT is {port!r}: set it to a port between 1 and 65535.")
    app = web.Application()
    app.add_routes([web.get("/", page), web.post("/join", join)])
    app.cleanup_ctx.append(lambda app: clients(app, anteroom))
    try:
        web.run_app(app, host="localhost", port=int(port))
    except OSError as problem:
        sys.exit(
            f"Port {port} is not available ({os.strerror(problem.errno or 0)})."
            " Set PORT to another one."
        )


main()
