"""The errors that the user sees. Each message says what is wrong and what to do.

Failure                the command failed
├── Denied             the service does not accept the key, or the key lacks the permission
├── InvalidRawId       a raw id is not that of an ACS user
├── Refused            the service refuses the request, and says why
└── TemporaryFailure   the service is busy or does not answer: a retry may succeed
"""

import re
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3

VARIABLE = "COMMUNICATION_CONNECTION_STRING"

CLOCK_SECONDS = 300
"""For so long a signature is good."""

ADVICE = {
    "There is no such room, or it was deleted.": "`rooms list` shows the rooms.",
    "This room has no such call.": "`rooms log ROOM --json` shows the ids of its calls.",
    "Nobody with this id is in the call of the room now.": "`rooms who ROOM` shows who is there.",
    "Invalid room ID.": "`rooms list` shows the rooms.",
}
"""What to do, by the service's message: its error codes do not distinguish these."""

INVALID_RAW_ID = "Invalid format for communication identifier."
"""The service's message about a raw id that is not an ACS user's. It does not say which one."""

ARGUMENTS = {
    **{
        name: f"--{name}"
        for name in (
            "participant",
            "person",
            "state",
            "from",
            "until",
            "title",
            "at",
            "call",
            "kind",
            "actor",
        )
    },
    "externalId": "--external-id",
    "ValidFrom": "--from",
    "ValidUntil": "--until",
    "rawId": "PERSON",
    "$.rawId": "PERSON",
    "$.expiresAt": "--expires",
    "$.carrier": "--to",
    "$.deleteAtAcs": "--delete-at-acs",
}
"""The argument of the command line for each field that the service may name in an error."""

_RAW_ID_FORMAT = "It should look like 8:acs:<guid>_<guid>."
_GUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class Failure(Exception):
    """The command failed. The message is for people and contains no secrets."""


class Denied(Failure):
    """The service does not accept the key, or the key lacks the permission."""


class InvalidRawId(Failure):
    """A raw id is not that of an ACS user."""


class Refused(Failure):
    """The service refuses the request. `status` and `code` are those of its answer."""

    def __init__(self, message: str, status: int, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class TemporaryFailure(Failure):
    """The service is busy or does not answer. A retry may succeed."""


def unreachable(endpoint: str, problem: Exception) -> Failure:
    """Returns the failure for a request that got no answer."""
    for cause in _causes(problem):
        match cause:
            case ssl.SSLCertVerificationError():
                return Failure(
                    f"The certificate of {endpoint} is not trusted. With `make start`, run the "
                    "line `source .../.devhost/env` that it prints."
                )
            case ssl.SSLError():
                return Failure(
                    f"{endpoint} does not speak HTTPS. "
                    "If this is the HTTP port, begin the endpoint with http://."
                )
            case TimeoutError():
                return TemporaryFailure(f"{endpoint} does not answer in time. Try again later.")
            case urllib3.exceptions.ProtocolError():
                return TemporaryFailure(
                    f"{endpoint} closed the connection. "
                    "If this is the HTTPS port, begin the endpoint with https://."
                )
    # requests raises a plain OSError, not one of its own, if the CA bundle does not exist.
    if isinstance(problem, OSError) and not isinstance(problem, requests.RequestException):
        return Failure(
            "The file that REQUESTS_CA_BUNDLE names does not exist. "
            "Run the line `source .../.devhost/env` that `make start` prints."
        )
    return TemporaryFailure(
        f"Cannot connect to {endpoint}. "
        f"Check that the service is running (`make start`), and the endpoint in {VARIABLE}."
    )


def refused(endpoint: str, status: int, body: object, date: str | None = None) -> Failure:
    """Returns the failure for an answer that is not a success. `body` is its JSON, or None; `date`
    is its Date header."""
    if status == 401 and abs(ahead := _seconds_ahead(date)) >= CLOCK_SECONDS:
        which = "ahead of" if ahead > 0 else "behind"
        return Failure(
            f"The clock of this machine is {abs(ahead) // 60} min {which} that of {endpoint}, "
            "which takes signatures of five minutes. Set the clock."
        )
    if status == 401:
        return Denied(
            f"{endpoint} does not accept the key in {VARIABLE}. "
            "Set it to the connection string that `make start` prints."
        )
    match body:
        case {"error": {"message": str(said)} as error}:
            pass
        case _:
            return _unexpected(endpoint, status)
    if said == INVALID_RAW_ID:
        return InvalidRawId(f"A raw id is not that of an ACS user. {_RAW_ID_FORMAT}")
    message = f"{said} {ADVICE[said]}" if said in ADVICE else _message(error)
    if _is_temporary(status):
        return TemporaryFailure(message)
    return Refused(message, status, str(error.get("code")))


def _seconds_ahead(date: str | None) -> int:
    """Returns how far the clock here is ahead of that of an answer; 0 if that is not known."""
    try:
        theirs = parsedate_to_datetime(date or "")
    except ValueError:
        return 0
    return round(time.time() - theirs.timestamp())


def needs_manage_key(command: str) -> Failure:
    """Returns the failure that replaces Denied when a command changes something."""
    return Failure(f"The key in {VARIABLE} is wrong or read-only. `{command}` needs a manage key.")


def invalid_raw_ids(raw_ids: Iterable[str]) -> Failure:
    """Returns the failure that replaces InvalidRawId when these raw ids were sent."""
    wrong = [raw_id for raw_id in raw_ids if re.fullmatch(f"8:acs:{_GUID}_{_GUID}", raw_id) is None]
    if not wrong:
        return Failure("The service refused one of the raw ids as not that of an ACS user.")
    return Failure(f"Not a raw id of an ACS user: {', '.join(wrong)}. {_RAW_ID_FORMAT}")


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    """Yields an exception and its causes. azure-core keeps a cause in a field of its own."""
    while problem is not None:
        yield problem
        problem = (
            getattr(problem, "inner_exception", None) or problem.__cause__ or problem.__context__
        )


def _message(error: Mapping[str, Any]) -> str:
    return " ".join(map(_fault, error.get("details") or [error]))


def _fault(fault: Mapping[str, str]) -> str:
    target, message = fault.get("target"), fault["message"].replace("`from`", "--from")
    return f"{ARGUMENTS.get(target, target)}: {message}" if target else message


def _unexpected(endpoint: str, status: int) -> Failure:
    if _is_temporary(status):
        return TemporaryFailure(f"{endpoint} answered {status}. Try again later.")
    return Failure(
        f"{endpoint} answered {status}, but not as Anteroom does. "
        f"Check the endpoint in {VARIABLE}, and that the service is up to date."
    )


def _is_temporary(status: int) -> bool:
    return status == 429 or status >= 500
