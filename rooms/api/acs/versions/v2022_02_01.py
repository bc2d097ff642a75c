"""Bodies and answers of api-version 2022-02-01: rosters are lists in the room, and rooms may be
open."""

from collections.abc import Collection, Iterable
from typing import Annotated, TypedDict

from pydantic import Field

from rooms.api.acs.versions.api_version import CreateBody, UpdateBody
from rooms.api.body import Body, OptionalTime
from rooms.api.shapes import RoomId
from rooms.domain import room as domain
from rooms.domain.limits import LIMITS
from rooms.domain.room import JoinPolicy, RoomChange, check_policy_change
from rooms.domain.roster import Role, Roster, RosterPatch
from rooms.domain.time import Ticks, Time, format_time
from rooms.storage.edits import PatchOf


class CommunicationUser(TypedDict):
    """A user of ACS."""

    id: str


class CommunicationIdentifier(TypedDict):
    """Who a participant is."""

    rawId: str
    communicationUser: CommunicationUser


class ParticipantOf2022(TypedDict):
    """A participant of a room of api-version 2022-02-01."""

    communicationIdentifier: CommunicationIdentifier
    role: Role


class ParticipantsOf2022(TypedDict):
    """The roster of a room of api-version 2022-02-01, in the order of invitation."""

    participants: list[ParticipantOf2022]


class RoomOf2022(TypedDict):
    """A room of api-version 2022-02-01."""

    id: RoomId
    createdDateTime: Time
    validFrom: Time
    validUntil: Time
    roomJoinPolicy: JoinPolicy
    participants: list[ParticipantOf2022]


class GivenUser(Body):
    """A user of ACS."""

    id: str


class GivenIdentifier(Body):
    """Who a participant is: `rawId`, or else the id of a `communicationUser`."""

    raw_id: str | None = None
    communication_user: GivenUser | None = None

    @property
    def text(self) -> str:
        """The raw id. It is empty for an identifier of another kind."""
        user = self.communication_user
        return self.raw_id or ("" if user is None else user.id)


class GivenParticipant(Body):
    """A participant. The default role is Attendee."""

    communication_identifier: GivenIdentifier
    role: Role | None = None


type GivenParticipants = Annotated[
    list[GivenParticipant], Field(json_schema_extra={"maxItems": LIMITS.participants})
]


class ListedParticipants(Body):
    """The body of POST /rooms/{id}/participants:add, :update and :remove."""

    participants: GivenParticipants

    @property
    def roster(self) -> Roster:
        """The people in the body, with their roles."""
        return _roster(self.participants)

    @property
    def removal(self) -> RosterPatch:
        """The change that removes the people in the body."""
        return dict.fromkeys(self.roster)


class GivenRoom(Body):
    """What the bodies of POST /rooms and PATCH /rooms/{id} have."""

    valid_from: OptionalTime = None
    valid_until: OptionalTime = None
    room_join_policy: JoinPolicy | None = None
    participants: GivenParticipants | None = None

    @property
    def change(self) -> RoomChange:
        """What the body sets."""
        return RoomChange(self.valid_from, self.valid_until, join_policy=self.room_join_policy)


class CreateRoomOf2022(GivenRoom, CreateBody):
    """The body of POST /rooms in api-version 2022-02-01."""

    @property
    def roster(self) -> Roster:
        """The people whom the body invites."""
        return _roster(self.participants or [])


class UpdateRoomOf2022(GivenRoom, UpdateBody):
    """The body of PATCH /rooms/{id} in api-version 2022-02-01. Participants replace the roster."""

    def check(self, before: domain.Room, after: domain.Room, now: Ticks) -> None:
        """Checks that the policy changes before the room opens. Raises PolicyChangeTooLate."""
        check_policy_change(before, after, now)

    def people(self) -> Collection[str]:
        """Returns the raw ids that the body names."""
        return _roster(self.participants or [])

    @property
    def roster_change(self) -> PatchOf | None:
        """What the body changes of a roster. Those who stay keep their place."""
        if self.participants is None:
            return None
        given = _roster(self.participants)
        return lambda roster: {**dict.fromkeys(roster), **given}


def room_of_2022(room: domain.Room, roster: Roster) -> RoomOf2022:
    """Returns a room with its roster."""
    return {
        "id": room.id,
        "createdDateTime": format_time(room.created_at),
        "validFrom": format_time(room.valid_from),
        "validUntil": format_time(room.valid_until),
        "roomJoinPolicy": room.join_policy,
        **participants_of_2022(roster),
    }


def participants_of_2022(roster: Roster) -> ParticipantsOf2022:
    """Returns the participants of a room."""
    return {
        "participants": [
            {
                "communicationIdentifier": {"rawId": raw_id, "communicationUser": {"id": raw_id}},
                "role": role,
            }
            for raw_id, role in roster.items()
        ]
    }


def _roster(participants: Iterable[GivenParticipant]) -> Roster:
    return {each.communication_identifier.text: each.role or "Attendee" for each in participants}
