"""Imports: a room becomes, or is again, what it is at ACS."""

from typing import Annotated, NotRequired, TypedDict

import azure.functions as func
from pydantic import Field

from rooms.api.body import AcsUser, OptionalTime, RequiredTime, StrictBody
from rooms.api.errors import Detail, ValidationFailed
from rooms.api.extension.invitees import check_acs_users
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.domain.limits import LIMITS
from rooms.domain.log_details import RoleChange
from rooms.domain.room import Room, RoomCarrier
from rooms.domain.roster import Role, roster_difference
from rooms.domain.time import SECOND, Ticks, Time, format_time
from rooms.storage.imports import Imported, ImportOutcome

routes = Routes()


class ImportedParticipant(StrictBody):
    """The role of somebody who is invited."""

    role: Role


class ImportRoom(StrictBody):
    """The body of PUT /rooms/{id}: a room as it is at ACS. Times may have passed.

    `seenAt` is when ACS was read: a room that was changed here since is not overwritten. `carrier`
    says where its calls run. Without it that is ACS, if this service observes the rooms
    of ACS or changes go through to it, and else `own`.
    """

    created_at: RequiredTime
    valid_from: RequiredTime
    valid_until: RequiredTime
    pstn_dial_out_enabled: bool
    participants: Annotated[
        dict[AcsUser, ImportedParticipant],
        Field(json_schema_extra={"maxProperties": LIMITS.participants}),
    ]
    seen_at: OptionalTime = None
    carrier: RoomCarrier | None = None
    dry_run: bool = False


class ImportedRoom(TypedDict):
    """What an import changes of a room."""

    validFrom: Time
    validUntil: Time
    pstnDialOutEnabled: bool


class ImportedRoster(TypedDict):
    """What an import changes of a roster: roles by raw id."""

    added: dict[str, Role]
    changed: dict[str, RoleChange]
    removed: dict[str, Role]


class ImportBody(TypedDict):
    """What an import came to, or would come to. A room that was `changed` has what differs:
    `before` and `after` if it is the room itself, `participants` if it is the roster."""

    outcome: ImportOutcome
    before: NotRequired[ImportedRoom]
    after: NotRequired[ImportedRoom]
    participants: NotRequired[ImportedRoster]


@routes.extension("PUT", "rooms/{roomId}")
async def import_room(request: Request) -> func.HttpResponse:
    """Imports a room as it was made at ACS; again as often as one wants."""
    body, app = request.parse(ImportRoom), request.app
    _check_times(body, app.clock())
    check_acs_users(body.participants)
    carrier = body.carrier or ("own" if app.settings.moving is None else "acs")
    room = Room(
        request.room_id(),
        body.created_at,
        body.valid_from,
        body.valid_until,
        body.pstn_dial_out_enabled,
        carrier=carrier,
    )
    roster = {raw_id: invited.role for raw_id, invited in body.participants.items()}
    imported = await app.imports.take(
        room, roster, request.origin, seen_at=body.seen_at, dry_run=body.dry_run
    )
    is_new = imported.outcome == "imported" and not body.dry_run
    return json_answer(201 if is_new else 200, import_body(imported))


def _check_times(body: ImportRoom, now: Ticks) -> None:
    if body.valid_until < body.valid_from:
        raise ValidationFailed(Detail("Must not be before validFrom.", "$.validUntil"))
    if body.created_at > now + LIMITS.clock_refused_seconds * SECOND:
        raise ValidationFailed(Detail("Must not be in the future.", "$.createdAt"))


def import_body(imported: Imported) -> ImportBody:
    """Returns the answer."""
    body: ImportBody = {"outcome": imported.outcome}
    before, after = imported.before, imported.after
    if before is None:
        return body
    if before.room != after.room:
        body |= {"before": _room_body(before.room), "after": _room_body(after.room)}
    if difference := roster_difference(before.roster, after.roster):
        changed: dict[str, RoleChange] = {
            raw_id: {"before": was, "after": becomes}
            for raw_id, (was, becomes) in difference.changed.items()
        }
        body["participants"] = {
            "added": difference.added,
            "changed": changed,
            "removed": difference.removed,
        }
    return body


def _room_body(room: Room) -> ImportedRoom:
    return {
        "validFrom": format_time(room.valid_from),
        "validUntil": format_time(room.valid_until),
        "pstnDialOutEnabled": room.pstn_dial_out_enabled,
    }
