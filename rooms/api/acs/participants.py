"""ACS's routes of participants."""

from typing import Annotated, TypedDict

import azure.functions as func
from pydantic import Field

from rooms.api.body import AcsUser, Body
from rooms.api.errors import UnsupportedIdentifier
from rooms.api.request import Request
from rooms.api.responses import acs_answer
from rooms.api.routing import Routes
from rooms.domain.limits import LIMITS
from rooms.domain.roster import (
    Role,
    Roster,
    RosterPatch,
    check_size,
    first_unsupported,
)

routes = Routes()


class Invited(Body):
    """The role of a participant. The default is Attendee."""

    role: Role | None = None


# The ids and their number are checked behind the shape of the body, as ACS does.
type Invitations = Annotated[
    dict[AcsUser, Invited | None], Field(json_schema_extra={"maxProperties": LIMITS.participants})
]


class UpdateParticipants(Body):
    """The body of PATCH /rooms/{id}/participants."""

    participants: Invitations | None = None

    @property
    def patch(self) -> RosterPatch:
        """Returns the change that the body asks for. Without a role a participant is an Attendee;
        null removes."""
        return {
            raw_id: None if participant is None else participant.role or "Attendee"
            for raw_id, participant in (self.participants or {}).items()
        }


class Participant(TypedDict):
    """A participant of a room."""

    rawId: str
    role: Role


class Participants(TypedDict):
    """The roster of a room, in the order of invitation."""

    value: list[Participant]


@routes.acs("GET", "rooms/{roomId}/participants")
async def list_participants(request: Request) -> func.HttpResponse:
    """Answers with the roster of a room."""
    found = await request.app.rooms.with_roster(request.room_id())
    return acs_answer(200, participants_body(found.roster))


@routes.acs("PATCH", "rooms/{roomId}/participants")
async def update_participants(request: Request) -> func.HttpResponse:
    """Invites people, changes their roles, or removes them: all of it or nothing."""
    patch = request.parse(UpdateParticipants).patch
    check_size(patch)
    if (unsupported := first_unsupported(patch)) is not None:
        raise UnsupportedIdentifier(unsupported)
    await request.app.rooms.patch_roster(request.room_id(), patch, request.origin)
    return acs_answer(200, {})


def participants_body(roster: Roster) -> Participants:
    """Returns the participants of a room."""
    return {"value": [{"rawId": raw_id, "role": role} for raw_id, role in roster.items()]}
