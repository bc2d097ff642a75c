"""In the call: what is done to others in it."""

from openapi.examples import ATTENDEE
from openapi.operation import Answer, Error, Operation, Parameter
from openapi.parameters import CALL_ROOM_ID, CLIENT_REQUEST_ID, SomeText
from rooms.api.errors import InvalidRoomId, NoCallNow, NotAllowedInCall, ParticipantNotInCall
from rooms.domain.errors import CallsAtAcs, RoomNotFound
from rooms.media.errors import MediaRefusesUs, MediaUnavailable, NoMediaPlane

_PARTICIPANT_ID = Parameter(
    "participantId",
    "path",
    SomeText,
    "The `participantId` of a device, as presence has it, or the raw id of a person: then all of "
    "their devices.",
    required=True,
    example=ATTENDEE,
)

_CALLERS = (
    "Callers are keys and Entra tokens that may manage, and who is in the call: with the token "
    "with which they joined it, if they are a Presenter on the roster now and the room is open. "
    "The record in the log of the room then has their raw id as `by`."
)

_DONE = (Answer(204, "It is done."),)

_ERRORS: tuple[Error, ...] = (
    InvalidRoomId,
    NotAllowedInCall,
    RoomNotFound,
    CallsAtAcs,
    NoMediaPlane,
    MediaRefusesUs,
    MediaUnavailable,
)

IN_CALL = {
    "mute_in_call": Operation(
        kind="extension",
        in_call=True,
        summary="Mute somebody in the call",
        description=f"They can unmute themselves. Writes MutedInCall for each device. {_CALLERS}",
        parameters=(CALL_ROOM_ID, _PARTICIPANT_ID, CLIENT_REQUEST_ID),
        answers=_DONE,
        errors=(*_ERRORS, ParticipantNotInCall),
    ),
    "remove_from_call": Operation(
        kind="extension",
        in_call=True,
        summary="Remove somebody from the call",
        description=(
            "Who is still invited can come back: to keep somebody out, remove them from the "
            f"roster. Writes RemovedFromCall for each device. {_CALLERS}"
        ),
        parameters=(CALL_ROOM_ID, _PARTICIPANT_ID, CLIENT_REQUEST_ID),
        answers=_DONE,
        errors=(*_ERRORS, ParticipantNotInCall),
    ),
    "end_call": Operation(
        kind="extension",
        in_call=True,
        summary="End the call for everybody",
        description=(
            "The tokens with which people have joined it let nobody in any more. While the room "
            f"is open, the next admission makes another call. Writes CallEndedForAll. {_CALLERS}"
        ),
        parameters=(CALL_ROOM_ID, CLIENT_REQUEST_ID),
        answers=_DONE,
        errors=(*_ERRORS, NoCallNow),
    ),
}
