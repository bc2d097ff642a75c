"""Sends requests of the load, and counts the answers."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from faults.client import InFlight, Request, send_until_answered
from testkit.events import Meeting
from testkit.raw import Raw


@dataclass(slots=True)
class Guested:
    """A room of a client, and its call."""

    id: str
    people: Sequence[str]
    call: Meeting
    events: int = 0


@dataclass
class Counted:
    """What all clients were answered."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    statuses: Counter[int] = field(default_factory=Counter)
    sent_again: int = 0
    rooms: int = 0
    wrong: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    """Rooms that were deleted, and whose rows can go."""


class Caller:
    """Sends one request after the other."""

    def __init__(self, raw: Raw, counted: Counted, random: Random) -> None:
        self.raw = raw
        self.unsigned = Raw(raw.endpoint, "AAAA" * 22)
        self.random = random
        self.in_flight = InFlight()
        self._counted = counted

    def send(self, expected: int, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self.sent(expected, Request(method, path, body, headers))

    def sent(self, expected: int, request: Request, raw: Raw | None = None) -> Any:
        sent = send_until_answered(raw or self.raw, request, self.in_flight)
        with self._counted.lock:
            self._counted.statuses[sent.answer.status] += 1
            self._counted.sent_again += sent.tries - 1
        assert sent.answer.status == expected, f"{request.method} {request.path}: {sent.answer}"
        return sent.answer
