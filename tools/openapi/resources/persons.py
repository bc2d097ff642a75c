"""Persons: those whom rooms name, and the erasure of one."""

from typing import Annotated

from pydantic import WithJsonSchema

from openapi.examples import ATTENDEE
from openapi.operation import Answer, Operation, Parameter, read
from openapi.parameters import CLIENT_REQUEST_ID, NEXT_LINK, ShortText
from rooms.api.errors import InvalidParameter
from rooms.api.extension import people, persons
from rooms.api.shapes import Page
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
    "list_people": read(
        "Find people by name",
        "The people of the newest rooms, at most 30, whose details name somebody with this text in "
        "their name: those of the newest room first, at most 100. Raw ids with the same external "
        "id are one person. The next page has the people of older rooms, also those of this page "
        "again. A page with a `nextLink` may be empty, as a search of many rooms takes several.",
        Answer(
            200,
            "A page of people.",
            Page[people.PersonByName],
            example={
                "value": [
                    {"name": "Dr. Khan", "externalId": "D-1", "rawIds": [ATTENDEE], "rooms": 3}
                ]
            },
        ),
        Parameter(
            "name",
            "query",
            ShortText,
            "A part of the name, in upper or lower case.",
            required=True,
            example="khan",
        ),
        NEXT_LINK,
        errors=(InvalidParameter,),
    ),
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
