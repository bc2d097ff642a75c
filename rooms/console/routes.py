"""The routes of the console. Anybody gets its files; the data in it needs a key."""

import json

import azure.functions as func

from rooms.api.routing import Routes
from rooms.app import App
from rooms.console.assets import PAGE, Console

routes = Routes()

SETTINGS = "settings.json"
"""The name of what the page has to know before anybody signs in."""

NOT_INSTALLED = (
    "The console's libraries are missing. Install them beside the app: npm install --omit=dev\n"
    "(make start does this. Before a deployment, run it in the folder that you deploy.)\n"
)


@routes.public("GET", "console")
async def get_console(app: App, http: func.HttpRequest) -> func.HttpResponse:
    """Answers with the page."""
    return _answer(app, http, PAGE)


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
        return func.HttpResponse(NOT_INSTALLED, status_code=404)
    if name == SETTINGS:
        return _settings(app, console)
    if (file := console.files.get(name)) is None:
        return func.HttpResponse("The console has no such file.\n", status_code=404)
    headers = _headers(console) | {"ETag": file.etag}
    if file.etag in http.headers.get("if-none-match", ""):
        return func.HttpResponse(status_code=304, headers=headers | {"Content-Type": ""})
    headers["Content-Type"] = f"{file.media_type}; charset=utf-8"
    if "gzip" not in http.headers.get("accept-encoding", ""):
        return func.HttpResponse(file.content, headers=headers)
    return func.HttpResponse(file.gzipped, headers=headers | {"Content-Encoding": "gzip"})


def _settings(app: App, console: Console) -> func.HttpResponse:
    """Returns where people sign in. Nothing in it is secret."""
    entra = app.settings.entra
    place = None if entra is None else entra.console_sign_in
    told = place and {"authority": place.authority, "clientId": place.client_id}
    headers = _headers(console) | {"Content-Type": "application/json; charset=utf-8"}
    return func.HttpResponse(json.dumps({"signIn": told}), headers=headers)


def _headers(console: Console) -> dict[str, str]:
    return {
        "Content-Security-Policy": console.policy,
        "Cache-Control": "no-cache",  # kept, but revalidated, so that an upgrade shows at once
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
