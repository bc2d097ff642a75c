"""The credentials of requests of the library requests: signed with a key, as the SDKs do, the key
as it is, a join link, or the signature of a media server."""

import base64
import hashlib
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

from rooms.media import signed_json
from rooms.settings.media import ApiKey
from testkit.raw import signed


@dataclass(frozen=True)
class Signature(AuthBase):
    """Signs a request."""

    key: str

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        address = urlsplit(request.url or "")
        content = _content(request)
        request.headers.update(
            signed(self.key, request.method or "", request.path_url, address.netloc, content)
        )
        return request


@dataclass(frozen=True)
class PlainKey(AuthBase):
    """Sends the key as it is."""

    key: str

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers.pop(
            "Authorization", None
        )  # schemathesis makes some, and a key is read only if there is none
        request.headers["x-api-key"] = self.key
        return request


@dataclass(frozen=True)
class OfMediaServer(AuthBase):
    """Signs the body, as a LiveKit server does for its events."""

    key: ApiKey

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        digest = base64.b64encode(hashlib.sha256(_content(request)).digest()).decode()
        claims = {"exp": int(time.time()) + 60, "sha256": digest}
        request.headers["Authorization"] = signed_json.signed(self.key, claims)
        return request


@dataclass(frozen=True)
class HeldLink(AuthBase):
    """Sends the token of a join link."""

    token: str

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"JoinLink {self.token}"
        return request


def _content(request: PreparedRequest) -> bytes:
    body = request.body or b""
    return body.encode() if isinstance(body, str) else body
