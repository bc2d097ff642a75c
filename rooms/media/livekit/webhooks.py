"""Events of the LiveKit server as they come: whether it sent them, and what nobody may keep.

It signs the hash of the body with an API key.
"""

import base64
import hashlib
import hmac
import re
from typing import Any

from rooms.domain.time import Ticks, unix_seconds
from rooms.media.errors import WebhookNotVerified
from rooms.media.signed_json import InvalidToken, claims_of
from rooms.settings.media import ApiKey

_LEEWAY = 60
"""Seconds by which the clocks may differ."""

_TURN_PASSWORD = re.compile(r'("turnPassword"\s*:\s*)"(?:[^"\\]|\\.)*"?')


def verify(token: str, body: bytes, keys: tuple[ApiKey, ...], now: Ticks) -> None:
    """Checks the token of a webhook, which is its whole Authorization header.

    Raises:
        WebhookNotVerified: its text says what is wrong, and has nothing of the token.
    """
    try:
        claims = claims_of(token, keys)
    except InvalidToken:
        raise WebhookNotVerified("none of the API keys signed it") from None
    seconds = unix_seconds(now)
    if _number(claims.get("exp"), 0) + _LEEWAY <= seconds:
        raise WebhookNotVerified("its token has expired")
    if _number(claims.get("nbf"), 0) - _LEEWAY > seconds:
        raise WebhookNotVerified("its token is of the future")
    told = claims.get("sha256")
    actual = base64.b64encode(hashlib.sha256(body).digest())
    if not isinstance(told, str) or not hmac.compare_digest(told.encode(), actual):
        raise WebhookNotVerified("its token is for another body")


def without_secrets(text: str) -> str:
    """Returns the text of an event without the password of the server's TURN."""
    return _TURN_PASSWORD.sub(r'\1""', text)


def _number(value: Any, other: int) -> int:
    """Returns a time of a token, or the `other` if it is none."""
    return value if isinstance(value, int) else other
