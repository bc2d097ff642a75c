"""Requests to the app without an SDK between, signed as the SDKs sign them: for what no SDK would
send."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

from rooms.auth.signing import signed_headers
from testkit.raw_http import Answer, exchange

NEWEST = "2025-03-13"
VERSIONS = ("2023-06-14", "2023-10-30-preview", "2024-04-15", NEWEST)
SUPPORTED = ", ".join(VERSIONS)

JSON = "application/json; charset=utf-8"

type Headers = Mapping[str, str]


def signed(
    key: str, method: str, target: str, host: str, body: bytes, date: str | None = None
) -> dict[str, str]:
    """Returns the headers of an HMAC-signed request.

    Args:
        key: the shared secret, base64.
        target: path and query as on the request line.
        host: as in the Host header, with its port.
        date: RFC 1123; now, if None.
    """
    secret = base64.b64decode(key)
    return signed_headers(secret, method, target, host, date or formatdate(usegmt=True), body)


def encoded(body: object) -> bytes:
    """Returns a request's body: bytes and text unchanged, None as nothing, the rest as JSON."""
    match body:
        case None:
            return b""
        case bytes():
            return body
        case str():
            return body.encode()
        case _:
            return json.dumps(body).encode()


@dataclass(frozen=True, slots=True)
class Raw:
    """Sends one request at a time to one endpoint, each on a connection of its own."""

    endpoint: str
    key: str
    version: str | None = NEWEST

    @property
    def host(self) -> str:
        return urlsplit(self.endpoint).netloc

    def target(self, path: str) -> str:
        """Returns `path` with this client's api-version."""
        if self.version is None:
            return path
        return f"{path}{'&' if '?' in path else '?'}api-version={self.version}"

    def send(
        self, method: str, path: str, body: object = None, headers: Headers | None = None
    ) -> Answer:
        """Signs the request, sends it and reads the answer. `headers` win over what is sent by
        default."""
        target, content = self.target(path), encoded(body)
        sent: dict[str, str] = {"Host": self.host, "Accept": "application/json"}
        if body is not None:
            merge = method == "PATCH"
            sent["Content-Type"] = "application/merge-patch+json" if merge else "application/json"
            sent["Content-Length"] = str(len(content))
        sent |= signed(self.key, method, target, self.host, content) | dict(headers or {})
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in sent.items()
        )
        return self.send_bytes(head.encode() + b"\r\n" + content)

    def send_bytes(self, request: bytes) -> Answer:
        """Sends exactly these bytes and reads one answer."""
        address = urlsplit(self.endpoint)
        assert address.hostname
        assert address.port
        return exchange(address.hostname, address.port, request)

    def post(self, path: str, body: object = None, headers: Headers | None = None) -> Answer:
        return self.send("POST", path, body, headers)

    def get(self, path: str, headers: Headers | None = None) -> Answer:
        return self.send("GET", path, None, headers)

    def patch(self, path: str, body: object = None, headers: Headers | None = None) -> Answer:
        return self.send("PATCH", path, body, headers)

    def delete(self, path: str, headers: Headers | None = None) -> Answer:
        return self.send("DELETE", path, None, headers)

    def new_room(self, body: object = None) -> dict[str, Any]:
        """Creates a room and returns it as the answer describes it."""
        answer = self.post("/rooms", {} if body is None else body)
        assert answer.status == 201, (answer.status, answer.body)
        room: dict[str, Any] = answer.json()
        return room

    def roster(self, room_id: str) -> list[tuple[str, str]]:
        """Returns the room's participants in their order: raw id and role."""
        answer = self.get(f"/rooms/{room_id}/participants")
        assert answer.status == 200, (answer.status, answer.body)
        return [
            (participant["rawId"], participant["role"]) for participant in answer.json()["value"]
        ]

    def pages(self) -> list[list[dict[str, Any]]]:
        """Returns all rooms, page by page, as the list returns them."""
        path, pages = self.target("/rooms"), []
        while path:
            answer = Raw(self.endpoint, self.key, version=None).get(path)
            assert answer.status == 200, (answer.status, answer.body)
            page = answer.json()
            pages.append(page["value"])
            path = page.get("nextLink", "").removeprefix(self.endpoint)
        return pages

    def room_ids(self) -> list[str]:
        """Returns the ids of all rooms, newest first."""
        return [room["id"] for page in self.pages() for room in page]

    def newest_ids(self) -> list[str]:
        """Returns the ids of the rooms of the first page, newest first."""
        answer = self.get("/rooms")
        assert answer.status == 200, (answer.status, answer.body)
        return [room["id"] for room in answer.json()["value"]]


def family_a(code: str, message: str) -> dict[str, Any]:
    """Returns the body of an error of family A."""
    return {"error": {"code": code, "message": message}}


def family_b(*details: tuple[str, str]) -> dict[str, Any]:
    """Returns the body of an error of family B. A detail is a message and its field."""
    return {
        "error": {
            "code": "BadRequest",
            "message": "The request could not be understood by the server due to malformed syntax.",
            "details": [
                {"code": "BadArgument", "message": message, "target": target}
                for message, target in details
            ],
        }
    }
