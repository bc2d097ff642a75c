"""The routes of the join page. Anybody gets its files; only a join link lets people in."""

import azure.functions as func

from rooms.api.routing import Routes
from rooms.app import App
from rooms.pages.answers import file_answer, not_installed
from rooms.pages.files import INDEX

routes = Routes()

NOT_HERE = "Nobody can join calls here: see ROOMS_MEDIA_URL and ROOMS_JOIN_PAGE.\n"

_DEVICES = "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self)"


@routes.public("GET", "join/{roomId}")
async def get_join_page(app: App, http: func.HttpRequest) -> func.HttpResponse:
    """Answers with the page. It reads the room and the join link in its address itself."""
    return _answer(app, http, INDEX)


@routes.public("GET", "join/static/{file}")
async def get_join_page_file(app: App, http: func.HttpRequest) -> func.HttpResponse:
    """Answers with a file of the page."""
    return _answer(app, http, http.route_params["file"])


def _answer(app: App, http: func.HttpRequest, name: str) -> func.HttpResponse:
    if app.join_links is None:
        return func.HttpResponse(NOT_HERE, status_code=404)
    if (page := app.join_page) is None:
        return not_installed("join page")
    answer = file_answer(http, page, name)
    answer.headers["Permissions-Policy"] = _DEVICES
    return answer
