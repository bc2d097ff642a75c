"""A client that repeats a request until it succeeds, as the SDKs and Event Grid do."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http.client import HTTPException
from random import Random
from typing import Any
from uuid import UUID

from rooms.domain.time import format_time, now
from testkit.insight import WEBHOOK
from testkit.raw import Raw
from testkit.raw_http import Answer

RETRIED = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses after which azure.core sends a request again (RetryPolicy), and Event Grid, too."""

PAUSE_SECONDS = 0.05
"""Instead of the seconds that Retry-After asks for, before the first retry."""

LONG_PAUSE_SECONDS = 1.1
"""Before the others: more than the second for which the app does not ask a storage that refuses."""

MAX_TRIES = 4
"""The request, and three retries after such statuses: as azure.core (retry_status). Event Grid
tries more often."""


IDENTITY_VERSION = "2023-10-01"
"""The api-version of the Identity API that the SDKs of Python and JavaScript send."""

type Body = Mapping[str, Any]

FOR_EVERY_USER: Body = {"roomJoinPolicy": "CommunicationServiceUsers"}
"""A body that opens a room to every ACS user."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that can be sent again as it was. `body` is sent as JSON."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    version: str | None = None
    """The api-version; None is the one of the client that sends it."""

    def sent_by(self, raw: Raw) -> Answer:
        """Sends it once."""
        if self.version is not None:
            raw = replace(raw, version=self.version)
        return raw.send(self.method, self.path, self.body, self.headers)


@dataclass(frozen=True, slots=True)
class Sent:
    """The answer that a client is left with, and after how many tries."""

    answer: Answer
    tries: int


def of_user(method: str, path: str, body: Body | None = None) -> Request:
    """A request of the Identity API, about the user of that path."""
    return Request(method, f"/identities{path}", body, version=IDENTITY_VERSION)


class Unanswered(Exception):
    """A client tried as often as it does, and has no answer but failures."""


def repeatable(random: Random, iso: bool = False) -> dict[str, str]:
    """The headers of OASIS of a create that may be sent again; `iso`: as the SDKs of 2022 have
    them."""
    first_sent = format_time(now()) if iso else formatdate(usegmt=True)
    return {"Repeatability-Request-ID": new_id(random), "Repeatability-First-Sent": first_sent}


def request_id(random: Random) -> dict[str, str]:
    """The header by which the log, and a DELETE that is sent again, know a request."""
    return {"x-ms-client-request-id": new_id(random)}


def new_id(random: Random) -> str:
    """A GUID."""
    return str(UUID(int=random.getrandbits(128), version=4))


def invited(*raw_ids: str, role: str = "Attendee") -> Body:
    """A body's participants."""
    return {"participants": {each: {"role": role} for each in raw_ids}}


def mapped(*raw_ids: str) -> Body:
    """A body's participants in api-version 2021-04-07, which has no roles."""
    return {"participants": {each: {} for each in raw_ids}}


def listed(*raw_ids: str, role: str | None = "Attendee") -> Body:
    """A body's participants in api-version 2022-02-01, as the Python SDK of then sends them."""
    with_role = {"role": role} if role else {}
    return {
        "participants": [
            {"communicationIdentifier": {"communicationUser": {"id": each}}, **with_role}
            for each in raw_ids
        ]
    }


def delivery(*events: Mapping[str, Any]) -> Request:
    """A delivery of Event Grid."""
    headers = {"aeg-event-type": "Notification", "Content-Type": "application/json"}
    return Request("POST", WEBHOOK, list(events), headers)


def send(raw: Raw, request: Request) -> Sent:
    """Sends it until it is answered with anything but a failure that may pass.

    Raises:
        Unanswered: it never is.
        AssertionError: a failure does not look as it must.
    """
    answers: list[Answer] = []
    while len(answers) < MAX_TRIES:
        if answers:
            time.sleep(PAUSE_SECONDS if len(answers) == 1 else LONG_PAUSE_SECONDS)
        answer = request.sent_by(raw)
        answers.append(answer)
        if answer.status not in RETRIED:
            return Sent(answer, len(answers))
        check_failure(request, answer)
    raise Unanswered(f"{request.method} {request.path}: {[answer.status for answer in answers]}")


def check_failure(request: Request, answer: Answer) -> None:
    """A failure says when to try again. Event Grid's webhook is the host's: any 500 will do."""
    if request.path != WEBHOOK:
        assert answer.status == 503, f"answered with {answer.status}: {answer.body!r}"
        assert answer.headers.get("retry-after"), "a 503 without Retry-After"


class InFlight:
    """How many requests are under way; use it as a context manager around each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    def __enter__(self) -> None:
        with self._lock:
            self.count += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.count -= 1


def send_until_answered(
    raw: Raw, request: Request, in_flight: InFlight, give_up_seconds: float = 120
) -> Sent:
    """Sends it again also when nobody listens, as after a kill, for so long.

    Raises:
        Unanswered: there was no answer in that time.
        AssertionError: a failure does not look as it must.
    """
    deadline, tries = time.monotonic() + give_up_seconds, 0
    while time.monotonic() < deadline:
        tries += 1
        try:
            with in_flight:
                answer = request.sent_by(raw)
        except (OSError, HTTPException):
            time.sleep(PAUSE_SECONDS)
            continue
        if answer.status not in RETRIED:
            return Sent(answer, tries)
        check_failure(request, answer)
        time.sleep(PAUSE_SECONDS)
    raise Unanswered(f"{request.method} {request.path}: no answer in {give_up_seconds:g} s")
