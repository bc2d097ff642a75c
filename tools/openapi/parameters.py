"""Parameters that several operations share, and their types."""

from typing import Annotated

from pydantic import WithJsonSchema

from openapi import examples
from openapi.operation import Parameter
from rooms.api.acs.versions.table import API_VERSIONS, NEWEST
from rooms.api.body import GivenTime
from rooms.api.if_match import ETAGS
from rooms.api.shapes import CallRoomId, RoomId
from rooms.domain.limits import LIMITS
from rooms.storage.cursors import CURSOR

type PageToken = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": f"^{CURSOR.pattern}$"})
]
type SomeText = Annotated[str, WithJsonSchema({"type": "string", "minLength": 1})]
type ShortText = Annotated[
    str, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LIMITS.text})
]
type ETags = Annotated[str, WithJsonSchema({"type": "string", "pattern": f"^({ETAGS.pattern})$"})]
type AnyText = Annotated[str, WithJsonSchema({"type": "string"})]


def api_version(operation: str, required: bool = True) -> Parameter:
    """Returns the parameter that names an api-version which has the operation."""
    names = [name for name, version in API_VERSIONS.items() if operation in version.operations]
    shape = Annotated[str, WithJsonSchema({"type": "string", "enum": names})]
    return Parameter(
        "api-version",
        "query",
        shape,
        "The version of the Rooms API. A missing or unknown version gets 400."
        if required
        else "Required for the list of ACS.",
        required=required,
        example=NEWEST.name if NEWEST.name in names else names[-1],
    )


ROOM_ID = Parameter(
    "roomId", "path", RoomId, "The id of the room.", required=True, example=examples.ROOM_ID
)
CALL_ROOM_ID = Parameter(
    "roomId",
    "path",
    CallRoomId,
    "The id of the room: one that this service made, or one that call events name.",
    required=True,
    example=examples.ROOM_ID,
)
NEXT_LINK = Parameter(
    "nextLink",
    "query",
    PageToken,
    "The start of the page, from the `nextLink` of the same list. That link is a whole URL: "
    "follow it as it is.",
)
CLIENT_REQUEST_ID = Parameter(
    "x-ms-client-request-id",
    "header",
    AnyText,
    "The id of the request. The log keeps its first 256 characters as `requestId`. A repeated "
    "DELETE with the same id succeeds.",
)
IF_MATCH = Parameter(
    "If-Match",
    "header",
    ETags,
    "The `ETag` of the overview that the change is made from. If the room, its roster or its "
    "details have changed since, nothing is changed, and the answer is 412 `RoomChanged`; unless "
    "there is nothing left to change. `*`, or no header: the change is made in any case.",
    example='"2026-05-04T09:58:12.4211090Z"',
)
FROM = Parameter(
    "from",
    "query",
    GivenTime,
    "The start of the period.",
    example="2026-05-04T10:00:00Z",
)
UNTIL = Parameter(
    "until",
    "query",
    GivenTime,
    "The end of the period, exclusive. It must be after `from`.",
    example="2026-05-04T11:00:00Z",
)
