"""Where the service is, and what lets us in."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rooms_cli.failures import VARIABLE, Failure


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection string of ACS, taken apart."""

    endpoint: str
    """Without a slash at its end."""
    key: str = field(repr=False)


def connection(environment: Mapping[str, str]) -> Connection:
    """What the environment says, in the form `endpoint=<url>/;accesskey=<base64>`.

    Raises:
        Failure: it says nothing, or nothing that can be used.
    """
    text = environment.get(VARIABLE, "").strip()
    if not text:
        raise Failure(
            f"Set {VARIABLE}: export {VARIABLE}='<the connection string that `make start` prints>'."
        )
    parts = {
        name.strip().lower(): value.strip()
        for name, _, value in (part.partition("=") for part in text.split(";"))
    }
    endpoint, key = parts.get("endpoint", "").rstrip("/"), parts.get("accesskey", "")
    if not _is_url(endpoint):
        raise Failure(
            f"{VARIABLE} has no usable endpoint: it should look like endpoint=https://<host>/;accesskey=<the key>."
        )
    if not key:
        raise Failure(f"{VARIABLE} has no accesskey. Is it whole, in single quotes?")
    if not _is_base64(key):
        raise Failure(
            f"The accesskey in {VARIABLE} is not base64. Take it whole, with any = at its end."
        )
    return Connection(endpoint, key)


def _is_url(text: str) -> bool:
    """Whether it is a URL without a path."""
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        return whole and not any((parts.path, parts.query, parts.fragment))
    except ValueError:
        return False


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False
