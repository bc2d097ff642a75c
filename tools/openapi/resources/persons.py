"""Persons: the erasure of one."""

from typing import Annotated

from pydantic import WithJsonSchema

from openapi.examples import ATTENDEE
from openapi.operation import Answer, Operation, Parameter, read
from openapi.parameters import CLIENT_REQUEST_ID
from rooms.api.errors import InvalidParameter
from rooms.api.extension import persons
from rooms.storage.errors import ErasureNotFound

type ErasureId = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{32}$"})]

_ERASURE_ID = Parameter(
    "erasureId",
    "path",
    ErasureId,
    "The id of the erasure, from the answer to its begin.",
    required=True,
    example="0" * 32,
)

_EXAMPLE = {
    "id": "3f0c1c6c5d0f4d0c8a4b0e7f2a9d6b11",
    "status": "done",
    "pseudonym": "8:erased:5b1d8c2e9f3a4b6d8c7e1f0a2b3c4d5e",
    "found": {
        "rooms": 12,
        "rosters": 14,
        "details": 12,
        "events": 26,
        "logRecords": 62,
        "invitations": 24,
        "quarantined": 0,
        "users": 1,
    },
    "rows": 5210,
    "roomsAtAcs": [],
    "startedAt": "2026-05-04T10:00:00+00:00",
    "finishedAt": "2026-05-04T10:00:03+00:00",
}

PERSONS = {
    "erase_person": Operation(
        kind="extension",
        summary="Erase a person",
        description=(
            "Replaces the ids of the person by a pseudonym and their names by `erased`, in all "
            "that is stored: rosters and their history, details, call events, logs and lists. "
            "Counts and times of attendance stay. Deletes events in quarantine that name the "
            "person, and the person's users of this service. With `rawId`, only this id; with "
            "`externalId`, all raw ids that details have given this external id. The service "
            "works on it for some seconds. If it is then still `running`, ask to continue; else "
            "a timer goes on with it. Writes PersonErased into the log of each room that was "
            "changed, and into that of the service. Asked again while it runs, it answers with "
            "the same erasure. While the service reads rooms at ACS, it is `refused` if one of "
            "them invites the person: remove them there first, else the next look would bring "
            "them back."
        ),
        parameters=(CLIENT_REQUEST_ID,),
        body=persons.ErasePerson,
        examples={
            "by raw id": {"rawId": ATTENDEE},
            "by external id": {"externalId": "patient-4711"},
        },
        answers=(Answer(202, "The erasure.", persons.ErasureBody, example=_EXAMPLE),),
        errors=(InvalidParameter,),
    ),
    "continue_erasure": read(
        "Go on with an erasure",
        "Works on it for some seconds, unless another process does. One that is done stays as it "
        "is.",
        Answer(202, "The erasure.", persons.ErasureBody, example=_EXAMPLE),
        _ERASURE_ID,
        errors=(ErasureNotFound,),
    ),
    "get_erasure": read(
        "Get how far an erasure is",
        "The answer has nothing of the person.",
        Answer(200, "The erasure.", persons.ErasureBody, example=_EXAMPLE),
        _ERASURE_ID,
        errors=(ErasureNotFound,),
    ),
}
