"""The backend of an application with rooms: whoever wants to join one gets a token of ACS only if Anteroom admits them.

COMMUNICATION_CONNECTION_STRING is Anteroom's, ACS_CONNECTION_STRING that of the ACS resource on which the calls run.
"""

import logging
import os
import re
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from azure.communication.identity import CommunicationTokenScope, CommunicationUserIdentifier
from azure.communication.identity.aio import CommunicationIdentityClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import AzureError

ANTEROOM = web.AppKey("anteroom", ClientSession)
ACS = web.AppKey("acs", CommunicationIdentityClient)

TRY_AGAIN = "Rooms cannot be joined at the moment. Please try again."

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Join a room</title>
<form>
  <p><label>Room <input name="roomId" required></label>
  <p><label>Who you are <input name="rawId" required placeholder="8:acs:..." size="90"></label>
  <p><label>Your name <input name="displayName"></label>
  <p><button>Join</button>
</form>
<ul id="told"></ul>
<script>
  const form = document.querySelector("form");
  for (const [name, value] of new URLSearchParams(location.search)) if (form.elements[name]) form.elements[name].value = value;
  function tell(messages) {
    document.getElementById("told").replaceChildren(...messages.map((message) => {
      const line = document.createElement("li");
      line.textContent = message;  // never as HTML: names and messages come from outside
      return line;
    }));
  }
  form.onsubmit = async (event) => {
    event.preventDefault();
    const answer = await fetch("/join", { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const { messages, opensAt, validUntil, token } = await answer.json();
    const here = (time) => new Date(time).toLocaleString();
    if (opensAt) messages.push(`Where you are, that is ${here(opensAt)}.`);
    if (validUntil) messages.push(`The room is open until ${here(validUntil)}.`);
    tell(messages);
    // With a token, the calling SDK goes on:
    // const agent = await new CallClient().createCallAgent(new AzureCommunicationTokenCredential(token), { displayName });
    // agent.join({ roomId });
  };
</script>
"""


async def page(_: web.Request) -> web.Response:
    return web.Response(text=PAGE, content_type="text/html")


async def signed_in(request: web.Request) -> tuple[str, str]:
    """Raw id and name of who is asking. In your code: what the session says, and never what the browser sends."""
    sent = await request.post()
    return str(sent.get("rawId", "")), str(sent.get("displayName", ""))


async def join(request: web.Request) -> web.Response:
    """POST /join: a token for who is admitted; for everyone else what to tell them."""
    room_id = str((await request.post()).get("roomId", "")).strip()
    raw_id, name = await signed_in(request)
    if not re.fullmatch("[0-9]{1,64}", room_id):  # it becomes a part of a URL
        return told(404, "There is no such room.")
    asked = {"rawId": raw_id} | ({"displayName": name} if name else {})
    try:
        async with request.app[ANTEROOM].post(f"/rooms/{room_id}/admission", json=asked) as response:
            status, decision = response.status, await response.json()
    except (ClientError, TimeoutError):
        logging.exception("Anteroom does not answer")
        return told(503, TRY_AGAIN)
    match status:
        case 200:
            return await admitted(request, raw_id, decision)
        case 403:
            reasons = decision["reasons"]
            opens_at = next((reason["opensAt"] for reason in reasons if "opensAt" in reason), None)
            return told(403, *(reason["message"] for reason in reasons), opensAt=opens_at)
        case 404:
            return told(404, "There is no such room.")
        case 503:
            return told(503, TRY_AGAIN)
    logging.error("Anteroom answers %d: %s", status, decision)  # such as 401, for a wrong key
    return told(502, "Something is wrong on our side.")


async def admitted(request: web.Request, raw_id: str, decision: dict[str, Any]) -> web.Response:
    message, until = f"You are admitted as {decision['role']}.", {"validUntil": decision["validUntil"]}
    if ACS not in request.app:
        return told(200, message, "There is no token: ACS_CONNECTION_STRING names no ACS resource that could issue one.", **until)
    try:
        scopes: list[str | CommunicationTokenScope] = [CommunicationTokenScope.VOIP_JOIN]
        user = CommunicationUserIdentifier(raw_id)
        issued = await request.app[ACS].get_token(user, scopes, token_expires_in=timedelta(hours=1))  # the shortest there is
    except AzureError:
        logging.exception("ACS issues no token")
        return told(503, TRY_AGAIN)
    return told(200, message, **until, capabilities=decision["capabilities"], token=issued.token)


def told(status: int, *messages: str, **more: Any) -> web.Response:
    return web.json_response({"messages": messages, **more}, status=status, headers={"Cache-Control": "no-store"})


def endpoint_and_key(connection_string: str) -> tuple[str, str]:
    parts = {name.lower(): value for name, _, value in (part.partition("=") for part in connection_string.split(";"))}
    return parts["endpoint"].rstrip("/"), parts["accesskey"]


async def clients(app: web.Application) -> AsyncIterator[None]:
    endpoint, key = endpoint_and_key(os.environ["COMMUNICATION_CONNECTION_STRING"])
    async with ClientSession(endpoint, headers={"x-api-key": key}, timeout=ClientTimeout(total=15)) as app[ANTEROOM]:
        if acs := os.environ.get("ACS_CONNECTION_STRING"):
            endpoint, key = endpoint_and_key(acs)
            async with CommunicationIdentityClient(endpoint, AzureKeyCredential(key)) as app[ACS]:
                yield
        else:
            yield


if not os.environ.get("COMMUNICATION_CONNECTION_STRING"):
    sys.exit("Set COMMUNICATION_CONNECTION_STRING to the connection string that `make start` prints.")

app = web.Application()
app.add_routes([web.get("/", page), web.post("/join", join)])
app.cleanup_ctx.append(clients)
web.run_app(app, host="localhost", port=int(os.environ.get("PORT", "8080")))
