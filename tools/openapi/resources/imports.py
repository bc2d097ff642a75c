"""Imports: rooms as they are at ACS."""

from openapi.examples import ATTENDEE, PRESENTER, TIMES
from openapi.operation import Answer, Operation
from openapi.parameters import CLIENT_REQUEST_ID, ROOM_ID
from rooms.api.errors import InvalidRoomId, InvalidRoomIdLength
from rooms.api.extension import imports
from rooms.api.extension.imports import ImportRoom
from rooms.storage.errors import AnotherCarrier, AnotherRoom, ChangeUnderWay, DeletedHere

_ROOM = {
    "createdAt": "2026-05-01T08:00:00.1234567Z",
    **TIMES,
    "pstnDialOutEnabled": False,
    "participants": {PRESENTER: {"role": "Presenter"}, ATTENDEE: {"role": "Attendee"}},
}
_CHANGED = {
    "outcome": "changed",
    "participants": {"added": {ATTENDEE: "Attendee"}, "changed": {}, "removed": {}},
}

IMPORTS = {
    "import_room": Operation(
        kind="extension",
        summary="Import a room of ACS",
        description=(
            "The room keeps its id, and the time at which ACS created it. Its times may have "
            "passed. It is in lists, and in the log, at that time: the actor of `RoomCreated` is "
            "`acs`, and `seenAt` and `seenBy` say when it was imported, and by whom. The roster "
            "counts since the room was created.\n\n"
            "Import it as often as you want. A room that is here as the body says stays as it is, "
            "and nothing is written. If it differs, it becomes what the body says: who stays on "
            "the roster keeps their place, and its title, names and join policy stay. With "
            "`dryRun` the answer says what would change, and nothing is written.\n\n"
            "`seenAt` is when you read the room at ACS. If it was changed here since, the answer "
            "is `ChangeUnderWay`: read it once more. Without `seenAt` only changes of the last "
            "seconds are safe."
        ),
        parameters=(ROOM_ID, CLIENT_REQUEST_ID),
        body=ImportRoom,
        examples={
            "a room": {**_ROOM, "seenAt": "2026-05-20T10:00:00Z"},
            "what an import would change": {**_ROOM, "carrier": "own", "dryRun": True},
        },
        answers=(
            Answer(
                200,
                "The room was here. Or it was a dry run.",
                imports.ImportBody,
                example=_CHANGED,
            ),
            Answer(
                201, "The room was imported.", imports.ImportBody, example={"outcome": "imported"}
            ),
        ),
        errors=(
            InvalidRoomId,
            InvalidRoomIdLength,
            DeletedHere,
            AnotherRoom,
            AnotherCarrier,
            ChangeUnderWay,
        ),
    ),
}
