"""Participants: the operations of ACS on the roster of a room."""

from openapi.examples import ATTENDEE, PRESENTER
from openapi.failures import supported_versions
from openapi.operation import Answer, Operation
from openapi.parameters import API_VERSION, CLIENT_REQUEST_ID, ROOM_ID
from rooms.api import shapes
from rooms.api.acs import participants
from rooms.api.acs.participants import UpdateParticipants
from rooms.api.errors import InvalidRoomId, InvalidRoomIdLength, UnsupportedIdentifier
from rooms.domain.errors import RoomNotFound

_ERRORS = (InvalidRoomId, InvalidRoomIdLength, RoomNotFound)

PARTICIPANTS = {
    "list_participants": Operation(
        kind="acs",
        summary="List the participants of a room",
        description="The whole roster, in the order of invitation.",
        parameters=(ROOM_ID, API_VERSION),
        answers=(
            Answer(
                200,
                "The participants.",
                participants.Participants,
                supported_versions(required=True),
                example={"value": [{"rawId": PRESENTER, "role": "Presenter"}]},
            ),
        ),
        errors=_ERRORS,
    ),
    "update_participants": Operation(
        kind="acs",
        summary="Invite participants, change their roles, or remove them",
        description=(
            "Each key is a raw id. An object invites the person or changes their role. The default "
            "role is Attendee. Null removes the person, and does nothing if they are not in the "
            "roster. The service makes all of the changes or none. A room has at most 5,000 "
            "participants."
        ),
        parameters=(ROOM_ID, API_VERSION, CLIENT_REQUEST_ID),
        body=UpdateParticipants,
        examples={
            "invite one person and remove another": {
                "participants": {PRESENTER: {"role": "Presenter"}, ATTENDEE: None}
            }
        },
        answers=(
            Answer(
                200,
                "The roster is changed.",
                shapes.NoContent,
                supported_versions(required=True),
                example={},
            ),
        ),
        errors=(UnsupportedIdentifier, *_ERRORS),
    ),
}
