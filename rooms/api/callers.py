"""Who calls a route: who has a key or an Entra token; on routes of a call, also somebody in it."""

import azure.functions as func

from rooms.api.request import Kind
from rooms.app import App
from rooms.auth.caller import Caller
from rooms.domain.log import PARTICIPANT_ACTOR


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
