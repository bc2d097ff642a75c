"""What can go wrong, in sentences that say what to do next.

Failure                what was asked for cannot be had
├── Denied             the service does not know the key, or it may not do that
├── InvalidRawId       a raw id is no ACS user's
└── TemporaryFailure   the service does not answer, or not now: the same may be asked again
"""

import re
import ssl
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import requests
import urllib3

VARIABLE = "COMMUNICATION_CONNECTION_STRING"

INSTEAD = {
    "There is no such room, or it was deleted.": "There is no such room, or it was deleted. `rooms list` shows the rooms.",
    "This room has no such call.": "This room has no such call: `rooms log ROOM --json` has the ids of its calls.",
    "Invalid room ID.": "Invalid room ID. `rooms list` shows the rooms.",
}
"""For what the service says, what says also what to do. Its codes do not tell these apart."""

INVALID_RAW_ID = "Invalid format for communication identifier."
"""What the service says of a raw id that is no ACS user's, without saying which."""

TYPED = {
    **{
        name: f"--{name}"
        for name in (
            "participant",
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
    "ValidFrom": "--from",
    "ValidUntil": "--until",
    "rawId": "PERSON",
}
"""What is typed for what the service finds fault with."""

_RAW_IDS = "these look like 8:acs:<guid>_<guid>."
_GUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class Failure(Exception):
    """What was asked for cannot be had. The message is for people and has no secrets."""


class Denied(Failure):
    """The service does not know the key, or it may not do that."""


class InvalidRawId(Failure):
    """A raw id is no ACS user's."""


class TemporaryFailure(Failure):
    """The service does not answer, or not now."""


def unreachable(endpoint: str, problem: Exception) -> Failure:
    """What it means that a request got no answer."""
    for cause in _causes(problem):
        match cause:
            case ssl.SSLCertVerificationError():
                return Failure(
                    f"The certificate of {endpoint} is not trusted. On a laptop, paste the line `export REQUESTS_CA_BUNDLE=...` "
                    "that `make start` prints."
                )
            case ssl.SSLError():
                return Failure(
                    f"{endpoint} does not speak HTTPS. If it is the plain port, the endpoint begins with http://."
                )
            case TimeoutError():
                return TemporaryFailure(f"{endpoint} does not answer in time. Try again later.")
            case urllib3.exceptions.ProtocolError():
                return TemporaryFailure(
                    f"{endpoint} cut the connection. If it is the port of HTTPS, the endpoint begins with https://."
                )
    if isinstance(problem, OSError) and not isinstance(
        problem, requests.RequestException
    ):  # as requests says it
        return Failure(
            "The file that REQUESTS_CA_BUNDLE names is not there. Paste the line that `make start` prints."
        )
    return TemporaryFailure(
        f"{endpoint} cannot be reached. Is the service running there (`make start`)? {VARIABLE} says where."
    )


def refused(endpoint: str, status: int, body: object) -> Failure:
    """What an answer means that is no success; `body` is its JSON, or None."""
    if status == 401:
        return Denied(
            f"{endpoint} does not know the key in {VARIABLE}: paste the connection string that `make start` prints."
        )
    match body:
        case {"error": {"message": str(said)} as error}:
            message = INSTEAD.get(said) or _message(error)
        case _:
            return _strange(endpoint, status)
    if said == INVALID_RAW_ID:
        return InvalidRawId(f"A raw id is no ACS user's: {_RAW_IDS}")
    return TemporaryFailure(message) if _is_temporary(status) else Failure(message)


def may_not_create() -> Failure:
    """What Denied means of a create."""
    return Failure(
        f"The key in {VARIABLE} is wrong, or may only read: `rooms create` needs a manage key."
    )


def invalid_raw_ids(raw_ids: Iterable[str]) -> Failure:
    """What InvalidRawId means where these were sent."""
    wrong = [raw_id for raw_id in raw_ids if re.fullmatch(f"8:acs:{_GUID}_{_GUID}", raw_id) is None]
    return Failure(
        f"No raw id of an ACS user: {', '.join(wrong) or 'one of those given'}; {_RAW_IDS}"
    )


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    """An exception and what it came of; azure-core has that in a field of its own."""
    while problem is not None:
        yield problem
        problem = (
            getattr(problem, "inner_exception", None) or problem.__cause__ or problem.__context__
        )


def _message(error: Mapping[str, Any]) -> str:
    return " ".join(map(_fault, error.get("details") or [error]))


def _fault(fault: Mapping[str, str]) -> str:
    target, message = fault.get("target"), fault["message"].replace("`from`", "--from")
    return f"{TYPED.get(target, target)}: {message}" if target else message


def _strange(endpoint: str, status: int) -> Failure:
    if _is_temporary(status):
        return TemporaryFailure(f"{endpoint} answered {status}. Try again later.")
    return Failure(
        f"{endpoint} answered {status}, which Anteroom does not. Is that its endpoint, and is it up to date?"
    )


def _is_temporary(status: int) -> bool:
    return status == 429 or status >= 500
