"""Requests as the host hands them to a function, signed with a key."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import azure.functions as func

NOW = datetime(2026, 1, 5, 9, 7, 3, tzinfo=UTC)
KEY = bytes(range(64))
OTHER_KEY = bytes(range(64, 128))
HOST = "localhost:7071"
ROOM = "/rooms/99481234567890123?api-version=2025-03-13"


class Clock:
    """A clock that stands still."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def http_date(moment: datetime) -> str:
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


def content_hash(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def request(
    headers: dict[str, str], method: str = "GET", url: str = ROOM, body: bytes = b""
) -> func.HttpRequest:
    return func.HttpRequest(
        method, f"http://{HOST}{url}", headers={"host": HOST, **headers}, body=body
    )


def signature(key: bytes, string_to_sign: str) -> str:
    return base64.b64encode(hmac.digest(key, string_to_sign.encode(), "sha256")).decode()


def signed_headers(
    method: str = "GET",
    url: str = ROOM,
    body: bytes = b"",
    *,
    key: bytes = KEY,
    date: str = http_date(NOW),
    date_header: str = "x-ms-date",
    host: str = HOST,
) -> dict[str, str]:
    """The headers that an SDK adds to a request."""
    hashed = content_hash(body)
    fitting = signature(key, f"{method}\n{url}\n{date};{host};{hashed}")
    return {
        date_header: date,
        "x-ms-content-sha256": hashed,
        "authorization": f"HMAC-SHA256 SignedHeaders={date_header};host;x-ms-content-sha256"
        f"&Signature={fitting}",
    }
