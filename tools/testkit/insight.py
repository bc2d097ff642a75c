"""The routes that ACS does not have, called as a dashboard would: with a key as it is, and no
api-version."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any

from testkit.events import Element
from testkit.raw import JSON
from testkit.raw_http import Answer
from testkit.running import RunningApp

WEBHOOK = "/runtime/webhooks/EventGrid?functionName=call_events"

DELIVERY = 10
"""Events of a delivery. The app has 15 s for each delivery, on a slow machine, too."""

BASE = "http://localhost:81"
"""What the service is called by who asks: see Devhost.request."""

ROOM_READS = (
    "presence",
    "calls",
    "calls/x",
    "attendance",
    "log",
    "details",
    "overview",
    "joinPolicy",
)
"""What can be read of a room."""

READS = (
    "/rooms?state=open",
    "/rooms?title=a",
    "/rooms?externalId=a",
    "/people?name=a",
    "/attendance?person=a",
    "/noShows?from=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z",
    "/calls",
    "/live",
    "/log?since=now",
    "/roles",
    "/me",
    "/quarantine",
    f"/quarantine/{'0' * 64}",
)
"""What can be read of all."""


@dataclass(frozen=True, slots=True)
class Insight:
    """Asks with one key, and delivers events, which needs none."""

    app: RunningApp
    key: str

    def send(self, method: str, path: str, body: object = None, *headers: str) -> Answer:
        """Sends a request. `body` goes as JSON, unless it is None or bytes."""
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        media_type = [] if body is None else ["Content-Type: application/merge-patch+json"]
        return self.app.devhost.request(
            method, path, f"x-api-key: {self.key}", *media_type, *headers, body=content
        )

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def json(self, path: str) -> Any:
        """Returns the body of the answer, which must be 200 with JSON."""
        return json_of(self.get(path))

    def pages(self, path: str) -> Iterator[Any]:
        """Yields the bodies of all pages of a list."""
        while path:
            page = self.json(path)
            assert list(page) in (["value"], ["value", "nextLink"])
            yield page
            next_link = page.get("nextLink", "")
            assert next_link.startswith(f"{BASE}{path.partition('?')[0]}?") or not next_link
            path = next_link.removeprefix(BASE)

    def all(self, path: str) -> list[Any]:
        """Returns the items of all pages of a list."""
        return [item for page in self.pages(path) for item in page["value"]]

    def patch(self, path: str, body: object, *headers: str) -> Answer:
        return self.send("PATCH", path, body, *headers)

    def set_join_policy(self, room_id: str, policy: str) -> None:
        """Sets who may join a room."""
        path, body = f"/rooms/{room_id}/joinPolicy", {"roomJoinPolicy": policy}
        assert json_of(self.send("PUT", path, body)) == body

    def deliver(self, *events: Element) -> None:
        """Delivers events as Event Grid does. Asserts that each delivery is accepted."""
        for some in batched(events, DELIVERY, strict=False):
            answer = self.deliver_bytes(json.dumps(some).encode())
            assert answer.status == 202, answer

    def deliver_bytes(self, body: bytes, kind: str = "Notification") -> Answer:
        headers = ("Content-Type: application/json", f"aeg-event-type: {kind}")
        return self.app.devhost.request("POST", WEBHOOK, *headers, body=body)


def json_of(answer: Answer) -> Any:
    assert (answer.status, answer.headers["content-type"]) == (200, JSON), answer
    return answer.json()


def assert_is(body: object, expected: object) -> None:
    """Asserts equality, with the types of numbers and the order of keys."""
    assert body == expected
    assert json.dumps(body) == json.dumps(expected)


def assert_refused(answer: Answer, status: int, code: str, target: str | None = None) -> str:
    """Asserts an error of family A that names the parameter or field at fault.

    Returns its message.
    """
    error = answer.json()["error"]
    assert (answer.status, error["code"], error.get("target")) == (status, code, target), answer
    assert list(error) == ["code", "message", *([] if target is None else ["target"])]
    assert answer.headers["x-ms-error-code"] == code
    assert answer.headers["content-type"] == JSON
    assert error["message"]
    message: str = error["message"]
    return message


def assert_invalid(answer: Answer, target: str) -> str:
    """Asserts a 400 that names the parameter or field at fault. Returns its message."""
    return assert_refused(answer, 400, "InvalidParameter", target)
