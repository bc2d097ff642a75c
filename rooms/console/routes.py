"""The routes of the console. Anybody gets its files; the data in it needs a key."""

import json

import azure.functions as func

from rooms.api.routing import Routes
from rooms.app import App
from rooms.auth.url import signed_host
from rooms.pages.answers import file_answer, not_installed, page_headers
from rooms.pages.files import INDEX, Page

routes = Routes()

SETTINGS = "settings.json"
"""The name of what the page has to know before anybody signs in."""


@routes.public("GET", "/")
async def get_root(app: App, http: func.HttpRequest) -> func.HttpResponse:
    """Leads to the page. A browser keeps what is after # in its address, such as a key."""
    answer = _answer(app, http, INDEX)
    if answer.status_code == 404:
        return answer
    return func.HttpResponse(status_code=302, headers={"Location": "/console"})


@routes.public("GET", "console")
async def get_console(app: App, http: func.HttpRequest) -> func.HttpResponse:
    """Answers with the page."""
    return _answer(app, http, INDEX)


@routes.public("GET", "console/{file}")
async def get_console_file(app: App, http: func.HttpRequest) -> func.HttpResponse:
    """Answers with a file of the page."""
    return _answer(app, http, http.route_params["file"])


def _answer(app: App, http: func.HttpRequest, name: str) -> func.HttpResponse:
    if not app.settings.console:
        return func.HttpResponse(
            "The console is turned off here (ROOMS_CONSOLE).\n", status_code=404
        )
    if (console := app.console) is None:
        return not_installed("console")
    if name == SETTINGS:
        return _settings(app, http, console)
    return file_answer(http, console, name)


def _settings(app: App, http: func.HttpRequest, console: Page) -> func.HttpResponse:
    """Returns which host signatures must name, where people sign in, whether they can join with
    links, and what is done with rooms at ACS. Nothing in it is secret."""
    entra, moving = app.settings.entra, app.settings.moving
    place = None if entra is None else entra.console_sign_in
    told = place and {"authority": place.authority, "clientId": place.client_id}
    headers = page_headers(console) | {
        "Content-Type": "application/json; charset=utf-8",
        "Cache-Control": "no-store",
    }
    settings = {
        "host": signed_host(http, app.settings.trust_forwarded_host),
        "signIn": told,
        "joinLinks": app.join_links is not None,
        "acsMode": "own" if moving is None else moving.mode,
    }
    return func.HttpResponse(json.dumps(settings), headers=headers)
