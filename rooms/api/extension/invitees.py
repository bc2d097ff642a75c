"""Invitees: people are invited, named and removed with one request."""

from collections.abc import Iterable
from typing import Annotated, Any, TypedDict

import azure.functions as func
from pydantic import Field

from rooms.api.body import AcsUser, StrictBody, Text
from rooms.api.errors import Detail, ValidationFailed
from rooms.api.extension.overview import NamedParticipant, named_participants
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.domain.details import Details, patched_details
from rooms.domain.limits import LIMITS
from rooms.domain.roster import Role, Roster, RosterPatch, check_size, first_unsupported
from rooms.storage.edits import Edit, PatchOf

routes = Routes()

_SHOWN = 100
"""Characters of a raw id at fault that an error shows."""


class Invitee(StrictBody):
    """A person to invite, or what changes about one who is invited. Without a role, who is invited
    keeps theirs; others become Attendees. Null removes a name or external id."""

    role: Role | None = None
    name: Text | None = None
    external_id: Text | None = None


class UpdateInvitees(StrictBody):
    """The body of PATCH /rooms/{id}/invitees, a merge patch: null takes a person off the roster.
    Their name and external id stay in the details."""

    participants: Annotated[
        dict[AcsUser, Invitee | None],
        Field(json_schema_extra={"maxProperties": LIMITS.participants}),
    ]

    @property
    def roster_change(self) -> RosterPatch | PatchOf:
        """What changes of a roster: without a role, who is invited keeps theirs."""
        given = {
            raw_id: None if invitee is None else invitee.role
            for raw_id, invitee in self.participants.items()
        }
        kept = [
            raw_id
            for raw_id, invitee in self.participants.items()
            if invitee is not None and invitee.role is None
        ]
        if not kept:
            return given
        return lambda roster: {
            **given,
            **{raw_id: roster.get(raw_id, "Attendee") for raw_id in kept},
        }

    @property
    def names(self) -> dict[str, Any]:
        """The same for the details: a merge patch."""
        fields = {"name", "external_id"}
        return {
            "participants": {
                raw_id: invitee.model_dump(include=fields, exclude_unset=True, by_alias=True)
                for raw_id, invitee in self.participants.items()
                if invitee is not None
            }
        }


class Invitees(TypedDict):
    """The roster of a room, in the order of invitation."""

    participants: list[NamedParticipant]


@routes.extension("PATCH", "rooms/{roomId}/invitees")
async def update_invitees(request: Request) -> func.HttpResponse:
    """Invites people with their names, changes both, or removes people: all of it or nothing."""
    body, limits = request.parse(UpdateInvitees), request.app.limits
    check_size(body.participants, limits.participants)
    check_acs_users(body.participants)

    def edit_details(details: Details) -> Details:
        return patched_details(details, body.names, limits.names)

    edit = Edit(patch=body.roster_change, details=edit_details, versions=request.versions())
    changed = await request.app.rooms.change(request.room_id(), edit, request.origin)
    return json_answer(200, invitees_body(changed.roster, changed.details))


def check_acs_users(raw_ids: Iterable[str]) -> None:
    """Checks the names in `participants` of a body. Raises ValidationFailed for the first that is
    no raw id of an ACS user."""
    if (unsupported := first_unsupported(raw_ids)) is not None:
        raise ValidationFailed(
            Detail(
                "Must be the raw id of an ACS user: 8:acs:<guid>_<guid>.",
                f"$.participants.{unsupported[:_SHOWN]}",
            )
        )


def invitees_body(roster: Roster, details: Details) -> Invitees:
    """Returns the answer."""
    return {"participants": named_participants(roster, details)}
