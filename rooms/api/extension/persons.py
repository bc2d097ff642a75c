"""Erases a person from all that is stored."""

from contextlib import suppress
from typing import Literal, TypedDict

import azure.functions as func

from rooms.api.body import StrictBody, Text
from rooms.api.errors import Detail, ValidationFailed
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import Count, time_or_none
from rooms.domain.time import Time, format_time
from rooms.storage.erasure_state import Erasure
from rooms.storage.errors import StorageUnavailable

routes = Routes()

type Status = Literal["running", "done", "refused"]


class ErasePerson(StrictBody):
    """The body of POST /persons/erase: one of the two."""

    raw_id: Text | None = None
    external_id: Text | None = None


class Found(TypedDict):
    """In how much the person was found: rooms, versions of rosters, details, call events, log
    records, rooms that list the person, events in quarantine (these are deleted), and users of this
    service (these are deleted, too)."""

    rooms: Count
    rosters: Count
    details: Count
    events: Count
    logRecords: Count
    invitations: Count
    quarantined: Count
    users: Count


class ErasureBody(TypedDict):
    """The erasure of a person. `found` and `rows`, the rows that were read, grow while it is
    `running`. It is `refused`, and nothing is changed, if rooms at ACS invite the person:
    `roomsAtAcs` has at most 100 of them. If it has none, a change that invites the person is under
    way: ask again in two minutes."""

    id: str
    status: Status
    pseudonym: str
    found: Found
    rows: Count
    roomsAtAcs: list[str]
    startedAt: Time
    finishedAt: Time | None


@routes.extension("POST", "persons/erase")
async def erase_person(request: Request) -> func.HttpResponse:
    """Begins to erase a person, and works on it for some seconds."""
    body = request.parse(ErasePerson)
    if (body.raw_id is None) == (body.external_id is None):
        raise ValidationFailed(Detail("Must have one of rawId and externalId.", "$"))
    erasures = request.app.erasures
    erasure = await erasures.start(body.raw_id, body.external_id, request.origin)
    with suppress(StorageUnavailable):  # else who asks again would be told of a second erasure
        erasure = await erasures.run(erasure.id, request.app.limits.erasure_seconds)
    return json_answer(202, erasure_body(erasure))


@routes.extension("POST", "persons/erasures/{erasureId}/continue")
async def continue_erasure(request: Request) -> func.HttpResponse:
    """Goes on with an erasure for some seconds."""
    erasure = await request.app.erasures.run(
        request.http.route_params["erasureId"], request.app.limits.erasure_seconds
    )
    return json_answer(202, erasure_body(erasure))


@routes.extension("GET", "persons/erasures/{erasureId}")
async def get_erasure(request: Request) -> func.HttpResponse:
    """Answers with how far an erasure is."""
    erasure = await request.app.erasures.get(request.http.route_params["erasureId"])
    return json_answer(200, erasure_body(erasure))


def _status(erasure: Erasure) -> Status:
    match erasure.phase:
        case "done" | "refused":
            return erasure.phase
        case _:
            return "running"


def erasure_body(erasure: Erasure) -> ErasureBody:
    """Returns an erasure as it is answered."""
    found = erasure.found
    return {
        "id": erasure.id,
        "status": _status(erasure),
        "pseudonym": erasure.person.pseudonym,
        "found": {
            "rooms": found["rooms"],
            "rosters": found["rosters"],
            "details": found["details"],
            "events": found["events"],
            "logRecords": found["logRecords"],
            "invitations": found["invitations"],
            "quarantined": found["quarantined"],
            "users": found["users"],
        },
        "rows": erasure.rows,
        "roomsAtAcs": list(erasure.at_acs),
        "startedAt": format_time(erasure.started_at),
        "finishedAt": time_or_none(erasure.finished_at),
    }
