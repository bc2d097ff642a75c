"""The log of a room: who changed what and when, and what happened in its calls. And the logs of all
rooms, in the order in which their records arrive."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Annotated, Any, TypedDict

import azure.functions as func
from pydantic import GetCoreSchemaHandler, WithJsonSchema
from pydantic_core import core_schema, to_json

from rooms.api.errors import InvalidParameter
from rooms.api.extension.looking import record_access
from rooms.api.request import Request
from rooms.api.responses import csv_answer, json_answer, link_to, text_answer
from rooms.api.routing import Routes
from rooms.api.shapes import CallRoomId, page_body, time_or_none
from rooms.domain import log as domain
from rooms.domain.details import names_in
from rooms.domain.events import SERVICE_LOG
from rooms.domain.log_kinds import LOG_KINDS, sentence
from rooms.domain.time import MAX_TIME, Ticks, Time, format_time, parse_time
from rooms.storage.cursors import CURSOR
from rooms.storage.errors import InvalidCursor
from rooms.storage.feed import BEGINNING, NOW, ArrivalsPage
from rooms.storage.parallel import both

routes = Routes()

COLUMNS = (
    "id",
    "time",
    "kind",
    "actor",
    "requestId",
    "text",
    "detail",
    "receivedAt",
    "onBehalfOf",
)

_FORMATS = ("json", "csv", "ndjson")

_SINCE = (
    f"Must be `{BEGINNING}`, `{NOW}`, a time in RFC 3339 with a time zone, or the cursor of "
    "another page."
)


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
type LogCursor = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": f"^{CURSOR.pattern}$"})
]
type LogDetail = Annotated[Mapping[str, Any], _DetailSchema()]


class LogRecord(TypedDict):
    """A record of the log. `text` describes it in a sentence.

    `receivedAt` is when it was written, which is later than `time` for an event that comes late. It
    is null in records from before the log had it. `actor` is the name of a key, the object id of a
    token, `event-grid` or `upkeep`. `onBehalfOf` is whom it speaks for, as its header On-Behalf-Of
    said. `requestId` is the x-ms-client-request-id of a change, or the id of an event.
    """

    id: str
    time: Time
    receivedAt: Time | None
    kind: LogKind
    actor: str
    onBehalfOf: str | None
    requestId: str
    text: str
    detail: LogDetail


class RoomLogRecord(LogRecord):
    """A record of the log of one of all rooms. Its `text` names people by raw id."""

    roomId: CallRoomId


class Arrivals[Item](TypedDict):
    """Records in the order of arrival. `cursor` is where the next page begins. `more`: some of it
    is there already."""

    value: list[Item]
    cursor: LogCursor
    more: bool


@routes.extension("GET", "rooms/{roomId}/log")
async def get_log(request: Request) -> func.HttpResponse:
    """Answers with a page of the log, as JSON, CSV or NDJSON: newest first, or with `since` in the
    order of arrival."""
    room_id = request.call_room_id()
    if request.has("since"):  # a cursor left empty by mistake must not give the other order
        return await _arrived_in(request, room_id)
    form = request.choice("format", *_FORMATS)
    start, end = request.time_range()
    kind = request.choice("kind", *LOG_KINDS)
    cursor, actor = request.query("nextLink"), request.query("actor")
    history = request.app.history
    page, known = await both(
        history.log(room_id, start or 0, MAX_TIME if end is None else end, cursor, kind, actor),
        history.snapshot(room_id),
    )
    if not page.items and cursor is None and known.room is None and room_id != SERVICE_LOG:
        await history.check(room_id)
    next_link = request.next_link(page.cursor)
    names = names_in(known.details)
    value = [log_body(record, names) for record in page.items]
    await record_access(request, "log", room_id)
    if form in (None, "json"):
        return json_answer(200, page_body(value, next_link))
    return _lines(form, f"log-{room_id}", COLUMNS, value, link_to(next_link))


@routes.extension("GET", "log")
async def get_all_logs(request: Request) -> func.HttpResponse:
    """Answers with a page of the logs of all rooms, in the order of arrival, as JSON, CSV or
    NDJSON."""
    page = await _arrivals(request, None)
    value: list[RoomLogRecord] = [
        {**log_body(each.record, {}), "roomId": each.room_id} for each in page.items
    ]
    await record_access(request, "log", None)
    return _arrived(request, "log", (*COLUMNS, "roomId"), value, page)


async def _arrived_in(request: Request, room_id: str) -> func.HttpResponse:
    page = await _arrivals(request, room_id)
    history = request.app.history
    names: Mapping[str, str] = {}
    if page.items:
        names = names_in(await history.details(room_id))
    elif _is_beginning(_since(request)) and room_id != SERVICE_LOG:
        await history.check(room_id)
    value = [log_body(each.record, names) for each in page.items]
    await record_access(request, "log", room_id)
    return _arrived(request, f"log-{room_id}", COLUMNS, value, page)


async def _arrivals(request: Request, room_id: str | None) -> ArrivalsPage:
    for name in ("from", "until", "nextLink"):
        if request.query(name) is not None:
            raise InvalidParameter("Must be left out: this log begins at `since`.", name)
    request.choice("format", *_FORMATS)
    kind, actor = request.choice("kind", *LOG_KINDS), request.query("actor")
    try:
        return await request.app.feed.page(room_id, _since(request), kind, actor)
    except InvalidCursor:
        raise InvalidParameter(_SINCE, "since") from None


def _since(request: Request) -> str | Ticks:
    """Returns where the log begins: at a time, or where the text says."""
    try:
        at = request.time("since")
    except InvalidParameter:
        at = None
    return request.query("since") or "" if at is None else at


def _is_beginning(since: str | Ticks) -> bool:
    """Returns whether it is no cursor, which tells that there is such a room."""
    return since in (BEGINNING, NOW) or isinstance(since, int)


def _arrived(
    request: Request,
    name: str,
    columns: Sequence[str],
    value: Sequence[Mapping[str, Any]],
    page: ArrivalsPage,
) -> func.HttpResponse:
    form = request.choice("format", *_FORMATS)
    if form in (None, "json"):
        return json_answer(200, {"value": value, "cursor": page.cursor, "more": page.more})
    headers = {"x-log-cursor": page.cursor, "x-log-more": "true" if page.more else "false"}
    return _lines(form, name, columns, value, headers)


def _lines(
    form: str | None,
    name: str,
    columns: Sequence[str],
    value: Sequence[Mapping[str, Any]],
    headers: Mapping[str, str],
) -> func.HttpResponse:
    if form == "csv":
        return csv_answer(name, columns, value, headers)
    return text_answer(
        b"".join(to_json(record) + b"\n" for record in value), "application/x-ndjson", headers
    )


def log_body(record: domain.LogRecord, names: Mapping[str, str]) -> LogRecord:
    """Returns a log record. `names` has the names of people, by raw id."""
    return {
        "id": record.id,
        "time": format_time(record.at),
        "receivedAt": time_or_none(record.received_at),
        "kind": record.kind,
        "actor": record.actor,
        "onBehalfOf": record.on_behalf_of,
        "requestId": record.request_id,
        "text": sentence(record.kind, record.detail, names),
        "detail": _with_wire_times(record.detail),
    }


def _with_wire_times(detail: dict[str, Any]) -> Any:
    """Returns the detail with its times as on the wire, instead of as in the storage."""
    return {
        name: _with_wire_times(value)
        if name in ("before", "after") and isinstance(value, dict)
        else format_time(parse_time(value))
        if name in ("createdAt", "validFrom", "validUntil", "seenAt")
        else value
        for name, value in detail.items()
    }
