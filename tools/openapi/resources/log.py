"""Log: the changes of a room, and the events of its calls."""

from typing import Literal

from openapi.csv import ATTACHMENT, CSV
from openapi.operation import Answer, Header, Parameter, read
from openapi.parameters import CALL_ROOM_ID, FROM, NEXT_LINK, UNTIL, SomeText
from rooms.api.errors import InvalidParameter, InvalidRoomId
from rooms.api.extension import log
from rooms.api.shapes import Page
from rooms.domain.errors import RoomNotFound

LOG = {
    "get_log": read(
        "Get the log of a room: its changes and the events of its calls",
        "Newest first, at most 100 records on a page. A page has fewer records, or none, if the "
        "service must read many rows to fill it.",
        Answer(
            200,
            "A page of the log. For CSV and NDJSON, the header Link has the URL of the next page.",
            Page[log.LogRecord],
            {
                "Content-Disposition": ATTACHMENT,
                "Link": Header(
                    "The next page, for CSV and NDJSON.",
                    {"type": "string", "pattern": '^<.+>; rel="next"$'},
                    False,
                ),
            },
            texts={
                "text/csv": CSV,
                "application/x-ndjson": "Each line is one record as JSON.",
            },
        ),
        CALL_ROOM_ID,
        FROM,
        UNTIL,
        Parameter("kind", "query", log.LogKind, "Only records of this kind."),
        Parameter(
            "actor",
            "query",
            SomeText,
            "Only records of this actor, such as the name of a key, or `event-grid`.",
            example="event-grid",
        ),
        Parameter(
            "format",
            "query",
            Literal["json", "csv", "ndjson"],
            "The format of the answer. Default: json.",
        ),
        NEXT_LINK,
        errors=(InvalidRoomId, RoomNotFound, InvalidParameter),
    ),
}
