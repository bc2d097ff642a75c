"""The settings of the Communication Services resource that makes the users and their tokens."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rooms.settings.error import SettingsError

_CONNECTION_STRING = "ROOMS_ACS_CONNECTION_STRING"
_ENDPOINT = "ROOMS_ACS__endpoint"
_CLIENT_ID = "ROOMS_ACS__clientId"

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"

_LOCAL = ("localhost", "127.0.0.1")
"""Hosts whose endpoint may be http://."""


@dataclass(frozen=True, slots=True)
class AcsResource:
    """A Communication Services resource. `endpoint` has no slash at its end.

    Requests are signed with the key, or have a token of the app's managed identity, if there is
    none.
    """

    endpoint: str
    key: bytes | None = field(repr=False)
    client_id: str | None
    """The client id of a user-assigned identity."""


def read_acs(env: Mapping[str, str]) -> AcsResource | None:
    """Reads the resource that `env` names, or None.

    Raises:
        SettingsError: a setting cannot be used.
    """
    text, endpoint = env.get(_CONNECTION_STRING, ""), env.get(_ENDPOINT, "")
    client_id = env.get(_CLIENT_ID) or None
    if text and endpoint:
        raise SettingsError(
            f"{_ENDPOINT}: set only one of this and {_CONNECTION_STRING}, which has an endpoint."
        )
    if client_id and not endpoint:
        raise SettingsError(f"{_CLIENT_ID}: needs {_ENDPOINT}, the resource that it is for.")
    if text:
        return _from_connection_string(text)
    if endpoint:
        return AcsResource(_checked_endpoint(f"{_ENDPOINT}:", endpoint), None, client_id)
    return None


def _from_connection_string(text: str) -> AcsResource:
    pairs = (part.partition("=") for part in text.split(";"))
    parts = {name.strip().lower(): value.strip() for name, _, value in pairs}
    endpoint, key = parts.get("endpoint"), parts.get("accesskey")
    if not (endpoint and key):
        raise SettingsError(
            f"{_CONNECTION_STRING}: must be endpoint=https://...;accesskey=... See: "
            "az communication list-key"
        )
    try:
        secret = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        raise SettingsError(f"{_CONNECTION_STRING}: its accesskey must be base64 text.") from None
    checked = _checked_endpoint(f"{_CONNECTION_STRING}: its endpoint", endpoint)
    return AcsResource(checked, secret, None)


def _checked_endpoint(what: str, endpoint: str) -> str:
    form = re.fullmatch(rf"(https?)://({_HOST})(?::([0-9]{{1,5}}))?/?", endpoint)
    if form and (form[1] == "https" or form[2] in _LOCAL) and 0 < int(form[3] or 443) < 65_536:
        return endpoint.rstrip("/")
    raise SettingsError(
        f"{what} must be https://<resource>.communication.azure.com. Only that of localhost may be "
        "http://."
    )
