"""The join link that a request holds, in place of a key."""

import azure.functions as func

from rooms.api.errors import NoJoinPage
from rooms.app import App
from rooms.domain.join_link import JoinLink
from rooms.media.errors import InvalidJoinLink

SCHEME = "JoinLink"
"""That of the Authorization header: `JoinLink <token>`."""


def held_link(app: App, http: func.HttpRequest) -> JoinLink:
    """Returns the link of a request, which is for the room in its path.

    Raises:
        NoJoinPage: nobody may join with links.
        InvalidJoinLink: it has none, or one that is not good here.
    """
    if app.join_links is None:
        raise NoJoinPage
    scheme, _, token = http.headers.get("authorization", "").partition(" ")
    if scheme.lower() != SCHEME.lower():
        raise InvalidJoinLink
    return app.join_links.read(token.strip(), http.route_params["roomId"])
