"""Every error that a caller can be answered with: one class, one status, one code, one text.

    RoomsError                       base
    ├── Refusal                      family A: {"error":{"code","message"}}, header x-ms-error-code
    │   ├── Denied                   401  no credentials, or wrong ones
    │   ├── RoomNotFound             404  no such room, or a deleted one
    │   ├── InvalidRoomIdLength      400  an id of a length that no room id has
    │   ├── InvalidRoomId            400  an id of about the right length that is none
    │   ├── InvalidIdentifier        400  a raw id in a create that is no ACS user
    │   ├── UnsupportedIdentifier    400  the same in a change of the roster
    │   ├── ApiVersionUnspecified    400
    │   ├── UnsupportedApiVersion    400
    │   ├── LengthRequired           411  a body without Content-Length, which the host does not pass on
    │   ├── BodyTooLarge             413
    │   ├── UnsupportedMediaType     415  a body that is not said to be JSON
    │   ├── InvalidParameter         400  with target; what ValidationFailed is on routes that ACS does not have
    │   ├── RoomUnknown              404  what RoomNotFound is there
    │   ├── AdmissionRefused         403  who asks to be let in may not
    │   ├── CallNotFound             404  the room has no such call
    │   ├── QuarantinedNotFound      404  no such event in quarantine
    │   ├── StillNotUnderstood       409  a redriven event that stays in quarantine
    │   ├── TooManyEvents            400  more call events than one answer can be made of
    │   ├── TooManyChanges           400  more changes of a roster than one answer can be made of
    │   └── Unavailable              503  try again
    │       ├── StorageUnavailable        the storage is down, slow or not configured
    │       └── TenantKeysUnavailable     a token cannot be checked, as the tenant's keys cannot be had
    └── ValidationFailed             400  family B: with details, each naming the field at fault

The statuses, codes and texts of families A and B are those of ACS Rooms (recordings of 2025); those
of LengthRequired, BodyTooLarge and Unavailable are ours.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal


class RoomsError(Exception):
    """Base of all errors that are answered to a caller."""

    status: ClassVar[int] = 400


class Refusal(RoomsError):
    """Family A: a code and a message."""

    code: ClassVar[str] = "BadRequest"
    message: str = ""
    target: str | None = None
    """The parameter or field at fault, on routes that ACS does not have."""

    def __init__(self, message: str | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(self.message)


class Denied(Refusal):
    """No or wrong credentials. `reason` is for the log only: the answer never says what was wrong."""

    status = 401
    code = "Denied"
    message = "Denied by the resource provider."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class RoomNotFound(Refusal):
    """The room does not exist or was deleted."""

    status = 404
    code = "NotFound"
    message = "The server cannot find the requested resource."


class InvalidRoomIdLength(Refusal):
    """A room id of a length that no room id has."""

    message = "Invalid room ID length."


class InvalidRoomId(Refusal):
    """Text of about the length of a room id that is none."""

    message = "Invalid room ID."


class InvalidIdentifier(Refusal):
    """A raw id in a create that is not of an ACS user."""

    message = "Invalid format for communication identifier."


class UnsupportedIdentifier(Refusal):
    """A raw id in a change of the roster that is not of an ACS user."""

    def __init__(self, raw_id: str) -> None:
        super().__init__(f"Communication identifier {raw_id} is not supported.")


class ApiVersionUnspecified(Refusal):
    """The query has no api-version."""

    code = "ApiVersionUnspecified"
    message = "An API version is required, but was not specified."


class UnsupportedApiVersion(Refusal):
    """An api-version that this service does not speak."""

    code = "UnsupportedApiVersion"

    def __init__(self, uri: str, version: str) -> None:
        super().__init__(
            f"The HTTP resource that matches the request URI '{uri}' does not support the API version '{version}'."
        )


class LengthRequired(Refusal):
    """A chunked body: the Functions host would pass it on as an empty one."""

    status = 411
    code = "LengthRequired"
    message = "A request with a body needs a Content-Length header."


class BodyTooLarge(Refusal):
    """A body larger than any change of a room needs."""

    status = 413
    code = "RequestBodyTooLarge"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request body is larger than {limit:,} bytes.")


class UnsupportedMediaType(Refusal):
    """A body that is not said to be JSON."""

    status = 415
    code = "UnsupportedMediaType"
    message = "The request body must be JSON: set Content-Type to application/json or application/merge-patch+json."


class InvalidParameter(Refusal):
    """A parameter or field of a route that ACS does not have, which is not valid."""

    code = "InvalidParameter"

    def __init__(self, message: str, target: str) -> None:
        super().__init__(message)
        self.target = target


class RoomUnknown(Refusal):
    """RoomNotFound on routes that ACS does not have."""

    status = 404
    code = "NotFound"
    message = "There is no such room, or it was deleted."


class AdmissionRefused(Refusal):
    """Somebody may not come into a room. The message is the first reason's; the answer has all of
    them."""

    status = 403
    code = "AdmissionRefused"


class CallNotFound(Refusal):
    """The room has no call of that id."""

    status = 404
    code = "NotFound"
    message = "This room has no such call."


class QuarantinedNotFound(Refusal):
    """There is no event of that id in quarantine."""

    status = 404
    code = "NotFound"
    message = "There is no such event in quarantine."


class StillNotUnderstood(Refusal):
    """An event that was redriven and is still not understood. It stays in quarantine."""

    status = 409
    code = "NotUnderstood"


class TooManyEvents(Refusal):
    """More call events would have to be read than one answer can be made of."""

    LIMIT: ClassVar[int] = 20_000
    CALLS: ClassVar[int] = 2_000
    code = "TooManyEvents"
    message = f"This needs more than {LIMIT:,} events, or {CALLS:,} calls, to be read. Ask for one call, or for a shorter time."


class TooManyChanges(Refusal):
    """The roster has changed more often than one answer can be made of."""

    LIMIT: ClassVar[int] = 10_000
    code = "TooManyChanges"
    message = f"In this time the roster has changed more than {LIMIT:,} times. Ask for one call, or for a shorter time."


class Unavailable(Refusal):
    """What this service needs did not answer, or not in time. The same request may be sent again."""

    status = 503
    code = "ServiceUnavailable"
    retry_after: ClassVar[int] = 1
    """Seconds, for the Retry-After header."""


class StorageUnavailable(Unavailable):
    """Table Storage is down, slow or not configured. Nothing is half done."""

    message = "The storage of this service is not available at the moment. Please try again."


class TenantKeysUnavailable(Unavailable):
    """The keys to check Entra ID tokens with cannot be had. `reason` is for the log only."""

    message = "Tokens cannot be checked at the moment. Please try again."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that is wrong with a request: a sentence, and the path of the field at fault."""

    message: str
    target: str


class ValidationFailed(RoomsError):
    """Family B: what was sent is understood but not valid."""

    code: ClassVar[Literal["BadRequest"]] = "BadRequest"
    message: ClassVar[str] = (
        "The request could not be understood by the server due to malformed syntax."
    )

    def __init__(self, *details: Detail) -> None:
        super().__init__("; ".join(f"{d.target}: {d.message}" for d in details))
        self.details = details
