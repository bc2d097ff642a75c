"""Carrier: where the calls of a room run, and how it moves."""

from openapi.operation import Answer, Operation
from openapi.parameters import CALL_ROOM_ID, CLIENT_REQUEST_ID
from rooms.acs.errors import AcsRefusesUs, AcsUnavailable, NoAnswerOfAcs
from rooms.api.errors import InvalidRoomId
from rooms.api.extension import carrier
from rooms.domain.errors import (
    CallGoesOn,
    GoneAtAcs,
    NoGuestsAtAcs,
    RoomNotFound,
)
from rooms.storage.errors import ChangeUnderWay

_MOVED = {"outcome": "moved", "before": "acs", "after": "own"}

CARRIER = {
    "move_room": Operation(
        kind="extension",
        summary="Move a room from ACS to this service, or back",
        description=(
            "Writes RoomMoved into the log of the room. Roster, validity and id stay as they are. "
            "Nothing changes if the room is there already. A room moves only while it has no call, "
            "unless `force` is true. To ACS it moves only in mode `through`, and if ACS still has "
            "it: what was changed here since is changed there first. With `deleteAtAcs`, ACS's "
            "room is deleted once the room has moved here. Requests may be sent again. What ACS "
            "refuses is answered as ACS answered it."
        ),
        parameters=(CALL_ROOM_ID, CLIENT_REQUEST_ID),
        body=carrier.MoveRoom,
        examples={
            "to this service": {"carrier": "own"},
            "what would become of it": {"carrier": "own", "dryRun": True},
            "back to ACS": {"carrier": "acs"},
        },
        answers=(Answer(200, "Where the calls run now.", carrier.MovedRoom, example=_MOVED),),
        errors=(
            InvalidRoomId,
            RoomNotFound,
            CallGoesOn,
            ChangeUnderWay,
            GoneAtAcs,
            NoGuestsAtAcs,
            AcsRefusesUs,
            AcsUnavailable,
            NoAnswerOfAcs,
        ),
    ),
}
