"""CORS: which pages of other origins may read the answers.

Core Tools puts ASP.NET Core's CORS middleware before everything else of the host, with
`WithOrigins(...).AllowAnyHeader().AllowAnyMethod()`. This is the same for devhost.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from devhost.message import Answer, Handler, Request

ANY = "*"

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#@*]+|null")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Cors:
    """The origins that are allowed, and whether their pages may send cookies and the like."""

    origins: tuple[str, ...]
    credentials: bool = False

    def allows(self, origin: str) -> bool:
        """Returns whether pages of this origin may call the app."""
        return self.origins == (ANY,) or origin in self.origins

    def around(self, handler: Handler) -> Handler:
        """Returns a handler that answers preflights, and adds the headers to all other answers."""

        async def handle(request: Request) -> Answer:
            origin = request.headers.get("origin")
            if origin is None:
                return await handler(request)
            headers = self._headers(origin)
            method = request.headers.get("access-control-request-method")
            if request.method == "OPTIONS" and method is not None:
                names = request.headers.get("access-control-request-headers", "")
                return Answer(204, headers | _preflight_headers(method, names) if headers else {})
            return _with_headers(await handler(request), headers)

        return handle

    def _headers(self, origin: str) -> dict[str, str]:
        """Returns none for an origin that is not allowed: the browser then keeps the answer from
        the page."""
        if not self.allows(origin):
            return {}
        headers = {"Access-Control-Allow-Origin": ANY if self.origins == (ANY,) else origin}
        if self.credentials:
            headers["Access-Control-Allow-Credentials"] = "true"
        if len(self.origins) > 1:
            headers["Vary"] = "Origin"
        return headers


def parse(host: Mapping[str, object]) -> Cors | None:
    """Returns what the section `Host` of local.settings.json says, or None if it allows no origin.

    Raises:
        ValueError: a setting is wrong, or no browser would ever send such an origin.
    """
    settings = {name.lower(): value for name, value in host.items() if value is not None}
    text = settings.get("cors", "")
    if not isinstance(text, str):
        raise ValueError("Host.CORS must be one text, with commas between the origins.")
    credentials = str(settings.get("corscredentials", False)).lower()
    if credentials not in ("true", "false"):
        raise ValueError("Host.CORSCredentials must be true or false.")
    origins = tuple(origin.lower() for origin in text.split(",") if origin)
    allowed = Cors(origins, credentials == "true")
    if ANY in origins and len(origins) > 1:
        raise ValueError("Host.CORS: * allows all origins. Remove the others, or remove *.")
    if ANY in origins and allowed.credentials:
        raise ValueError(
            "Host.CORSCredentials: no browser sends credentials where Host.CORS is *. "
            "Name the origins in Host.CORS, or set Host.CORSCredentials to false."
        )
    for origin in origins:
        if origin != ANY and not (origin.isascii() and _ORIGIN.fullmatch(origin)):
            raise ValueError(
                f"Host.CORS: {origin!r} is not an origin. Write its scheme, host and port, "
                "without spaces and without a slash at the end, such as http://localhost:3000."
            )
    return allowed if origins else None


def _preflight_headers(method: str, names: str) -> dict[str, str]:
    """Returns the headers that allow the method and the headers that the browser asks for."""
    allowed = {
        "Access-Control-Allow-Headers": [name.strip() for name in names.split(",")],
        "Access-Control-Allow-Methods": [method],
    }
    tokens = {name: list(filter(_TOKEN.fullmatch, texts)) for name, texts in allowed.items()}
    return {name: ",".join(texts) for name, texts in tokens.items() if texts}


def _with_headers(answer: Answer, added: Mapping[str, str]) -> Answer:
    """Returns the answer with these headers in place of its own. Vary keeps what it had."""
    own = {name.lower(): value for name, value in answer.headers.items()}
    names = {name.lower() for name in added}
    kept = {name: value for name, value in answer.headers.items() if name.lower() not in names}
    if "Vary" in added and (vary := own.get("vary")):
        added = {**added, "Vary": f"{vary}, {added['Vary']}"}
    return replace(answer, headers={**kept, **added})
