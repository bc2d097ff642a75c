"""Requests and answers, independent of the web server."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self


class BadRequest(ValueError):
    """The web server refuses the request with 400."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `host` has the port. `path` is decoded, `query` is not. Header names are in lower
    case, and commas join the values of duplicates."""

    method: str
    scheme: str
    host: str
    path: str
    query: str
    headers: dict[str, str]
    body: Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body. `cookies` are values of Set-Cookie, the only header that may come
    more than once."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cookies: tuple[str, ...] = ()

    @classmethod
    def empty(cls, status: int) -> Self:
        """Makes an answer without a body."""
        return cls(status, {"Content-Length": "0"})

    @classmethod
    def text(cls, status: int, text: str, mimetype: str = "text/plain") -> Self:
        """Makes an answer of text."""
        return cls(status, {"Content-Type": f"{mimetype}; charset=utf-8"}, text.encode())

    @classmethod
    def json(cls, status: int, content: object) -> Self:
        """Makes an answer of JSON."""
        return cls.text(status, json.dumps(content), "application/json")


type Handler = Callable[[Request], Awaitable[Answer]]
