"""The events of the LiveKit server."""

from openapi.operation import Answer, Operation
from rooms.api.errors import BodyTooLarge, LengthRequired, NoMediaServer
from rooms.api.extension import livekit_events
from rooms.media.errors import WebhookNotVerified
from rooms.storage.errors import StorageUnavailable

LIVEKIT_EVENTS = {
    "take_livekit_event": Operation(
        kind="public",
        summary="Take in an event of the LiveKit server",
        description=(
            "The server sends its webhooks here. It signs each with an API key, which must be one "
            "of `ROOMS_MEDIA_KEY__<API key>`: the header Authorization has the token, without "
            "`Bearer`, and the token has the SHA-256 of the body. The service records joins, "
            "leaves, failed connections and the ends of calls in rooms that it made on the server, "
            "once however often they come. What it does not understand goes into quarantine. The "
            "server delivers an event again only if the answer is 5xx or 429."
        ),
        answers=(
            Answer(
                200,
                "The event need not come again.",
                livekit_events.TakenEvent,
                example={"outcome": "recorded"},
            ),
        ),
        errors=(
            WebhookNotVerified,
            NoMediaServer,
            LengthRequired,
            BodyTooLarge,
            StorageUnavailable,
        ),
    ),
}
