"""If-Match: the versions of a room that a change is of, as ETags of RFC 9110."""

import re

import azure.functions as func

from rooms.api.errors import Detail, ValidationFailed
from rooms.storage.changes import Versions

IF_MATCH = "If-Match"

_ETAG = r'(?:W/)?"([!#-~]*)"'
"""One that is weak counts, too: a proxy that compresses answers makes it so."""

ETAGS = re.compile(rf"\*|{_ETAG}(?:[ \t]*,[ \t]*{_ETAG})*")


def etag(version: str | None) -> dict[str, str]:
    """Returns the header of an answer that has the version of a room; none if it has none."""
    return {} if version is None else {"ETag": f'"{version}"'}


def given_versions(http: func.HttpRequest) -> Versions:
    """Returns the versions that a request names: None, if any may be changed. Raises
    ValidationFailed."""
    text = http.headers.get(IF_MATCH, "*").strip()
    if not ETAGS.fullmatch(text):
        raise ValidationFailed(Detail("Must be the ETag of an overview, or `*`.", IF_MATCH))
    return None if text == "*" else re.findall(_ETAG, text)
