"""What ACS does otherwise than this service, for an instance that stands in its place."""

import json
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from rooms.domain.time import now, parse_http_date, parse_time
from testkit.acs_double import Received
from testkit.raw import family_a
from testkit.raw_http import Answer

_ID, _FIRST_SENT = "repeatability-request-id", "repeatability-first-sent"
_ROOM = re.compile(r"/rooms/([^/?]+)(/participants)?(?:[?]|$)")


@dataclass
class RepeatedCreates:
    """How creates are taken that come again. Source: the page "Repeatable requests" of the REST
    reference of Communication Services. What it answers in these words is not known."""

    seconds: float = 300
    """How long after its Repeatability-First-Sent an id is taken; then it is 412."""
    only_guids: bool = True
    """Whether an id that is no GUID is 400."""
    recognized: bool = True
    """Whether a create that comes again meets its own room. Otherwise each one makes a room."""

    def refusal(self, request: Received) -> Answer | None:
        """Returns the answer to a create whose headers are not taken, or None."""
        request_id = request.headers.get(_ID)
        if not (is_create(request) and request_id):
            return None
        if self.only_guids and not _is_guid(request_id):
            return error(400, "InvalidRepeatabilityRequestId", "It must be a GUID.")
        with suppress(ValueError):  # no date is refused by the instance
            sent = parse_http_date(request.headers.get(_FIRST_SENT, ""))
            if (datetime.now(UTC) - sent).total_seconds() > self.seconds:
                return error(412, "RepeatabilityRequestExpired", "It was first sent too long ago.")
        return None

    def headers_of(self, request: Received) -> dict[str, str]:
        """Returns the headers with which a request goes on."""
        if self.recognized or not is_create(request) or _ID not in request.headers:
            return dict(request.headers)
        return {**request.headers, _ID: str(uuid4())}


@dataclass
class LateRosters:
    """Rosters that are read as they were before their changes of the last `seconds`."""

    seconds: float = 0
    """`math.inf`: they stay so until `catch_up`."""
    _before: dict[str, list[tuple[float, bytes]]] = field(default_factory=dict)
    """By room: when it was changed, and the body of the answer that told its roster before."""

    def changed(self, room_id: str, before: bytes) -> None:
        """Takes note of a change of a roster."""
        self._before.setdefault(room_id, []).append((time.monotonic(), before))

    def told(self, room_id: str) -> bytes | None:
        """Returns the body of an answer that tells the roster late, or None if it is told as it
        is."""
        since = time.monotonic() - self.seconds
        return next((body for at, body in self._before.get(room_id, ()) if at > since), None)

    def catch_up(self) -> None:
        """Lets rosters be read as they are."""
        self._before.clear()


def is_create(request: Received) -> bool:
    """Returns whether a request makes a room."""
    return request.method == "POST" and request.target.partition("?")[0] == "/rooms"


def is_list(request: Received) -> bool:
    """Returns whether a request is for a page of all rooms."""
    return request.method == "GET" and request.target.partition("?")[0] == "/rooms"


def room_of(request: Received) -> str | None:
    """Returns the id of the room that a request is about, or None."""
    found = _ROOM.match(request.target)
    return None if found is None else found[1]


def is_about_roster(request: Received, method: str) -> bool:
    """Returns whether a request of that method is about the participants of a room."""
    found = _ROOM.match(request.target)
    return request.method == method and found is not None and found[2] is not None


def without_expired(page: Answer) -> Answer:
    """Returns a page of the list without the rooms whose end is past."""
    told = json.loads(page.body)
    told["value"] = [room for room in told["value"] if parse_time(room["validUntil"]) >= now()]
    return Answer(page.status, page.headers, json.dumps(told).encode())


def error(status: int, code: str, message: str) -> Answer:
    """Returns an answer of family A."""
    headers = {"content-type": "application/json; charset=utf-8", "x-ms-error-code": code}
    return Answer(status, headers, json.dumps(family_a(code, message)).encode())


def _is_guid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
