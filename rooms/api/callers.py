"""Who calls a route: who has a key or an Entra token; on routes of a call, also somebody in it; on
those of a join link, who holds it."""

import azure.functions as func

from rooms.api.errors import NoJoinPage
from rooms.api.request import Kind
from rooms.app import App
from rooms.auth.caller import Caller
from rooms.domain.join_link import JoinLink
from rooms.domain.log import PARTICIPANT_ACTOR
from rooms.media.errors import InvalidJoinLink

_JOIN_LINK = "JoinLink"
"""The scheme of the Authorization header of who holds a join link: `JoinLink <token>`."""


async def with_key(app: App, http: func.HttpRequest, kind: Kind) -> Caller:
    """Returns the sender, who has a key or an Entra token. Raises as Authenticator."""
    return await app.authenticator.authenticate(http, allow_plain_key=kind == "extension")


async def with_key_or_media_token(app: App, http: func.HttpRequest, kind: Kind) -> Caller:
    """Returns the sender, who may also have their own token of the media plane. Raises as
    Authenticator."""
    scheme, _, token = (http.headers.get("authorization") or "").partition(" ")
    if scheme.lower() == "bearer":
        participant = app.media.holder_of(token.strip())
        if participant is not None:
            return Caller(PARTICIPANT_ACTOR, "manage", participant=participant)
    return await with_key(app, http, kind)


def with_join_link(app: App, http: func.HttpRequest) -> JoinLink:
    """Returns the link that the sender holds, which is for the room in the path.

    Raises:
        NoJoinPage: nobody may join with links.
        InvalidJoinLink: the request has none, or one that is not good here.
    """
    if app.join_links is None:
        raise NoJoinPage
    scheme, _, token = http.headers.get("authorization", "").partition(" ")
    if scheme.lower() != _JOIN_LINK.lower():
        raise InvalidJoinLink
    return app.join_links.read(token.strip(), http.route_params["roomId"])
