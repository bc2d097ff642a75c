"""Bodies and answers from api-version 2023-03-31-preview on. Dial-out came with
2023-10-30-preview."""

from typing import Annotated, NotRequired, TypedDict

from pydantic import Field

from rooms.api.acs.versions.api_version import CreateBody, UpdateBody
from rooms.api.body import AcsUser, Body, OptionalTime
from rooms.api.shapes import RoomId
from rooms.domain import room as domain
from rooms.domain.limits import LIMITS
from rooms.domain.room import RoomChange
from rooms.domain.roster import Role, Roster, RosterPatch
from rooms.domain.time import Time, format_time


class Room(TypedDict):
    """A room. Before api-version 2023-10-30-preview it has no `pstnDialOutEnabled`."""

    id: RoomId
    createdAt: Time
    validFrom: Time
    validUntil: Time
    pstnDialOutEnabled: NotRequired[bool]


class Participant(TypedDict):
    """A participant of a room."""

    rawId: str
    role: Role


class Participants(TypedDict):
    """The roster of a room, in the order of invitation."""

    value: list[Participant]


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
        """The change that the body asks for. Without a role a participant is an Attendee; null
        removes."""
        return {
            raw_id: None if participant is None else participant.role or "Attendee"
            for raw_id, participant in (self.participants or {}).items()
        }


class GivenValidity(Body):
    """What the bodies of POST /rooms and PATCH /rooms/{id} have without dial-out."""

    valid_from: OptionalTime = None
    valid_until: OptionalTime = None

    @property
    def change(self) -> RoomChange:
        """What the body sets."""
        return RoomChange(self.valid_from, self.valid_until)


class GivenRoom(GivenValidity):
    """What the bodies of POST /rooms and PATCH /rooms/{id} have."""

    pstn_dial_out_enabled: bool | None = None

    @property
    def change(self) -> RoomChange:
        """What the body sets."""
        return RoomChange(self.valid_from, self.valid_until, self.pstn_dial_out_enabled)


class UpdateValidity(GivenValidity, UpdateBody):
    """The body of PATCH /rooms/{id} without dial-out."""


class UpdateRoom(GivenRoom, UpdateBody):
    """The body of PATCH /rooms/{id}."""


class CreateRoomWithoutDialOut(GivenValidity, UpdateParticipants, CreateBody):
    """The body of POST /rooms without dial-out."""

    @property
    def roster(self) -> Roster:
        """The people whom the body invites. Leaves out a participant that is null."""
        return {raw_id: role for raw_id, role in self.patch.items() if role is not None}


class CreateRoom(GivenRoom, CreateRoomWithoutDialOut):
    """The body of POST /rooms."""


def room_without_dial_out(room: domain.Room, _: Roster) -> Room:
    """Returns a room. Its roster is an answer of its own."""
    return {
        "id": room.id,
        "createdAt": format_time(room.created_at),
        "validFrom": format_time(room.valid_from),
        "validUntil": format_time(room.valid_until),
    }


def room_body(room: domain.Room, roster: Roster) -> Room:
    """Returns a room. Its roster is an answer of its own."""
    without = room_without_dial_out(room, roster)
    return {**without, "pstnDialOutEnabled": room.pstn_dial_out_enabled}


def participants_body(roster: Roster) -> Participants:
    """Returns the participants of a room."""
    return {"value": [{"rawId": raw_id, "role": role} for raw_id, role in roster.items()]}
