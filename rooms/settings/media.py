"""The settings of the media server, which carries the calls."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rooms.settings.error import SettingsError
from rooms.settings.values import number

URL, API = "ROOMS_MEDIA_URL", "ROOMS_MEDIA_API"

KEY_PREFIX = "ROOMS_MEDIA_KEY__"
"""What precedes the name of an API key of the media server."""

MIN_SECRET = 32
"""Shortest secret of an API key, in characters: livekit-server takes no shorter one."""

_LOCAL = ("localhost", "127.0.0.1", "[::1]")
"""Hosts whose address need not be encrypted."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of the media server's API, and the secret that signs with it."""

    name: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class MediaServer:
    """A LiveKit server. Addresses have no slash at their end."""

    url: str
    """Where clients connect: wss://, or ws:// on this machine."""
    api: str
    """Where this service calls its API: https://, or http:// in a private network."""
    keys: tuple[ApiKey, ...]
    """By name. The first one signs; events may be signed with any of them."""
    token_seconds: int
    """How long after an admission the person may connect."""


def read_media(env: Mapping[str, str]) -> MediaServer | None:
    """Reads the server that `env` names, or None.

    Raises:
        SettingsError: a setting cannot be used.
    """
    keys = tuple(sorted(_keys(env), key=lambda key: key.name))
    if not (url := env.get(URL, "").rstrip("/")):
        for name in (API, *(f"{KEY_PREFIX}{key.name}" for key in keys)):
            if env.get(name):
                raise SettingsError(f"{name}: needs {URL}, the server that it is for.")
        return None
    scheme, host = _parts(URL, url, "ws")
    if scheme == "ws" and host not in _LOCAL:
        raise SettingsError(f"{URL}: must be wss://<host>. Only localhost may be ws://.")
    api = env.get(API, "").rstrip("/") or url.replace("ws", "http", 1)
    _parts(API, api, "http")
    if not keys:
        raise SettingsError(f"{URL}: needs {KEY_PREFIX}<API key>, whose value is its secret.")
    return MediaServer(
        url, api, keys, number(env, "ROOMS_MEDIA_TOKEN_SECONDS", 60, "seconds", 10, 600)
    )


def _keys(env: Mapping[str, str]) -> list[ApiKey]:
    keys = []
    for setting, value in env.items():
        if not (setting.startswith(KEY_PREFIX) and value):
            continue
        name = setting.removeprefix(KEY_PREFIX)
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name):
            raise SettingsError(
                f"{KEY_PREFIX}<API key>: the key must have 1 to 64 letters, digits, '.', '_' or "
                "'-'."
            )
        if len(value) < MIN_SECRET:
            raise SettingsError(f"{setting}: must have at least {MIN_SECRET} characters.")
        keys.append(ApiKey(name, value.encode()))
    return keys


def _parts(setting: str, url: str, scheme: str) -> tuple[str, str]:
    """Returns the scheme and the host of an address. Raises SettingsError."""
    host = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[::1\]"
    form = re.fullmatch(rf"({scheme}s?)://({host})(?::([0-9]{{1,5}}))?", url)
    if form is None or not 0 < int(form[3] or 443) < 65_536:
        raise SettingsError(f"{setting}: must be {scheme}s://<host> or {scheme}s://<host>:<port>.")
    return form[1], form[2]
