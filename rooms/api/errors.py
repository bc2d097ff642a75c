"""The answer to each error: its status, code, text and field.

Routes raise the classes below. domain, storage, auth and acs raise errors of their own, which
know nothing of HTTP. ACS answers errors in two families:

- A: `{"error": {"code", "message"}}`, and the code in the header x-ms-error-code (`ANSWERS`).
- B: the same with `details`, each with a `target`, and without the header (`faults.py`).

Extension routes, and those of the Identity API, answer all errors in family A, with a `target` for
the first fault of family B.
Recordings of the real service (2025) have the statuses, codes and texts that ACS answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rooms.acs import errors as acs
from rooms.auth import errors as auth
from rooms.domain import errors as domain
from rooms.media import errors as media
from rooms.storage import errors as storage


@dataclass(frozen=True, slots=True)
class Detail:
    """One fault of a request: a sentence, and the path of the field at fault."""

    message: str
    target: str


class ApiError(Exception):
    """Base of what routes raise."""


class ValidationFailed(ApiError):
    """The request is readable but not valid."""

    def __init__(self, *details: Detail) -> None:
        super().__init__("; ".join(f"{d.target}: {d.message}" for d in details))
        self.details = details


class InvalidParameter(ApiError):
    """A parameter or field is not valid."""

    def __init__(self, message: str, target: str) -> None:
        super().__init__(message)
        self.target = target


class InvalidRoomIdLength(ApiError):
    """No room id has this length."""


class InvalidRoomId(ApiError):
    """The id has the length of a room id but not its form."""


class InvalidIdentifier(ApiError):
    """A raw id is not of an ACS user: in a create, or in a change of api-versions before 2023."""


class UnsupportedIdentifier(ApiError):
    """A change of the roster has a raw id that is not of an ACS user."""

    def __init__(self, raw_id: str) -> None:
        super().__init__(f"Communication identifier {raw_id} is not supported.")


class ApiVersionUnspecified(ApiError):
    """The query has no api-version."""


class UnsupportedApiVersion(ApiError):
    """This service does not support the api-version."""

    def __init__(self, uri: str, version: str) -> None:
        super().__init__(
            f"The HTTP resource that matches the request URI '{uri}' does not support the API "
            f"version '{version}'."
        )


class LengthRequired(ApiError):
    """The body is chunked. The Functions host would pass it on as an empty one."""


class BodyTooLarge(ApiError):
    """The body is larger than the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request body is larger than {limit:,} bytes.")


class UnsupportedMediaType(ApiError):
    """The Content-Type of the body is not JSON."""


class AdmissionRefused(ApiError):
    """The person may not join. The message is the first reason's; the answer has all of them."""


class NoJoinPage(ApiError):
    """Nobody may join with links here."""


class NoMediaServer(ApiError):
    """An event of a media server comes, and none is set."""


class CallNotFound(ApiError):
    """The room has no call of that id."""


class ParticipantNotInCall(ApiError):
    """Nobody in the call has that id."""


class NoCallNow(ApiError):
    """The room has no call at the moment."""


class CallWasEnded(ApiError):
    """The call whose connection somebody lost was ended for everybody."""


class RemovedFromThisCall(ApiError):
    """Somebody lost the connection because they were removed from the call."""


class NotAllowedInCall(ApiError):
    """Somebody with a token of the media plane is not in the call, or may not do this in it."""


class StillNotUnderstood(ApiError):
    """A redriven event is still not understood. It stays in quarantine."""


class NotMoving(ApiError):
    """This service has nothing to do with rooms at ACS."""


class PassGoesOn(ApiError):
    """The pass that is asked for is under way."""


class TeamsUsersNeedAcs(ApiError):
    """A token of a Teams user is to be exchanged, and no resource of ACS is set."""


class ForwardedToItself(ApiError):
    """A request that this service, or another like it, sent on to ACS has come to one that would
    send it on again."""


class TokensAreOfAcs(ApiError):
    """A token is to be checked, and a resource of ACS makes the tokens."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How an error of family A is answered. Without a `message` the error's own text is."""

    status: int
    code: str
    message: str | Callable[[Any], str] | None = None
    retry_after: int | None = None
    """Seconds, unless the error has another `retry_after`."""

    def text(self, error: Exception) -> str:
        """Returns the message of the answer to `error`."""
        if callable(self.message):
            return self.message(error)
        return str(error) if self.message is None else self.message


BAD_REQUEST: Final = "BadRequest"
NOT_VALID = "The request could not be understood by the server due to malformed syntax."

ANSWERS: Mapping[type[Exception], Answer] = {
    # What ACS answers, too.
    auth.Denied: Answer(401, "Denied", "Denied by the resource provider."),
    domain.RoomNotFound: Answer(404, "NotFound", "The server cannot find the requested resource."),
    InvalidRoomIdLength: Answer(400, BAD_REQUEST, "Invalid room ID length."),
    InvalidRoomId: Answer(400, BAD_REQUEST, "Invalid room ID."),
    InvalidIdentifier: Answer(400, BAD_REQUEST, "Invalid format for communication identifier."),
    UnsupportedIdentifier: Answer(400, BAD_REQUEST),
    domain.PolicyChangeTooLate: Answer(
        400,
        BAD_REQUEST,
        "Room join policy cannot be updated after room start time has elapsed",
    ),
    ApiVersionUnspecified: Answer(
        400, "ApiVersionUnspecified", "An API version is required, but was not specified."
    ),
    UnsupportedApiVersion: Answer(400, "UnsupportedApiVersion"),
    UnsupportedMediaType: Answer(
        415,
        "UnsupportedMediaType",
        "The request body must be JSON: set Content-Type to application/json or "
        "application/merge-patch+json.",
    ),
    # What only this service answers.
    LengthRequired: Answer(
        411, "LengthRequired", "A request with a body needs a Content-Length header."
    ),
    BodyTooLarge: Answer(413, "RequestBodyTooLarge"),
    InvalidParameter: Answer(400, "InvalidParameter"),
    AdmissionRefused: Answer(403, "AdmissionRefused"),
    CallNotFound: Answer(404, "NotFound", "This room has no such call."),
    ParticipantNotInCall: Answer(
        404, "ParticipantNotInCall", "Nobody with this id is in the call of the room now."
    ),
    NoCallNow: Answer(404, "NoCallNow", "The room has no call now."),
    CallWasEnded: Answer(409, "CallEnded", "This call was ended for everybody."),
    RemovedFromThisCall: Answer(409, "RemovedFromCall", "You were removed from this call."),
    NotAllowedInCall: Answer(
        403,
        "NotAllowedInCall",
        "Only a Presenter who is in the call of this room, while it is open, may do this.",
    ),
    storage.RoomChanged: Answer(
        412,
        "RoomChanged",
        "The room has changed since it was read. Read it again, and send the change once more.",
    ),
    domain.CallsAtAcs: Answer(
        409,
        "CallsAtAcs",
        "ACS has this room and carries its calls, so this cannot be done here. Move the room "
        "first: POST /rooms/{id}/carrier, or rooms move.",
    ),
    NotMoving: Answer(
        404,
        "NotFound",
        "This service has nothing to do with rooms at ACS: set ROOMS_ACS_MODE to observe or "
        "through.",
    ),
    PassGoesOn: Answer(
        409, "PassGoesOn", "This pass is under way. Ask for another one when it has ended."
    ),
    domain.CallGoesOn: Answer(
        409,
        "CallGoesOn",
        "The room has a call now. Move it when the call is over, or with force: who is in the "
        "call then meets nobody who joins later.",
    ),
    domain.GoneAtAcs: Answer(
        409,
        "GoneAtAcs",
        "ACS does not have this room any more. It cannot be made there again, as nobody can choose "
        "the id of a room at ACS. Make another room there.",
    ),
    domain.NoGuestsAtAcs: Answer(
        409,
        "NoGuestsAtAcs",
        "A room at ACS lets in only who is invited. Set roomJoinPolicy to InviteOnly.",
    ),
    domain.OtherResource: Answer(
        409,
        "OtherResource",
        "The ACS resource of this service does not know this user: another resource made it, or "
        "it was deleted.",
    ),
    storage.QuarantinedEventNotFound: Answer(
        404, "NotFound", "There is no such event in quarantine."
    ),
    storage.ErasureNotFound: Answer(404, "NotFound", "There is no such erasure of a person."),
    StillNotUnderstood: Answer(409, "NotUnderstood"),
    domain.ReadOnlyHere: Answer(
        409,
        "ReadOnlyHere",
        "This service only observes the rooms of ACS, as ROOMS_ACS_MODE is observe. Send the "
        "change to ACS, or set ROOMS_ACS_MODE to through.",
    ),
    domain.UserNotFound: Answer(
        404, "NotFound", "There is no such identity: it was not made here, or it was deleted."
    ),
    TeamsUsersNeedAcs: Answer(
        501,
        "NotImplemented",
        "Only ACS can exchange the tokens of Teams users: set ROOMS_ACS_CONNECTION_STRING or "
        "ROOMS_ACS__endpoint, so that this service forwards the request.",
    ),
    ForwardedToItself: Answer(
        502,
        "BadGateway",
        "The resource that is set for ACS is an Anteroom that sends requests on. Whoever runs this "
        "service must set ROOMS_ACS_CONNECTION_STRING or ROOMS_ACS__endpoint to a resource of ACS.",
    ),
    TokensAreOfAcs: Answer(
        409,
        "TokensAreOfAcs",
        "ACS makes the tokens, as ROOMS_ACS_CONNECTION_STRING or ROOMS_ACS__endpoint is set, and "
        "only ACS can check them.",
    ),
    acs.AcsUnavailable: Answer(
        503,
        "ServiceUnavailable",
        "ACS does not answer at the moment. Please try again.",
        retry_after=1,
    ),
    acs.AcsRefusesUs: Answer(
        502,
        "BadGateway",
        "ACS refuses the credentials of this service. Whoever runs it must check "
        "ROOMS_ACS_CONNECTION_STRING, or the role of its identity.",
    ),
    acs.NoAnswerOfAcs: Answer(
        502,
        "BadGateway",
        "What answers at the endpoint that is set for ACS is not ACS. Whoever runs this service "
        "must check ROOMS_ACS_CONNECTION_STRING or ROOMS_ACS__endpoint.",
    ),
    media.MediaUnavailable: Answer(
        503,
        "MediaUnavailable",
        "The media server of this service does not answer at the moment. Please try again.",
        retry_after=1,
    ),
    media.MediaRefusesUs: Answer(
        502,
        "BadGateway",
        "The media server refuses the key of this service. Whoever runs it must check "
        "ROOMS_MEDIA_KEY__<API key>.",
    ),
    media.WebhookNotVerified: Answer(
        401, "Denied", lambda error: f"This is no event of the media server: {error}."
    ),
    NoMediaServer: Answer(
        404, "NotFound", "This service has no media server: ROOMS_MEDIA_URL names one."
    ),
    media.InvalidJoinLink: Answer(
        401,
        "JoinLinkInvalid",
        "This join link is not valid, or it has expired. Ask for another one.",
    ),
    storage.DeletedHere: Answer(
        409, "DeletedHere", "This room was deleted here, and is not made again by an import."
    ),
    storage.AnotherRoom: Answer(
        409,
        "AnotherRoom",
        "This service has a room of this id that was created at another time.",
    ),
    storage.AnotherCarrier: Answer(
        409,
        "AnotherCarrier",
        lambda error: (
            f"The calls of this room run {'at ACS' if error.carrier == 'acs' else 'here'}, and not "
            "where the import says. Only a move changes that."
        ),
    ),
    storage.ChangeUnderWay: Answer(
        409,
        "ChangeUnderWay",
        "A change of this room is under way at ACS, or was made just now. Please try again in a "
        "minute.",
    ),
    storage.JoinLinkUsed: Answer(
        403,
        "JoinLinkUsed",
        "This join link was used in another browser before. Ask for another one.",
    ),
    NoJoinPage: Answer(
        404,
        "NotFound",
        "Nobody can join with links here: the service needs ROOMS_MEDIA_URL, and ROOMS_JOIN_PAGE "
        "must not be false.",
    ),
    media.NoMediaPlane: Answer(
        501,
        "NotImplemented",
        "The calls of this service are not carried by a media server of its own: set "
        "ROOMS_MEDIA_URL to a LiveKit server.",
    ),
    storage.TooManyEvents: Answer(
        400,
        "TooManyEvents",
        lambda error: (
            f"This needs more than {error.events:,} events, or {error.calls:,} calls, to be read. "
            "Ask for one call, or for a shorter time."
        ),
    ),
    storage.TooManyChanges: Answer(
        400,
        "TooManyChanges",
        lambda error: (
            f"In this time the roster has changed more than {error.limit:,} times. "
            "Ask for one call, or for a shorter time."
        ),
    ),
    storage.StorageUnavailable: Answer(
        503,
        "ServiceUnavailable",
        "The storage of this service is not available at the moment. Please try again.",
        retry_after=1,
    ),
    storage.TableMissing: Answer(503, "TableNotFound", retry_after=1),
    storage.AccountsMissing: Answer(503, "AccountsMissing", retry_after=1),
    storage.RoomMoves: Answer(503, "RoomMoves", retry_after=1),
    auth.TooManyRequests: Answer(
        429,
        "TooManyRequests",
        "You send more requests than this service allows. Please try again later.",
        retry_after=1,
    ),
    storage.ClockWrong: Answer(503, "ClockWrong", retry_after=1),
    storage.ContentRefused: Answer(
        400,
        "ContentRefused",
        lambda error: (
            f"The storage does not take what this request writes ({error.reason}). Must be less, "
            "or without unusual characters."
        ),
    ),
    auth.TenantKeysUnavailable: Answer(
        503,
        "ServiceUnavailable",
        "Tokens cannot be checked at the moment. Please try again.",
        retry_after=1,
    ),
}
"""Errors of family A, by their class."""

EXTENSION_ANSWERS: Mapping[type[Exception], Answer] = {
    **ANSWERS,
    domain.RoomNotFound: Answer(404, "NotFound", "There is no such room, or it was deleted."),
}
"""The same on extension routes."""

IDENTITY_ANSWERS: Mapping[type[Exception], Answer] = {
    **ANSWERS,
    InvalidParameter: Answer(400, "ValidationError"),
}
"""The same on routes of the Identity API."""

ANSWERS_OF: Mapping[str, Mapping[type[Exception], Answer]] = {
    "acs": ANSWERS,
    "identity": IDENTITY_ANSWERS,
    "extension": EXTENSION_ANSWERS,
}
"""The same by the kind of a request."""
