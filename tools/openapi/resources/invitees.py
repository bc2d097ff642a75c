"""Invitees: the roster of a room, with names and external ids."""

from openapi.examples import ATTENDEE, PRESENTER
from openapi.operation import Answer, Operation
from openapi.parameters import CLIENT_REQUEST_ID, IF_MATCH, ROOM_ID
from rooms.api.errors import InvalidRoomId, InvalidRoomIdLength
from rooms.api.extension import invitees
from rooms.api.extension.invitees import UpdateInvitees
from rooms.domain.errors import CallsAtAcs, ReadOnlyHere, RoomNotFound
from rooms.storage.errors import RoomChanged

_KHAN = {"role": "Presenter", "name": "Dr. Khan", "externalId": "D-1"}

INVITEES = {
    "update_invitees": Operation(
        kind="extension",
        summary="Invite people with their names, or remove them",
        description=(
            "The body is a merge patch (RFC 7396). Each key is the raw id of an ACS user. An "
            "object invites the person, or changes what it has about them. Who is invited keeps "
            "their role if the object has none. Others become Attendees. In `name` and "
            "`externalId`, null removes, and an absent field keeps its value. Null in place of the "
            "object takes the person off the roster. Their name and external id stay in the "
            "details, for reports: `PATCH /rooms/{roomId}/details` removes them.\n\n"
            "The service makes all of the changes or none. A room has at most 5,000 participants."
        ),
        parameters=(ROOM_ID, IF_MATCH, CLIENT_REQUEST_ID),
        body=UpdateInvitees,
        examples={
            "invite one person and remove another": {
                "participants": {PRESENTER: _KHAN, ATTENDEE: None}
            }
        },
        answers=(
            Answer(
                200,
                "The whole roster, after the change.",
                invitees.Invitees,
                example={"participants": [{"rawId": PRESENTER, **_KHAN}]},
            ),
        ),
        errors=(
            InvalidRoomId,
            InvalidRoomIdLength,
            RoomNotFound,
            CallsAtAcs,
            ReadOnlyHere,
            RoomChanged,
        ),
    ),
}
