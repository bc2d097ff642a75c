"""The settings of the keys that callers have."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from rooms.settings.error import SettingsError
from rooms.settings.values import items

type Access = Literal["manage", "read"]
"""Rights of a caller. `read` allows GET only."""

RESERVED_NAMES = {
    "acs",
    "event-grid",
    "join-link",
    "livekit",
    "media",
    "participant",
    "pull",
    "upkeep",
}
"""Names that the log uses for parts of the service itself."""

MIN_KEY_BYTES = 32
"""Shortest key, in bytes."""

MIN_DIFFERENT_BYTES = 10
"""Different bytes that a key in Azure has at least. A random key of 32 bytes has some 30, and one
of hexadecimal digits nearly all 16."""

_PUBLISHED = {"bda3ee959640026832d7239239dc8a1d595e55943d8fa6a7dd98ece76a5a53bd"}
"""SHA-256 of keys that everybody can read: the development key that the sample once had."""

_MAKE_A_KEY = "Make a key with: openssl rand -base64 48"

SPEAKERS = "ROOMS_ON_BEHALF_OF"
"""The setting that lists the callers who may say on whose behalf they ask: names of keys, and of
Entra ID as Entra has them."""

KEY_PREFIXES: Mapping[str, Access] = {"ROOMS_MANAGE_KEY__": "manage", "ROOMS_READ_KEY__": "read"}


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A shared secret. The log calls it `name`."""

    name: str
    access: Access
    secret: bytes = field(repr=False)
    speaks_for_others: bool = False
    """Whether its holder may say on whose behalf it asks."""


def read_keys(env: Mapping[str, str], in_azure: bool) -> tuple[AccessKey, ...]:
    """Reads the keys in `env`. In Azure, none may be public or easy to guess.

    Raises:
        SettingsError: a key cannot be used.
    """
    speakers = items(env, SPEAKERS)
    setting_of: dict[bytes | str, str] = {}
    keys = []
    for setting, value in env.items():
        for prefix, access in KEY_PREFIXES.items():
            if not (setting.startswith(prefix) and value):
                continue
            name = _name(setting, prefix)
            key = AccessKey(name, access, _secret(setting, value), name in speakers)
            if in_azure:
                _check_is_secret(setting, key.secret)
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
    unknown = speakers - {key.name for key in keys}
    if unknown and not env.get("ROOMS_ENTRA_TENANT"):
        raise SettingsError(
            f"{SPEAKERS}: there is no key named {min(unknown)}. Ids of Entra ID need "
            "ROOMS_ENTRA_TENANT."
        )
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


def _check_is_secret(setting: str, secret: bytes) -> None:
    if hashlib.sha256(secret).hexdigest() in _PUBLISHED:
        raise SettingsError(
            f"{setting}: is a development key that is published with the source, so everybody has "
            f"it. {_MAKE_A_KEY}"
        )
    if _is_repetitive(secret):
        raise SettingsError(f"{setting}: is repetitive, and so easy to guess. {_MAKE_A_KEY}")


def _is_repetitive(secret: bytes) -> bool:
    """Returns whether a key has few different bytes, few different steps, or repeats itself."""
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    if min(len(set(secret)), len(steps)) < MIN_DIFFERENT_BYTES:
        return True
    return any(secret[:-n] == secret[n:] for n in range(1, len(secret) // 2 + 1))
