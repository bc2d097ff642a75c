"""The URL of a request, as text. Parsing and writing it again would change the signed text."""

import re

import azure.functions as func

from rooms.log_text import escaped

_SCHEME_AND_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")

_PERSON = re.compile("(/call/participants/)[^/]+", re.IGNORECASE)
"""A person in a path: in that of a route of a call."""

_LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]*)?", re.IGNORECASE)


def path_and_query(url: str) -> str:
    """Returns path and query of an absolute `url`, unchanged."""
    authority = _SCHEME_AND_HOST.match(url)
    rest = url[authority.end() :] if authority else url
    return rest if rest.startswith("/") else f"/{rest}"


def signed_host(req: func.HttpRequest, trust_forwarded_host: bool) -> str | None:
    """Returns the host that a signature of this request names, or None if it names none."""
    host: str | None = req.headers.get("host")
    return (trust_forwarded_host and forwarded_host(req)) or host or None


def forwarded_host(req: func.HttpRequest) -> str:
    """Returns the host that the client asked a proxy for, or an empty text.

    Trust it only if nobody can reach the app around the proxy.
    """
    return _first(req, "x-forwarded-host")


def forwarded_scheme(req: func.HttpRequest) -> str:
    """Returns the scheme by which the client reached a proxy, or an empty text. Trust it as
    `forwarded_host`."""
    scheme = _first(req, "x-forwarded-proto").lower()
    return scheme if scheme in ("http", "https") else ""


def route_url(req: func.HttpRequest, trust_forwarded_host: bool) -> str:
    """Returns the URL that the client called, without its query."""
    url: str = req.url.partition("?")[0]
    if not trust_forwarded_host:
        return url
    scheme, _, rest = url.partition("://")
    host = forwarded_host(req) or rest.partition("/")[0]
    return f"{forwarded_scheme(req) or scheme}://{host}{path_and_query(url)}"


def was_https(req: func.HttpRequest) -> bool:
    """Returns whether the client used HTTPS, as far as the request tells.

    It tells it to a client that does not want to be deceived. A client can claim any scheme.
    """
    scheme: str = forwarded_scheme(req) or req.url.partition("://")[0].lower()
    return scheme == "https"


def is_loopback(req: func.HttpRequest) -> bool:
    """Returns whether the client called this machine by one of its own names."""
    authority = _SCHEME_AND_HOST.match(req.url)
    host = authority[0].partition("://")[2] if authority else ""
    return _LOOPBACK.fullmatch(host) is not None


def describe(req: func.HttpRequest) -> str:
    """Returns method and path for a log line, without people. The query may hold secrets, so it is
    left out."""
    path = _PERSON.sub(r"\1*", path_and_query(req.url).partition("?")[0])
    return f"{escaped(req.method, 20)} {escaped(path)}"


def _first(req: func.HttpRequest, name: str) -> str:
    """Returns the first value of a header: each proxy adds one behind it."""
    first: str = req.headers.get(name, "").partition(",")[0]
    return first.strip()
