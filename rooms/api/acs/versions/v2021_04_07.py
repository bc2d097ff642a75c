"""Bodies and answers of api-version 2021-04-07: rosters are objects in the room, without roles."""

from collections.abc import Collection
from typing import Annotated, NotRequired, TypedDict

from pydantic import Field

from rooms.api.acs.versions.api_version import CreateBody, UpdateBody
from rooms.api.body import AcsUser, Body, OptionalTime
from rooms.api.shapes import NoContent, RoomId
from rooms.domain import room as domain
from rooms.domain.limits import LIMITS
from rooms.domain.room import RoomChange
from rooms.domain.roster import Roster, RosterPatch
from rooms.domain.time import Time, format_time
from rooms.storage.edits import PatchOf


class RoomOf2021(TypedDict):
    """A room of api-version 2021-04-07. Without anybody invited it has no `participants`."""

    id: RoomId
    createdDateTime: Time
    validFrom: Time
    validUntil: Time
    participants: NotRequired[dict[str, NoContent]]


class ChangedRoomOf2021(TypedDict):
    """The answer to a create or an update in api-version 2021-04-07."""

    room: RoomOf2021


class InvitedOf2021(Body):
    """A participant. This version has no roles."""


type InvitationsOf2021 = Annotated[
    dict[AcsUser, InvitedOf2021 | None],
    Field(json_schema_extra={"maxProperties": LIMITS.participants}),
]


class GivenRoom(Body):
    """What the bodies of POST /rooms and PATCH /rooms/{id} have."""

    valid_from: OptionalTime = None
    valid_until: OptionalTime = None
    participants: InvitationsOf2021 | None = None

    @property
    def change(self) -> RoomChange:
        """What the body sets."""
        return RoomChange(self.valid_from, self.valid_until)


class CreateRoomOf2021(GivenRoom, CreateBody):
    """The body of POST /rooms in api-version 2021-04-07."""

    @property
    def roster(self) -> Roster:
        """The people whom the body invites. Leaves out a participant that is null."""
        given = (self.participants or {}).items()
        return {raw_id: "Attendee" for raw_id, participant in given if participant is not None}


class UpdateRoomOf2021(GivenRoom, UpdateBody):
    """The body of PATCH /rooms/{id} in api-version 2021-04-07. Null removes a participant."""

    def people(self) -> Collection[str]:
        """Returns the raw ids that the body names."""
        return self.participants or {}

    @property
    def roster_change(self) -> PatchOf | None:
        """What the body changes of a roster. Who was invited already keeps their role."""
        if self.participants is None:
            return None
        given = self.participants.items()

        def patch(roster: Roster) -> RosterPatch:
            return {
                raw_id: None if participant is None else roster.get(raw_id, "Attendee")
                for raw_id, participant in given
            }

        return patch


def room_of_2021(room: domain.Room, roster: Roster) -> RoomOf2021:
    """Returns a room with its roster."""
    body: RoomOf2021 = {
        "id": room.id,
        "createdDateTime": format_time(room.created_at),
        "validFrom": format_time(room.valid_from),
        "validUntil": format_time(room.valid_until),
    }
    if roster:
        body["participants"] = {raw_id: {} for raw_id in roster}
    return body


def changed_room_of_2021(room: domain.Room, roster: Roster) -> ChangedRoomOf2021:
    """Returns the answer to a create or an update."""
    return {"room": room_of_2021(room, roster)}
