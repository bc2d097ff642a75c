"""Signs requests with the key, so that the key itself stays on this machine."""

import base64
from collections.abc import Callable
from email.utils import formatdate
from urllib.parse import urlsplit

import requests

from rooms.auth.signing import signed_headers

type Auth = Callable[[requests.PreparedRequest], requests.PreparedRequest]


def signer(key: str) -> Auth:
    """Returns what signs a request of `requests` with a key in base64."""
    secret = base64.b64decode(key)

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        assert request.method
        assert request.url
        body = request.body or b""
        host = urlsplit(request.url).netloc
        request.headers["Host"] = host  # as signed: requests would leave out a default port
        signed = signed_headers(
            secret,
            request.method,
            request.path_url,
            host,
            formatdate(usegmt=True),
            body.encode() if isinstance(body, str) else body,
        )
        request.headers.update(signed)
        return request

    return sign
