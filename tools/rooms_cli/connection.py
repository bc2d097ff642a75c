"""The connection string: the service's endpoint and a key."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rooms_cli.failures import VARIABLE, Failure

ON_BEHALF_OF = "ANTEROOM_ON_BEHALF_OF"
"""The variable that says for whom the requests are."""


@dataclass(frozen=True, slots=True)
class Connection:
    """An ACS connection string, parsed."""

    endpoint: str
    """Without a trailing slash."""
    key: str = field(repr=False)
    on_behalf_of: str | None = None


def connection(environment: Mapping[str, str]) -> Connection:
    """Reads the connection string, `endpoint=<url>/;accesskey=<base64>`, from the environment.

    Raises:
        Failure: it is missing or not valid.
    """
    text = environment.get(VARIABLE, "").strip()
    if not text:
        raise Failure(
            f"{VARIABLE} is not set. With `make start`, run the line `source .../.devhost/env` "
            f"that it prints. Otherwise: export {VARIABLE}='endpoint=...;accesskey=...'"
        )
    return parsed(text, VARIABLE, environment.get(ON_BEHALF_OF))


def parsed(text: str, variable: str, on_behalf_of: str | None = None) -> Connection:
    """Returns the connection string that `variable` has.

    Raises:
        Failure: it is not valid. The message does not have it.
    """
    parts = {
        name.strip().lower(): value.strip()
        for name, _, value in (part.partition("=") for part in text.split(";"))
    }
    endpoint, key = parts.get("endpoint", "").rstrip("/"), parts.get("accesskey", "")
    if not _is_url(endpoint):
        raise Failure(
            f"{variable} has no valid endpoint. "
            "It should look like this: endpoint=https://<host>/;accesskey=<key>"
        )
    if not key:
        raise Failure(
            f"{variable} has no accesskey. Copy the whole string, and put it in single quotes."
        )
    if not _is_base64(key):
        raise Failure(
            f"The accesskey in {variable} is not base64. "
            "Copy the whole key, including any = at its end."
        )
    return Connection(endpoint, key, on_behalf_of)


def _is_url(text: str) -> bool:
    """Returns whether the text is a URL without a path."""
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) and parts.port != 0  # .port raises ValueError past 65535
    except ValueError:
        return False
    has_path = any((parts.path, parts.query, parts.fragment))
    return parts.scheme in ("http", "https") and has_host and not has_path


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False
