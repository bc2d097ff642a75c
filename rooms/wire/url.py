"""The URL of a request, as text: parsing it and writing it anew would change what was signed."""

import re

import azure.functions as func

_SCHEME_AND_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")


def path_and_query(url: str) -> str:
    """Path and query of an absolute `url`, as they are."""
    authority = _SCHEME_AND_HOST.match(url)
    rest = url[authority.end() :] if authority else url
    return rest if rest.startswith("/") else f"/{rest}"


def called_host(req: func.HttpRequest, trust_forwarded_host: bool) -> str:
    """The host, with its port, that the caller called: behind a trusted proxy the one that it forwards.

    Empty if the request names none.
    """
    forwarded: str = req.headers.get("x-forwarded-host", "").partition(",")[0].strip() if trust_forwarded_host else ""
    return forwarded or req.headers.get("host", "")


def route_url(req: func.HttpRequest, trust_forwarded_host: bool) -> str:
    """The URL that the caller called, without its query."""
    scheme = req.url.partition("://")[0]
    path = path_and_query(req.url).partition("?")[0]
    return f"{scheme}://{called_host(req, trust_forwarded_host)}{path}"
