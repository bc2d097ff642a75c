"""The tokens of `nextLink`: opaque to callers, of letters, digits, `-` and `_` only, because the
Python SDK quotes them once more."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from rooms.storage.errors import InvalidCursor

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,300}")


def to_token(row: str) -> str:
    """A token for where a page ended."""
    return urlsafe_b64encode(row.encode()).decode().rstrip("=")


def from_token(token: str, row: re.Pattern[str]) -> str:
    """Where the page before ended: text that matches `row`.

    Raises:
        InvalidCursor: the token is not one of ours.
    """
    try:
        if TOKEN.fullmatch(token):
            text = urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
            if row.fullmatch(text):
                return text
    except (Error, UnicodeDecodeError):
        pass
    raise InvalidCursor
