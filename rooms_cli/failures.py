"""What can go wrong, in sentences that say what to do next.

Failure                what was asked for cannot be had
├── NotFound           there is no such room, or call
└── TemporaryFailure   the service does not answer, or not now: the same may be asked again
"""

from collections.abc import Mapping
from typing import Any

VARIABLE = "COMMUNICATION_CONNECTION_STRING"

_NO_ROOM = "There is no such room, or it was deleted: `rooms list` shows those that there are."

_INSTEAD = {
    "The server cannot find the requested resource.": _NO_ROOM,
    "There is no such room, or it was deleted.": _NO_ROOM,
    "This room has no such call.": "This room has no such call: `rooms log ROOM --json` has the ids of its calls.",
    "Invalid room ID.": "Invalid room ID: `rooms list` shows those that there are.",
    "Invalid room ID length.": "Invalid room ID length: `rooms list` shows those that there are.",
    "Invalid format for communication identifier.": "A raw id is no ACS user's: these look like 8:acs:<guid>_<guid>.",
}
"""For what the service says, what says also what to do."""


class Failure(Exception):
    """What was asked for cannot be had. The message is for people and has no secrets."""


class NotFound(Failure):
    """There is no such room, or call."""


class TemporaryFailure(Failure):
    """The service does not answer, or not now."""


def unreachable(endpoint: str, problem: Exception) -> Failure:
    """What it means that a request got no answer."""
    text = str(problem)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return Failure(
            f"The certificate of {endpoint} is not trusted. On a laptop, paste the line `export REQUESTS_CA_BUNDLE=...` "
            "that `make start` prints."
        )
    if "CA certificate bundle" in text:
        return Failure("The file that REQUESTS_CA_BUNDLE names is not there. Paste the line that `make start` prints.")
    if "SSL" in text:
        return Failure(f"{endpoint} does not speak HTTPS. If it is the plain port, the endpoint begins with http://.")
    if "Connection aborted" in text:
        return TemporaryFailure(f"{endpoint} cut the connection. If it is the port of HTTPS, the endpoint begins with https://.")
    if "timed out" in text:
        return TemporaryFailure(f"{endpoint} does not answer in time. Try again later.")
    return TemporaryFailure(f"{endpoint} cannot be reached. Is the service running there (`make start`)? {VARIABLE} says where.")


def refused(endpoint: str, status: int, body: object) -> Failure:
    """What an answer means that is no success; `body` is its JSON, or None."""
    if status == 401:
        return Failure(
            f"{endpoint} does not take the key in {VARIABLE}, or not for that: only a manage key may create. "
            "Take the connection string that `make start` prints."
        )
    match body:
        case {"error": {"message": str()} as error}:
            message = _INSTEAD.get(error["message"]) or _message(error)
        case _:
            return _strange(endpoint, status)
    if status == 404:
        return NotFound(message)
    return TemporaryFailure(message) if _is_temporary(status) else Failure(message)


def _message(error: Mapping[str, Any]) -> str:
    faults = error.get("details") or [error]
    return " ".join(f"{fault['target']}: {fault['message']}" if fault.get("target") else fault["message"] for fault in faults)


def _strange(endpoint: str, status: int) -> Failure:
    if _is_temporary(status):
        return TemporaryFailure(f"{endpoint} answered {status}. Try again later.")
    return Failure(f"{endpoint} answered {status}, which Anteroom does not. Is that its endpoint, and is it up to date?")


def _is_temporary(status: int) -> bool:
    return status == 429 or status >= 500
