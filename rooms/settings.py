"""The app's settings, read once from the environment (in Azure: the Function App's application settings)."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

type Role = Literal["manage", "read"]
"""What a caller may do: `read` is GET only."""

MIN_KEY_BYTES = 32


class SettingsError(ValueError):
    """A setting that cannot be used. The message names it and never contains its value."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A shared secret. `name` is what the log calls it."""

    name: str
    role: Role
    secret: bytes


@dataclass(frozen=True, slots=True)
class Entra:
    """Who may call with an Entra ID token.

    `manage` and `read` hold object ids, application (client) ids and names of app roles, in lower case.
    """

    tenant: str
    authority: str
    audiences: frozenset[str]
    manage: frozenset[str]
    read: frozenset[str]


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked."""

    storage_connection_string: str | None
    storage_uri: str | None
    table: str
    keys: tuple[AccessKey, ...]
    entra: Entra | None
    trust_forwarded_host: bool


def read_settings(env: Mapping[str, str]) -> Settings:
    """The settings in `env`.

    Raises:
        SettingsError: one of them cannot be used.
    """
    return Settings(
        storage_connection_string=env.get("ROOMS_STORAGE") or None,
        storage_uri=env.get("ROOMS_STORAGE__tableServiceUri") or None,
        table=_table(env.get("ROOMS_TABLE") or "rooms"),
        keys=tuple(_keys(env)),
        entra=_entra(env),
        trust_forwarded_host=_flag(env, "ROOMS_TRUST_FORWARDED_HOST"),
    )


def _table(name: str) -> str:
    if not (name.isascii() and name.isalnum() and name[0].isalpha() and 3 <= len(name) <= 63):
        raise SettingsError("ROOMS_TABLE: a table's name is 3 to 63 letters and digits and begins with a letter.")
    return name


def _keys(env: Mapping[str, str]) -> list[AccessKey]:
    prefixes: dict[str, Role] = {"ROOMS_MANAGE_KEY__": "manage", "ROOMS_READ_KEY__": "read"}
    return [
        AccessKey(setting.removeprefix(prefix), role, _secret(setting, value))
        for setting, value in env.items()
        for prefix, role in prefixes.items()
        if setting.startswith(prefix) and value
    ]


def _secret(setting: str, value: str) -> bytes:
    try:
        secret = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise SettingsError(f"{setting}: a key is base64 text; make one with: openssl rand -base64 64") from None
    if len(secret) < MIN_KEY_BYTES:
        raise SettingsError(f"{setting}: a key has at least {MIN_KEY_BYTES} bytes; make one with: openssl rand -base64 64")
    return secret


def _entra(env: Mapping[str, str]) -> Entra | None:
    tenant = env.get("ROOMS_ENTRA_TENANT")
    if not tenant:
        return None
    audiences = _list(env, "ROOMS_ENTRA_AUDIENCE") or {"https://communication.azure.com", "https://communication.azure.com/"}
    return Entra(
        tenant=tenant,
        authority=(env.get("ROOMS_ENTRA_AUTHORITY") or "https://login.microsoftonline.com").rstrip("/"),
        audiences=frozenset(audiences),
        manage=frozenset(name.lower() for name in _list(env, "ROOMS_ENTRA_MANAGE")),
        read=frozenset(name.lower() for name in _list(env, "ROOMS_ENTRA_READ")),
    )


def _list(env: Mapping[str, str], setting: str) -> set[str]:
    return {item.strip() for item in env.get(setting, "").split(",") if item.strip()}


def _flag(env: Mapping[str, str], setting: str) -> bool:
    value = env.get(setting, "").lower()
    if value not in ("", "true", "false"):
        raise SettingsError(f"{setting}: true or false.")
    return value == "true"
