"""Join policy: who may join a room."""

from openapi.operation import Answer, Operation, read
from openapi.parameters import CALL_ROOM_ID, CLIENT_REQUEST_ID, IF_MATCH, ROOM_ID
from rooms.api.errors import InvalidRoomId, InvalidRoomIdLength
from rooms.api.extension import join_policy
from rooms.api.extension.join_policy import SetJoinPolicy
from rooms.domain.errors import CallsAtAcs, ReadOnlyHere, RoomNotFound
from rooms.storage.errors import RoomChanged

_OPEN = {"roomJoinPolicy": "CommunicationServiceUsers"}

JOIN_POLICY = {
    "get_join_policy": read(
        "Get who may join a room",
        "Only the invited (`InviteOnly`), or every ACS user (`CommunicationServiceUsers`). ACS "
        "calls the latter an open room.",
        Answer(200, "The policy.", join_policy.JoinPolicyOfRoom, example=_OPEN),
        CALL_ROOM_ID,
        errors=(InvalidRoomId, RoomNotFound),
    ),
    "set_join_policy": Operation(
        kind="extension",
        summary="Set who may join a room",
        description=(
            "Any room can be changed, whether or not it has started. In an open room, a person who "
            "is not invited is a guest with the role Attendee. Presence and attendance of earlier "
            "times use the policies of then."
        ),
        parameters=(ROOM_ID, IF_MATCH, CLIENT_REQUEST_ID),
        body=SetJoinPolicy,
        examples={"every ACS user": _OPEN, "only the invited": {"roomJoinPolicy": "InviteOnly"}},
        answers=(
            Answer(
                200, "The policy after the change.", join_policy.JoinPolicyOfRoom, example=_OPEN
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
