"""The log of a room: who changed what and when, and what happened in its calls."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any, TypedDict

import azure.functions as func
from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema, to_json

from rooms.api.request import Request
from rooms.api.responses import csv_answer, json_answer, text_answer
from rooms.api.routing import Routes
from rooms.api.shapes import page_body
from rooms.domain import log as domain
from rooms.domain.details import names_in
from rooms.domain.log_kinds import LOG_KINDS, sentence
from rooms.domain.time import MAX_TIME, Time, format_time, parse_time
from rooms.storage.parallel import both

routes = Routes()

COLUMNS = ("id", "time", "kind", "actor", "requestId", "text", "detail")


class _KindSchema:
    """Makes the schema of a kind from the registry, when the document is made."""

    def __get_pydantic_json_schema__(self, *_: Any) -> dict[str, Any]:
        return {"type": "string", "enum": list(LOG_KINDS)}


class _DetailSchema:
    """Makes the schema of a detail from the registry: that of any kind."""

    def __get_pydantic_core_schema__(
        self, _: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        details = dict.fromkeys(kind.detail for kind in LOG_KINDS.values())
        return handler.generate_schema(reduce(or_, details))


type LogKind = Annotated[str, _KindSchema()]
type LogDetail = Annotated[Mapping[str, Any], _DetailSchema()]


class LogRecord(TypedDict):
    """A record of the log. `text` describes it in a sentence.

    `actor` is the name of a key, the object id of a token, `event-grid` or `upkeep`. `requestId` is
    the x-ms-client-request-id of a change, or the id of an event.
    """

    id: str
    time: Time
    kind: LogKind
    actor: str
    requestId: str
    text: str
    detail: LogDetail


@routes.extension("GET", "rooms/{roomId}/log")
async def get_log(request: Request) -> func.HttpResponse:
    """Answers with a page of the log, newest first, as JSON, CSV or NDJSON."""
    room_id, form = request.call_room_id(), request.choice("format", "json", "csv", "ndjson")
    start, end = request.time_range()
    kind = request.choice("kind", *LOG_KINDS)
    cursor, actor = request.query("nextLink"), request.query("actor")
    history = request.app.history
    page, known = await both(
        history.log(room_id, start or 0, MAX_TIME if end is None else end, cursor, kind, actor),
        history.snapshot(room_id),
    )
    if not page.items and cursor is None and known.room is None:
        await history.check(room_id)
    next_link = request.next_link(page.cursor)
    names = names_in(known.details)
    value = [log_body(record, names) for record in page.items]
    if form in (None, "json"):
        return json_answer(200, page_body(value, next_link))
    link = {} if next_link is None else {"Link": f'<{next_link}>; rel="next"'}
    if form == "csv":
        return csv_answer(f"log-{room_id}", COLUMNS, value, link)
    return text_answer(
        b"".join(to_json(record) + b"\n" for record in value), "application/x-ndjson", link
    )


def log_body(record: domain.LogRecord, names: Mapping[str, str]) -> LogRecord:
    """Returns a log record. `names` has the names of people, by raw id."""
    return {
        "id": record.id,
        "time": format_time(record.at),
        "kind": record.kind,
        "actor": record.actor,
        "requestId": record.request_id,
        "text": sentence(record.kind, record.detail, names),
        "detail": _with_wire_times(record.detail),
    }


def _with_wire_times(detail: dict[str, Any]) -> Any:
    """Returns the detail with its times as on the wire, instead of as in the storage."""
    return {
        name: _with_wire_times(value)
        if name in ("before", "after")
        else format_time(parse_time(value))
        if name in ("createdAt", "validFrom", "validUntil")
        else value
        for name, value in detail.items()
    }
