"""The header that says on whose behalf a trusted caller asks."""

import re
import unicodedata
from urllib.parse import unquote

import azure.functions as func

from rooms.api.errors import InvalidParameter
from rooms.auth.caller import Caller
from rooms.domain.limits import LIMITS
from rooms.settings.keys import SPEAKERS

HEADER = "On-Behalf-Of"

_ASCII = re.compile("[ -~]*")
_REFUSED = {"Cc", "Cs", "Zl", "Zp"}
"""Categories of characters that are no part of a name: controls and ends of lines."""
_BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the order of others."""


def on_behalf_of(http: func.HttpRequest, caller: Caller) -> str | None:
    """Returns on whose behalf the caller asks, or None if the request does not say it.

    Raises:
        InvalidParameter: the caller may not say it, or the text is none that the log can keep.
    """
    sent: str | None = http.headers.get(HEADER.lower())
    if sent is None:
        return None
    if not caller.speaks_for_others:
        raise InvalidParameter(f"Must come from a caller that {SPEAKERS} names.", HEADER)
    if _ASCII.fullmatch(sent) is None:
        raise InvalidParameter("Must be ASCII: percent-encode other characters as UTF-8.", HEADER)
    try:
        text = unquote(sent, errors="strict").strip()
    except UnicodeDecodeError:
        raise InvalidParameter("Must have percent-encoded characters in UTF-8.", HEADER) from None
    if not 1 <= len(text) <= LIMITS.on_behalf_of:
        raise InvalidParameter(f"Must have 1 to {LIMITS.on_behalf_of} characters.", HEADER)
    if any(each in _BIDI or unicodedata.category(each) in _REFUSED for each in text):
        raise InvalidParameter("Must not have control characters.", HEADER)
    return text
