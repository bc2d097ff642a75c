"""The URL of a request, as text: parsing it and writing it anew would change what was signed."""

import re

import azure.functions as func

from rooms.log_text import escaped

_SCHEME_AND_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")


def path_and_query(url: str) -> str:
    """Path and query of an absolute `url`, as they are."""
    authority = _SCHEME_AND_HOST.match(url)
    rest = url[authority.end() :] if authority else url
    return rest if rest.startswith("/") else f"/{rest}"


def forwarded_host(req: func.HttpRequest) -> str:
    """The host that a proxy was asked for, or nothing. Only a proxy that is the only way to us can
    be trusted with it."""
    first: str = req.headers.get("x-forwarded-host", "").partition(",")[0]
    return first.strip()


def route_url(req: func.HttpRequest, trust_forwarded_host: bool) -> str:
    """The URL that the caller called, without its query."""
    url: str = req.url.partition("?")[0]
    if trust_forwarded_host and (host := forwarded_host(req)):
        return f"{url.partition('://')[0]}://{host}{path_and_query(url)}"
    return url


def described(req: func.HttpRequest) -> str:
    """Method and path of a request, for a log line. The query is left out: people put secrets
    there."""
    return f"{escaped(req.method, 20)} {escaped(path_and_query(req.url).partition('?')[0])}"
