"""Log: the changes of a room, and the events of its calls."""

from typing import Literal

from openapi.csv import ATTACHMENT, CSV
from openapi.operation import Answer, Header, Parameter, read
from openapi.parameters import CALL_ROOM_ID, FROM, NEXT_LINK, UNTIL, SomeText
from rooms.api.errors import InvalidParameter, InvalidRoomId
from rooms.api.extension import log
from rooms.api.shapes import Page
from rooms.domain.errors import RoomNotFound
from rooms.storage.cursors import CURSOR

_KIND = Parameter("kind", "query", log.LogKind, "Only records of this kind.")
_KIND_OF_ROOM = Parameter(
    "kind",
    "query",
    log.LogKind,
    "Only records of this kind. By time, those of the kind `Accessed` are left out otherwise.",
)
_ACTOR = Parameter(
    "actor",
    "query",
    SomeText,
    "Only records of this actor, such as the name of a key, or `event-grid`.",
    example="event-grid",
)
_FORMAT = Parameter(
    "format",
    "query",
    Literal["json", "csv", "ndjson"],
    "The format of the answer. Default: json.",
)
_CURSOR = {
    "x-log-cursor": Header(
        "Where the next page begins, for CSV and NDJSON in the order of arrival.",
        {"type": "string", "pattern": f"^{CURSOR.pattern}$"},
        False,
    ),
    "x-log-more": Header(
        "Whether some of the next page is there already, likewise.",
        {"type": "string", "enum": ["true", "false"]},
        False,
    ),
}
_TEXTS = {"text/csv": CSV, "application/x-ndjson": "Each line is one record as JSON."}
_SINCE = (
    "Where the page begins: `beginning`, `now`, a time, or the `cursor` of another page. Then "
    "records are in the order in which they arrived, the oldest first, each of them once: also "
    "those of events that come late. `now` gives an empty page. A time gives those that arrived "
    "then or later; one in the future counts as now. Ask again with each `cursor`; at once, if "
    "there is `more`. Records from before this order was kept are not in it."
)

LOG = {
    "get_log": read(
        "Get the log of a room: its changes and the events of its calls",
        "Newest first, at most 100 records on a page. A page has fewer records, or none, if the "
        "service must read many rows to fill it. With `since`, in the order of arrival, and at "
        "most 1,000 records on a page. The room `_service` stands for the log of the service: "
        "records that are of no single room.",
        Answer(
            200,
            "A page of the log. For CSV and NDJSON, the header Link has the URL of the next page.",
            Page[log.LogRecord] | log.Arrivals[log.LogRecord],
            {
                "Content-Disposition": ATTACHMENT,
                "Link": Header(
                    "The next page, for CSV and NDJSON.",
                    {"type": "string", "pattern": '^<.+>; rel="next"$'},
                    False,
                ),
                **_CURSOR,
            },
            texts=_TEXTS,
        ),
        CALL_ROOM_ID,
        Parameter("since", "query", str, _SINCE, example="beginning"),
        FROM,
        UNTIL,
        _KIND_OF_ROOM,
        _ACTOR,
        _FORMAT,
        NEXT_LINK,
        errors=(InvalidRoomId, RoomNotFound, InvalidParameter),
    ),
    "get_all_logs": read(
        "Get the logs of all rooms, in the order of arrival",
        "The oldest first, at most 2,000 records on a page.",
        Answer(
            200,
            "A page of the logs.",
            log.Arrivals[log.RoomLogRecord],
            {"Content-Disposition": ATTACHMENT, **_CURSOR},
            texts=_TEXTS,
        ),
        Parameter("since", "query", str, _SINCE, required=True, example="beginning"),
        _KIND,
        _ACTOR,
        _FORMAT,
        errors=(InvalidParameter,),
    ),
}
