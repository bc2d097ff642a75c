"""Details: title, external id, scheduled times, and names of people."""

from collections.abc import Mapping
from typing import Any, TypedDict

import azure.functions as func

from rooms.api.body import OptionalTime, StrictBody, Text
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.domain import details as domain
from rooms.domain.errors import RoomNotFound
from rooms.domain.time import Time, format_time

routes = Routes()


class NamesPatch(StrictBody):
    """The names of a participant. Null removes one."""

    name: Text | None = None
    external_id: Text | None = None


class PatchDetails(StrictBody):
    """The body of PATCH /rooms/{id}/details, a merge patch."""

    title: Text | None = None
    external_id: Text | None = None
    scheduled_start: OptionalTime = None
    scheduled_end: OptionalTime = None
    participants: dict[Text, NamesPatch | None] | None = None

    @property
    def patch(self) -> dict[str, Any]:
        """The patch, with times as on the wire."""
        patch = self.model_dump(exclude_unset=True, by_alias=True)
        times = {
            name: format_time(patch[name])
            for name in ("scheduledStart", "scheduledEnd")
            if patch.get(name) is not None
        }
        return patch | times


class Names(TypedDict):
    """The names of a participant. Null means that none is set."""

    name: str | None
    externalId: str | None


class Details(TypedDict):
    """Title, external id and schedule of a room, and the names of participants by raw id."""

    title: str | None
    externalId: str | None
    scheduledStart: Time | None
    scheduledEnd: Time | None
    participants: dict[str, Names]


@routes.extension("GET", "rooms/{roomId}/details")
async def get_details(request: Request) -> func.HttpResponse:
    """Answers with the details of a room, also of a deleted one."""
    known = await request.app.history.snapshot(request.call_room_id())
    if known.room is None:
        raise RoomNotFound
    return json_answer(200, details_body(known.details))


@routes.extension("PATCH", "rooms/{roomId}/details")
async def update_details(request: Request) -> func.HttpResponse:
    """Merges a patch into the details of a room."""
    patch = request.parse(PatchDetails).patch
    details = await request.app.rooms.patch_details(
        request.room_id(), patch, request.origin, request.versions()
    )
    return json_answer(200, details_body(details))


def details_body(details: domain.Details) -> Details:
    """Returns the answer: null where nothing is set."""
    return {
        "title": details.get("title"),
        "externalId": details.get("externalId"),
        "scheduledStart": details.get("scheduledStart"),
        "scheduledEnd": details.get("scheduledEnd"),
        "participants": {
            raw_id: names_body(person) for raw_id, person in details.get("participants", {}).items()
        },
    }


def names_body(named: Mapping[str, str]) -> Names:
    """Returns the names of a participant: null where none is set."""
    return {"name": named.get("name"), "externalId": named.get("externalId")}
