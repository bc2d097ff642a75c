"""Requests signed with a shared key (HMAC-SHA256), as the Communication Services SDKs sign them.

What is signed is `METHOD\\npath?query\\n<date>;<host>;<hash of the body>`. The SDKs spell path and
query differently, and the Functions host decodes the path and encodes it anew before we see it, so
several spellings of a URL are tried:

    as in req.url           Java (which leaves !$&'()*+,;=:@ bare, as the host does), and every URL with a plain path
    percent-decoded         Python, sync and aio
    encodeURIComponent      JavaScript
    RFC 3986 unreserved     .NET (Uri.EscapeDataString)

The decoded spelling is the same for `a%2Fb` and `a/b`, so whoever overhears a request can, for five
minutes, send it again with other escapes. It then names no room, as the host keeps %2F in a path.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote, unquote, unquote_to_bytes

import azure.functions as func

from rooms.auth.caller import Caller
from rooms.auth.errors import Denied
from rooms.auth.url import forwarded_host, path_and_query
from rooms.domain.time import parse_http_date
from rooms.log_text import escaped
from rooms.settings import AccessKey

CLOCK_SKEW = timedelta(minutes=5)

# The order, the case and the set of headers are those of every SDK; `date` is what Microsoft's
# tutorials for REST sign.
_AUTHORIZATION = re.compile(
    r"HMAC-SHA256 SignedHeaders=(x-ms-date|date);host;x-ms-content-sha256&Signature=([A-Za-z0-9+/]{43}=)"
)
_SHOWN_STRING = 600
_URI_COMPONENT = "!*'()"
"""What encodeURIComponent leaves bare beside the unreserved characters of RFC 3986."""


class SharedKeys:
    """The keys that requests may be signed with."""

    def __init__(
        self, keys: Sequence[AccessKey], trust_forwarded_host: bool, now: Callable[[], datetime]
    ) -> None:
        self._keys = keys
        self._trust_forwarded_host = trust_forwarded_host
        self._now = now

    def authenticate(self, req: func.HttpRequest, authorization: str) -> Caller:
        """Whose key signed `req`. Raises Denied."""
        form = _AUTHORIZATION.fullmatch(authorization)
        if form is None:
            raise Denied(
                "malformed Authorization header, expected: "
                "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=<base64 of 32 bytes>"
            )
        date = _header(req, form[1])
        self._check_clock(form[1], date)
        content_hash = _header(req, "x-ms-content-sha256")
        url = path_and_query(req.url)
        host = (self._trust_forwarded_host and forwarded_host(req)) or _header(req, "host")
        signed_headers = f"{date};{host};{content_hash}"
        key = self._key_of(binascii.a2b_base64(form[2]), req.method, url, signed_headers)
        if key is None:
            string_to_sign = escaped(f"{req.method}\n{url}\n{signed_headers}", _SHOWN_STRING)
            raise Denied(f"no key fits: the signature should be that of '{string_to_sign}'")
        # After the signature, so that a stranger's body is not worth a hash.
        actual_hash = base64.b64encode(hashlib.sha256(req.get_body()).digest())
        if not hmac.compare_digest(actual_hash, content_hash.encode(errors="replace")):
            raise Denied(
                f"the body's hash is {actual_hash.decode()}, not the signed '{escaped(content_hash)}'"
            )
        return Caller(key.name, key.access)

    def holder(self, text: str) -> Caller:
        """Whose key `text` is, sent as it is. Raises Denied."""
        try:
            secret = base64.b64decode(text, validate=True)
        except ValueError:
            raise Denied("x-api-key is not base64 text") from None
        fitting = None
        for key in self._keys:  # all of them, as above
            if hmac.compare_digest(key.secret, secret):
                fitting = key
        if fitting is None:
            raise Denied("x-api-key is none of the keys")
        return Caller(fitting.name, fitting.access)

    def _check_clock(self, header: str, date: str) -> None:
        try:
            sent = parse_http_date(date)
        except ValueError:
            raise Denied(f"{header} is no HTTP date: '{escaped(date)}'") from None
        behind = self._now() - sent
        if abs(behind) > CLOCK_SKEW:
            way = "behind" if behind > timedelta(0) else "ahead"
            raise Denied(
                f"the caller's clock is {abs(behind) // timedelta(seconds=1)} s {way} ({header}: {escaped(date)})"
            )

    def _key_of(
        self, signature: bytes, method: str, url: str, signed_headers: str
    ) -> AccessKey | None:
        fitting = None
        for spelling in _spellings(url):
            message = f"{method}\n{spelling}\n{signed_headers}".encode(errors="replace")
            for key in self._keys:  # all of them: the time taken does not tell which one fits
                if hmac.compare_digest(hmac.digest(key.secret, message, "sha256"), signature):
                    fitting = key
            if fitting:
                break
        return fitting


def _spellings(url: str) -> Iterator[str]:
    """The ways in which the SDKs may have spelled `url`, each once."""
    yield url
    seen = {url}
    path, mark, query = url.partition("?")
    segments = [unquote_to_bytes(segment.encode(errors="replace")) for segment in path.split("/")]
    for spelling in (
        unquote(url),
        "/".join(quote(segment, safe=_URI_COMPONENT) for segment in segments) + mark + query,
        "/".join(quote(segment, safe="") for segment in segments) + mark + query,
    ):
        if spelling not in seen:
            seen.add(spelling)
            yield spelling


def _header(req: func.HttpRequest, name: str) -> str:
    value: str | None = req.headers.get(name)
    if not value:
        raise Denied(f"no {name} header")
    return value
