"""Requests signed with a shared key (HMAC-SHA256), as the Communication Services SDKs sign them.

The signature is over `METHOD\\npath?query\\n<date>;<host>;<hash of the body>`. The SDKs escape path
and query differently, and the Functions host decodes the path and encodes it again before the app
sees it. So the app tries several spellings of the URL:

    as in req.url           every URL with a plain path; Java, which leaves !$&'()*+,;=:@ bare
    percent-decoded         Python, sync and aio
    encodeURIComponent      JavaScript
    RFC 3986 unreserved     .NET (Uri.EscapeDataString)

The latter two also with the colon of an action bare, as the Identity clients and those of retired
versions of Rooms have it: /identities/8%3Aacs%3A.../:issueAccessToken, /rooms/.../participants:add.

The query counts exactly: `?title=a%26state=open` decodes to a query of two parameters. So a decoded
query is tried only if it has the same parameters as the one that came. A signature is then never
good for another query than the signed one.

In a path, `a%2Fb` and `a/b` decode to the same text. So an eavesdropper can, for five minutes, send
a request again with other escapes. It then names no room, as the host keeps %2F in a path.
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
from rooms.auth.signed_writes import CLOCK_SKEW
from rooms.auth.url import path_and_query, signed_host
from rooms.domain.time import parse_http_date
from rooms.log_text import escaped, name_or_star
from rooms.settings.keys import AccessKey

# All SDKs use these headers, in this order and case; Microsoft's REST tutorials sign `date`.
_AUTHORIZATION = re.compile(
    r"HMAC-SHA256 SignedHeaders=(x-ms-date|date);host;x-ms-content-sha256"
    r"&Signature=([A-Za-z0-9+/]{43}=)"
)
_SHOWN_STRING = 600
"""Characters of the string to sign that the log shows."""

_BARE = ("!*'()", "")
"""Characters that encodeURIComponent and .NET leave bare, beside the unreserved ones of RFC 3986.
"""

_ACTION = re.compile("%3A([A-Za-z]+)$")
"""What a path ends with that names an action."""


class SharedKeys:
    """The keys that may sign requests."""

    def __init__(
        self, keys: Sequence[AccessKey], trust_forwarded_host: bool, now: Callable[[], datetime]
    ) -> None:
        self._keys = keys
        self._trust_forwarded_host = trust_forwarded_host
        self._now = now

    def authenticate(self, req: func.HttpRequest, authorization: str) -> Caller:
        """Returns the holder of the key that signed `req`. Raises Denied."""
        form = _AUTHORIZATION.fullmatch(authorization)
        if form is None:
            raise Denied(
                "malformed Authorization header, expected: "
                "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256"
                "&Signature=<base64 of 32 bytes>"
            )
        date = _header(req, form[1])
        self._check_clock(form[1], date)
        content_hash = _header(req, "x-ms-content-sha256")
        url = path_and_query(req.url)
        host = signed_host(req, self._trust_forwarded_host) or _header(req, "host")
        signed_headers = f"{date};{host};{content_hash}"
        signature = binascii.a2b_base64(form[2])
        key = self._key_of(signature, req.method, url, signed_headers)
        if key is None:
            shown = f"{req.method}\n{_without_values(url)}\n{signed_headers}"
            string_to_sign = escaped(shown, _SHOWN_STRING)
            raise Denied(f"no key fits: the signature should be that of '{string_to_sign}'")
        # After the signature: hashing a stranger's body would be wasted work.
        actual_hash = base64.b64encode(hashlib.sha256(req.get_body()).digest())
        if not hmac.compare_digest(actual_hash, content_hash.encode(errors="replace")):
            raise Denied(
                f"the body's hash is {actual_hash.decode()}, "
                f"not the signed '{escaped(content_hash)}'"
            )
        return Caller(key.name, key.access, key.speaks_for_others, signature)

    def holder(self, text: str) -> Caller:
        """Returns the holder of the key `text`, which came unsigned. Raises Denied."""
        try:
            secret = base64.b64decode(text, validate=True)
        except ValueError:
            raise Denied("x-api-key is not base64 text") from None
        fitting = None
        for key in self._keys:  # all of them, as in _key_of
            if hmac.compare_digest(key.secret, secret):
                fitting = key
        if fitting is None:
            raise Denied("x-api-key is not one of the keys")
        return Caller(fitting.name, fitting.access, fitting.speaks_for_others)

    def _check_clock(self, header: str, date: str) -> None:
        try:
            sent = parse_http_date(date)
        except ValueError:
            raise Denied(f"{header} is not an HTTP date: '{escaped(date)}'") from None
        behind = self._now() - sent
        if abs(behind) > CLOCK_SKEW:
            way = "behind" if behind > timedelta(0) else "ahead"
            raise Denied(
                f"the caller's clock is {abs(behind) // timedelta(seconds=1)} s {way} "
                f"({header}: {escaped(date)})"
            )

    def _key_of(
        self, signature: bytes, method: str, url: str, signed_headers: str
    ) -> AccessKey | None:
        fitting = None
        for spelling in _spellings(url):
            message = f"{method}\n{spelling}\n{signed_headers}".encode(errors="replace")
            for key in self._keys:  # all of them, so that the time does not tell which one fits
                if hmac.compare_digest(hmac.digest(key.secret, message, "sha256"), signature):
                    fitting = key
            if fitting:
                break
        return fitting


def _spellings(url: str) -> Iterator[str]:
    """Yields the spellings of `url` that an SDK may have signed, each once."""
    yield url
    seen = {url}
    path, mark, query = url.partition("?")
    segments = [unquote_to_bytes(segment.encode(errors="replace")) for segment in path.split("/")]
    paths = ["/".join(quote(segment, safe=bare) for segment in segments) for bare in _BARE]
    paths += [_ACTION.sub(r":\1", path) for path in paths]
    spellings = [f"{each}{mark}{query}" for each in paths]
    if (decoded_query := _decoded(query)) is not None:
        spellings.insert(0, f"{unquote(path)}{mark}{decoded_query}")
    for spelling in spellings:
        if spelling not in seen:
            seen.add(spelling)
            yield spelling


def _decoded(query: str) -> str | None:
    """Returns a query percent-decoded, or None if it then has other parameters."""
    encoded = query.encode(errors="replace")
    decoded = unquote_to_bytes(encoded)
    if _parameters(decoded) != _parameters(encoded):
        return None
    try:
        return decoded.decode()
    except UnicodeDecodeError:
        return None


def _parameters(query: bytes) -> list[tuple[bytes, bytes]]:
    """Returns the parameters of a query as the host reads them: a plus is a space."""
    pairs = [piece.partition(b"=") for piece in query.replace(b"+", b" ").split(b"&")]
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in pairs]


def _without_values(url: str) -> str:
    """Returns path and query with dots in place of each value, for the log."""
    path, mark, query = url.partition("?")
    names = (piece.partition("=")[0] for piece in query.split("&") if piece)
    return path + mark + "&".join(f"{name_or_star(name)}=..." for name in names)


def _header(req: func.HttpRequest, name: str) -> str:
    value: str | None = req.headers.get(name)
    if not value:
        raise Denied(f"no {name} header")
    return value
