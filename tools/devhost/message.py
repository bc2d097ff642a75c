"""A request and an answer, apart from how they travel."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self


class BadRequest(ValueError):
    """A request that the web server refuses: 400."""


@dataclass(frozen=True, slots=True)
class Request:
    """`host` is what was called, with its port; `path` is decoded and `query` is not; header names
    are lower case, and duplicates are joined by commas."""

    method: str
    scheme: str
    host: str
    path: str
    query: str
    headers: dict[str, str]
    body: Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body. `cookies` are values of Set-Cookie, the one header that may come
    more than once."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cookies: tuple[str, ...] = ()

    @classmethod
    def empty(cls, status: int) -> Self:
        """A status and nothing else."""
        return cls(status, {"Content-Length": "0"})

    @classmethod
    def text(cls, status: int, text: str, mimetype: str = "text/plain") -> Self:
        """Text, plain unless said otherwise."""
        return cls(status, {"Content-Type": f"{mimetype}; charset=utf-8"}, text.encode())

    @classmethod
    def json(cls, status: int, content: object) -> Self:
        """JSON."""
        return cls.text(status, json.dumps(content), "application/json")
