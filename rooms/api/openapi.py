"""Serves the OpenAPI document: the file beside this module, which `make openapi` writes."""

from functools import cache
from pathlib import Path

import azure.functions as func

from rooms.api.responses import text_answer
from rooms.api.routing import Routes
from rooms.app import App

routes = Routes()

FILE = Path(__file__).parent / "openapi.json"

_read = cache(FILE.read_bytes)


@routes.public("GET", "openapi.json")
async def get_openapi(app: App, http: func.HttpRequest) -> func.HttpResponse:
    """Answers anybody: the document has no secret, and tools fetch it without a key."""
    return text_answer(_read(), "application/json", {})
