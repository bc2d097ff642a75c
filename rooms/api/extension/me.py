"""Me: who calls, and what they may do."""

from typing import TypedDict

import azure.functions as func

from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.settings.keys import Access

routes = Routes()


class Me(TypedDict):
    """The caller, as the log names them: the name of a key, or the object id of a token. `may` is
    `manage` for who may do everything, and `read` for who may only read."""

    actor: str
    may: Access


@routes.extension("GET", "me")
async def get_me(request: Request) -> func.HttpResponse:
    """Answers with who calls. No request to the storage."""
    body: Me = {"actor": request.caller.name, "may": request.caller.access}
    return json_answer(200, body)
