"""Quarantine: events that the service did not understand."""

from typing import Annotated

from pydantic import WithJsonSchema

from openapi.operation import Answer, Parameter, read
from openapi.parameters import NEXT_LINK
from rooms.api.errors import InvalidParameter, StillNotUnderstood
from rooms.api.extension import quarantine
from rooms.api.shapes import Page
from rooms.storage.errors import QuarantinedEventNotFound

type EventId = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$"})]

_EVENT_ID = Parameter(
    "eventId",
    "path",
    EventId,
    "The id of the event, from the list.",
    required=True,
    example="0" * 64,
)

QUARANTINE = {
    "list_quarantine": read(
        "List the events in quarantine",
        "In the order of their ids, at most 30 on a page.",
        Answer(200, "A page of the events.", Page[quarantine.QuarantinedEvent]),
        NEXT_LINK,
        errors=(InvalidParameter,),
    ),
    "get_quarantined_event": read(
        "Get an event in quarantine, with its whole text",
        "The text is the one that the service received.",
        Answer(200, "The event.", quarantine.WholeQuarantinedEvent),
        _EVENT_ID,
        errors=(QuarantinedEventNotFound,),
    ),
    "redrive_quarantined_event": read(
        "Redrive an event",
        "Processes the event again, for example after an upgrade. If the service still does not "
        "understand the event, it stays in quarantine and the error says why.",
        Answer(
            200,
            "The outcome. The event is no longer in quarantine.",
            quarantine.RecordedEvent | quarantine.LeftEvent,
        ),
        _EVENT_ID,
        errors=(QuarantinedEventNotFound, StillNotUnderstood),
    ),
    "delete_quarantined_event": read(
        "Delete an event in quarantine",
        "Deletes the event for good.",
        Answer(204, "The event is deleted."),
        _EVENT_ID,
        errors=(QuarantinedEventNotFound,),
    ),
}
