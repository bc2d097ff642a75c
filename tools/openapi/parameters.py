"""Parameters of several operations, and their types."""

from typing import Annotated

from pydantic import WithJsonSchema

from openapi.operation import Parameter
from rooms.api.acs.versions import API_VERSIONS
from rooms.api.body import GivenTime
from rooms.api.shapes import CallRoomId, RoomId
from rooms.domain.limits import LIMITS
from rooms.storage.cursors import CURSOR

type ApiVersion = Annotated[str, WithJsonSchema({"type": "string", "enum": list(API_VERSIONS)})]
type PageToken = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": f"^{CURSOR.pattern}$"})
]
type SomeText = Annotated[str, WithJsonSchema({"type": "string", "minLength": 1})]
type ShortText = Annotated[
    str, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LIMITS.text})
]
type AnyText = Annotated[str, WithJsonSchema({"type": "string"})]

API_VERSION = Parameter(
    "api-version",
    "query",
    ApiVersion,
    "The version of the Rooms API. Without it, or with another one: 400.",
    required=True,
    example=API_VERSIONS[-1],
)
ROOM_ID_PARAMETER = Parameter(
    "roomId", "path", RoomId, "The room's id.", required=True, example="99482221907697241"
)
CALL_ROOM_ID_PARAMETER = Parameter(
    "roomId",
    "path",
    CallRoomId,
    "The room's id: one of this service, or as events of calls name it.",
    required=True,
    example="99482221907697241",
)
NEXT_LINK = Parameter(
    "nextLink",
    "query",
    PageToken,
    "Where the page begins: only ever from a `nextLink` of the same list, which is a whole URL to ask for.",
)
CLIENT_REQUEST_ID = Parameter(
    "x-ms-client-request-id",
    "header",
    AnyText,
    "Goes into the room's log as `requestId`, its first 256 characters. A DELETE that is sent again with the same one finds "
    "it done.",
)
FROM = Parameter(
    "from",
    "query",
    GivenTime,
    "The beginning of the time asked about.",
    example="2026-05-04T10:00:00Z",
)
UNTIL = Parameter(
    "until",
    "query",
    GivenTime,
    "The end of the time asked about, which is not in it; after `from`.",
    example="2026-05-04T11:00:00Z",
)
