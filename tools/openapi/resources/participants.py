"""Participants: the operations of ACS on the roster of a room."""

from typing import Any

from openapi.examples import ATTENDEE, PRESENTER
from openapi.failures import supported_versions
from openapi.operation import Answer, Operation
from openapi.parameters import CLIENT_REQUEST_ID, IF_MATCH, ROOM_ID, api_version
from rooms.api import shapes
from rooms.api.acs.versions import v2022_02_01, v2023_03_31
from rooms.api.acs.versions.v2022_02_01 import ListedParticipants
from rooms.api.acs.versions.v2023_03_31 import UpdateParticipants
from rooms.api.errors import (
    InvalidIdentifier,
    InvalidRoomId,
    InvalidRoomIdLength,
    UnsupportedIdentifier,
)
from rooms.domain.errors import CallsAtAcs, ReadOnlyHere, RoomNotFound
from rooms.storage.errors import RoomChanged

_ERRORS = (InvalidRoomId, InvalidRoomIdLength, RoomNotFound)


def _listed(raw_id: str, role: str) -> dict[str, Any]:
    identifier = {"rawId": raw_id, "communicationUser": {"id": raw_id}}
    return {"communicationIdentifier": identifier, "role": role}


def _of_2022(name: str, summary: str, description: str, answer: str) -> Operation:
    return Operation(
        kind="acs",
        summary=f"{summary} (api-version 2022-02-01)",
        description=(
            f"{description} The service makes all of the changes or none. A participant is a "
            "`rawId`, or the `id` of a `communicationUser`. A room has at most 5,000 participants."
        ),
        parameters=(ROOM_ID, api_version(name), IF_MATCH, CLIENT_REQUEST_ID),
        body=ListedParticipants,
        examples={"one person": {"participants": [_listed(PRESENTER, "Presenter")]}},
        answers=(
            Answer(
                200,
                answer,
                v2022_02_01.ParticipantsOf2022,
                supported_versions(required=True),
                example={"participants": [_listed(PRESENTER, "Presenter")]},
            ),
        ),
        errors=(InvalidIdentifier, CallsAtAcs, ReadOnlyHere, RoomChanged, *_ERRORS),
    )


PARTICIPANTS = {
    "list_participants": Operation(
        kind="acs",
        summary="List the participants of a room",
        description=(
            "The whole roster, in the order of invitation. api-version 2022-02-01 has it as "
            "`participants`."
        ),
        parameters=(ROOM_ID, api_version("list_participants")),
        answers=(
            Answer(
                200,
                "The participants.",
                v2023_03_31.Participants | v2022_02_01.ParticipantsOf2022,
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
        parameters=(ROOM_ID, api_version("update_participants"), IF_MATCH, CLIENT_REQUEST_ID),
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
        errors=(UnsupportedIdentifier, CallsAtAcs, ReadOnlyHere, RoomChanged, *_ERRORS),
    ),
    "add_participants": _of_2022(
        "add_participants",
        "Invite participants",
        "The default role is Attendee. Who is invited already gets the new role.",
        "The whole roster, after the change.",
    ),
    "change_participants": _of_2022(
        "change_participants",
        "Change the roles of participants",
        "The default role is Attendee. Who is not invited yet is invited.",
        "The whole roster, after the change.",
    ),
    "remove_participants": _of_2022(
        "remove_participants",
        "Remove participants",
        "The roles in the body have no effect. Who is not invited stays so.",
        "Those who are left.",
    ),
}
