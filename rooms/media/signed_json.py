"""JSON Web Tokens that a shared secret signs (HS256, RFC 7515), as LiveKit has them.

A library for this takes more time to import than all else of an admission.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from rooms.settings.media import ApiKey

_HEADER = {"alg": "HS256", "typ": "JWT"}

MAX_TOKEN = 8_192
"""Characters of the longest token that is looked at."""


class InvalidToken(Exception):
    """A token that none of the keys signed, or that is no token."""


def signed(key: ApiKey, claims: Mapping[str, Any]) -> str:
    """Returns a token of the claims, with the name of the key as its issuer (`iss`)."""
    head = f"{_encoded(_HEADER)}.{_encoded({'iss': key.name, **claims})}"
    return f"{head}.{_signature(key, head)}"


def claims_of(token: str, keys: tuple[ApiKey, ...]) -> dict[str, Any]:
    """Returns the claims of a token that one of the keys signed. Its times are not checked.

    Raises:
        InvalidToken: none of them did.
    """
    head, _, signature = token.rpartition(".")
    if len(token) > MAX_TOKEN or not token.isascii():
        raise InvalidToken
    signers = [key for key in keys if hmac.compare_digest(_signature(key, head), signature)]
    if not signers:  # before anything in it is parsed
        raise InvalidToken
    try:
        header, claims = (_decoded(part) for part in head.split("."))
    except (ValueError, binascii.Error):
        raise InvalidToken from None
    is_ours = any(claims.get("iss") == key.name for key in signers)
    if header.get("alg") != "HS256" or not is_ours:
        raise InvalidToken
    return claims


def _signature(key: ApiKey, head: str) -> str:
    return _base64(hmac.digest(key.secret, head.encode(), hashlib.sha256))


def _encoded(value: Mapping[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(part: str) -> dict[str, Any]:
    value = json.loads(
        base64.b64decode(part + "=" * (-len(part) % 4), altchars="-_", validate=True)
    )
    if not isinstance(value, dict):
        raise ValueError("must be an object")
    return value
