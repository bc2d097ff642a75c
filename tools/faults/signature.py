"""Signs requests of the library requests with a key, as the SDKs do, or sends the key as it is."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

from testkit.raw import signed


@dataclass(frozen=True)
class Signature(AuthBase):
    """Signs a request."""

    key: str

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else body
        address = urlsplit(request.url or "")
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
