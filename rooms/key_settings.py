"""The settings of the keys that callers have."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rooms.settings_error import SettingsError

type Access = Literal["manage", "read"]
"""Rights of a caller. `read` allows GET only."""

RESERVED_NAMES = {"event-grid", "upkeep"}
"""Names that the log uses for parts of the service itself."""

MIN_KEY_BYTES = 32
"""Shortest key, in bytes."""

_MAKE_A_KEY = "Make a key with: openssl rand -base64 48"

KEY_PREFIXES: Mapping[str, Access] = {"ROOMS_MANAGE_KEY__": "manage", "ROOMS_READ_KEY__": "read"}


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A shared secret. The log calls it `name`."""

    name: str
    access: Access
    secret: bytes = field(repr=False)


def read_keys(env: Mapping[str, str]) -> tuple[AccessKey, ...]:
    """Reads the keys in `env`.

    Raises:
        SettingsError: a key cannot be used.
    """
    setting_of: dict[bytes | str, str] = {}
    keys = []
    for setting, value in env.items():
        for prefix, access in KEY_PREFIXES.items():
            if not (setting.startswith(prefix) and value):
                continue
            key = AccessKey(_name(setting, prefix), access, _secret(setting, value))
            if key.secret in setting_of:
                raise SettingsError(
                    f"{setting}: has the same key as {setting_of[key.secret]}. Each name needs "
                    "its own key."
                )
            if key.name in setting_of:
                raise SettingsError(
                    f"{setting}: has the same name as {setting_of[key.name]}. The log could not "
                    "tell them apart."
                )
            setting_of |= {key.secret: setting, key.name: setting}
            keys.append(key)
    return tuple(keys)


def _name(setting: str, prefix: str) -> str:
    name = setting.removeprefix(prefix)
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name):
        raise SettingsError(
            f"{prefix}<name>: the name must have 1 to 64 letters, digits, '.', '_' or '-'."
        )
    if name.lower() in RESERVED_NAMES:
        raise SettingsError(
            f"{setting}: choose another name. The log uses this one for a part of the service."
        )
    return name


def _secret(setting: str, value: str) -> bytes:
    try:
        secret = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise SettingsError(f"{setting}: must be base64 text. {_MAKE_A_KEY}") from None
    if len(secret) < MIN_KEY_BYTES:
        raise SettingsError(f"{setting}: must have at least {MIN_KEY_BYTES} bytes. {_MAKE_A_KEY}")
    return secret
