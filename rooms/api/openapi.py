"""Serves the OpenAPI document: the file beside this module, which `make openapi` writes."""

import gzip
from functools import cache
from pathlib import Path

import azure.functions as func

from rooms.api.responses import text_answer
from rooms.api.routing import Routes
from rooms.app import App

routes = Routes()

FILE = Path(__file__).parent / "openapi.json"


@routes.public("GET", "openapi.json")
async def get_openapi(app: App, http: func.HttpRequest) -> func.HttpResponse:
    """Answers anybody: the document has no secret, and tools fetch it without a key."""
    headers = {"Vary": "Accept-Encoding", "Cache-Control": "no-cache"}
    if "gzip" in http.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return text_answer(_compressed(), "application/json", headers)
    return text_answer(_plain(), "application/json", headers)


@cache
def _plain() -> bytes:
    return FILE.read_bytes()


@cache
def _compressed() -> bytes:
    return gzip.compress(_plain())  # a tenth
