"""The console: a page for people, and its files. Whoever asks gets them; what they show needs a
key."""

import azure.functions as func

from rooms import clients
from rooms.console.assets import PAGE, Console

blueprint = func.Blueprint()

NOT_INSTALLED = (
    "The libraries of the console are not there. Install them beside the app with: npm install --omit=dev\n"
    "(make start does so itself; before a deployment run it in the folder that is deployed.)\n"
)


@blueprint.route("console", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def get_console(req: func.HttpRequest) -> func.HttpResponse:
    """GET /console"""
    return _answer(req, PAGE)


@blueprint.route("console/{file}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def get_console_file(req: func.HttpRequest) -> func.HttpResponse:
    """GET /console/{file}"""
    return _answer(req, req.route_params["file"])


def _answer(request: func.HttpRequest, name: str) -> func.HttpResponse:
    if not clients.settings().console:
        return func.HttpResponse(
            "The console is turned off here (ROOMS_CONSOLE).\n", status_code=404
        )
    if (served := clients.console()) is None:
        return func.HttpResponse(NOT_INSTALLED, status_code=404)
    if (file := served.files.get(name)) is None:
        return func.HttpResponse("The console has no such file.\n", status_code=404)
    headers = _headers(served) | {"ETag": file.etag}
    if file.etag in request.headers.get("if-none-match", ""):
        return func.HttpResponse(status_code=304, headers=headers | {"Content-Type": ""})
    headers["Content-Type"] = f"{file.media_type}; charset=utf-8"
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return func.HttpResponse(file.content, headers=headers)
    return func.HttpResponse(file.gzipped, headers=headers | {"Content-Encoding": "gzip"})


def _headers(served: Console) -> dict[str, str]:
    return {
        "Content-Security-Policy": served.policy,
        "Cache-Control": "no-cache",  # kept, but asked about, so that an upgrade shows at once
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
