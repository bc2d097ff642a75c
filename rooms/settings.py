"""The settings, read once from the environment (in Azure: the app's application settings)."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from rooms.acs_settings import AcsResource, read_acs
from rooms.domain.limits import LIMITS
from rooms.settings_error import SettingsError

type Access = Literal["manage", "read"]
"""Rights of a caller. `read` allows GET only."""

RESERVED_NAMES = {"event-grid", "upkeep"}
"""Names that the log uses for parts of the service itself."""

MAX_DAYS = 36_500
"""Longest retention, in days: a hundred years."""

MIN_KEY_BYTES = 32
"""Shortest key, in bytes."""

_MAKE_A_KEY = "Make a key with: openssl rand -base64 48"

_AUDIENCES = {"https://communication.azure.com", "https://communication.azure.com/"}
"""Audiences of the tokens that the Communication Services SDKs request, by the token's version."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A shared secret. The log calls it `name`."""

    name: str
    access: Access
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entra:
    """Who may call with an Entra ID token. All texts are in lower case.

    `tenant` is the directory's id and not a domain, as in tokens and in the names of their issuers.
    `manage` and `read` hold object ids, application (client) ids and names of app roles.
    """

    tenant: str
    authority: str
    audiences: frozenset[str]
    manage: frozenset[str]
    read: frozenset[str]


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked."""

    storage_connection_string: str | None = field(repr=False)
    storage_uri: str | None
    storage_client_id: str | None
    table: str
    keys: tuple[AccessKey, ...]
    entra: Entra | None
    trust_forwarded_host: bool
    expired_days: int
    """Days that an expired room stays."""
    retention_days: int
    """Days that logs, calls, and the rest of a deleted room stay."""
    call_capacity: int
    """Maximum number of people in a call."""
    console: bool
    """Whether the console is served."""
    acs: AcsResource | None
    """The resource that makes users and tokens. None: this service makes them."""


KEY_PREFIXES: Mapping[str, Access] = {"ROOMS_MANAGE_KEY__": "manage", "ROOMS_READ_KEY__": "read"}

SETTINGS = frozenset(
    {
        "ROOMS_ACS_CONNECTION_STRING",
        "ROOMS_ACS__clientId",
        "ROOMS_ACS__endpoint",
        "ROOMS_CALL_CAPACITY",
        "ROOMS_CONSOLE",
        "ROOMS_ENTRA_AUDIENCE",
        "ROOMS_ENTRA_AUTHORITY",
        "ROOMS_ENTRA_MANAGE",
        "ROOMS_ENTRA_READ",
        "ROOMS_ENTRA_TENANT",
        "ROOMS_EXPIRED_DAYS",
        "ROOMS_RETENTION_DAYS",
        "ROOMS_STORAGE",
        "ROOMS_STORAGE__clientId",
        "ROOMS_STORAGE__tableServiceUri",
        "ROOMS_TABLE",
        "ROOMS_TRUST_FORWARDED_HOST",
    }
)
"""The names of all settings but those of keys."""


def unknown_settings(env: Mapping[str, str]) -> dict[str, str | None]:
    """Returns the names in `env` that begin like ours and are no setting, each with the setting
    that was probably meant. A misspelled setting has no effect."""
    return {
        name: _nearest(name)
        for name in env
        if name.upper().startswith("ROOMS_")
        and name not in SETTINGS
        and not name.startswith(tuple(KEY_PREFIXES))
    }


def _nearest(name: str) -> str | None:
    from difflib import get_close_matches  # most starts need it not

    known = {each.upper(): each for each in (*SETTINGS, *(f"{key}<name>" for key in KEY_PREFIXES))}
    found = get_close_matches(name.upper(), known, n=1, cutoff=0.75)
    return known[found[0]] if found else None


def read_settings(env: Mapping[str, str]) -> Settings:
    """Reads the settings in `env`.

    Raises:
        SettingsError: a setting cannot be used.
    """
    return Settings(
        storage_connection_string=_connection_string(env.get("ROOMS_STORAGE", "")),
        storage_uri=_storage_uri(env.get("ROOMS_STORAGE__tableServiceUri", "")),
        storage_client_id=env.get("ROOMS_STORAGE__clientId") or None,
        table=_table(env.get("ROOMS_TABLE") or "rooms"),
        keys=tuple(_keys(env)),
        entra=_entra(env),
        trust_forwarded_host=_flag(env, "ROOMS_TRUST_FORWARDED_HOST", default=False),
        expired_days=_number(env, "ROOMS_EXPIRED_DAYS", 30, "days", 1, MAX_DAYS),
        retention_days=_number(env, "ROOMS_RETENTION_DAYS", 400, "days", 7, MAX_DAYS),
        call_capacity=_number(
            env, "ROOMS_CALL_CAPACITY", LIMITS.call_capacity, "people", 1, LIMITS.participants
        ),
        console=_flag(env, "ROOMS_CONSOLE", default=True),
        acs=read_acs(env),
    )


def _connection_string(text: str) -> str | None:
    if not text or text.lower() == "usedevelopmentstorage=true":
        return text or None
    names = {part.partition("=")[0].strip().lower() for part in text.split(";")}
    if not (
        {"accountname", "accountkey"} <= names
        or {"tableendpoint", "sharedaccesssignature"} <= names
    ):
        raise SettingsError(
            "ROOMS_STORAGE: must be a connection string with AccountName and AccountKey. See: "
            "az storage account show-connection-string"
        )
    return text


def _storage_uri(text: str) -> str | None:
    if text and not text.startswith("https://"):
        raise SettingsError(
            "ROOMS_STORAGE__tableServiceUri: must be an https:// address, like "
            "https://<account>.table.core.windows.net"
        )
    return text or None


def _table(name: str) -> str:
    if not (name.isascii() and name.isalnum() and name[0].isalpha() and 3 <= len(name) <= 63):
        raise SettingsError(
            "ROOMS_TABLE: must have 3 to 63 letters and digits, and begin with a letter."
        )
    return name


def _keys(env: Mapping[str, str]) -> list[AccessKey]:
    setting_of: dict[bytes | str, str] = {}
    keys = []
    for setting, value in env.items():
        for prefix, access in KEY_PREFIXES.items():
            if not (setting.startswith(prefix) and value):
                continue
            key = AccessKey(_key_name(setting, prefix), access, _secret(setting, value))
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
    return keys


def _key_name(setting: str, prefix: str) -> str:
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


def _entra(env: Mapping[str, str]) -> Entra | None:
    manage, read = (_names(env, setting) for setting in ("ROOMS_ENTRA_MANAGE", "ROOMS_ENTRA_READ"))
    tenant = env.get("ROOMS_ENTRA_TENANT")
    if not tenant:
        if manage or read:
            setting = "ROOMS_ENTRA_MANAGE" if manage else "ROOMS_ENTRA_READ"
            raise SettingsError(
                f"{setting}: needs ROOMS_ENTRA_TENANT, the directory that issues the tokens."
            )
        return None
    entra = Entra(
        tenant=_tenant(tenant),
        authority=_authority(
            env.get("ROOMS_ENTRA_AUTHORITY") or "https://login.microsoftonline.com"
        ),
        audiences=frozenset(_list(env, "ROOMS_ENTRA_AUDIENCE") or _AUDIENCES),
        manage=manage,
        read=read,
    )
    if not (manage or read):
        raise SettingsError(
            "ROOMS_ENTRA_TENANT: needs ROOMS_ENTRA_MANAGE or ROOMS_ENTRA_READ, else no token lets "
            "anybody in."
        )
    return entra


def _tenant(value: str) -> str:
    # Tokens never carry a domain; `common` and `organizations` would let every directory in.
    try:
        return str(UUID(value.strip()))
    except ValueError:
        raise SettingsError(
            "ROOMS_ENTRA_TENANT: must be the directory (tenant) id, a GUID. See: az account show"
        ) from None


def _authority(value: str) -> str:
    if not re.match(r"https://[^/]|http://(localhost|127\.0\.0\.1)[:/]", value):
        raise SettingsError(
            "ROOMS_ENTRA_AUTHORITY: must be an https:// address, like "
            "https://login.microsoftonline.com"
        )
    return value.rstrip("/")


def _names(env: Mapping[str, str], setting: str) -> frozenset[str]:
    names = frozenset(name.lower() for name in _list(env, setting))
    if any(re.search(r"[\s;]", name) for name in names):
        raise SettingsError(f"{setting}: must be ids and names, separated by commas.")
    return names


def _list(env: Mapping[str, str], setting: str) -> set[str]:
    return {item.strip() for item in env.get(setting, "").split(",") if item.strip()}


def _flag(env: Mapping[str, str], setting: str, *, default: bool) -> bool:
    value = env.get(setting, "").lower()
    if value not in ("", "true", "false"):
        raise SettingsError(f"{setting}: must be true or false.")
    return value == "true" if value else default


def _number(
    env: Mapping[str, str], setting: str, default: int, of: str, least: int, most: int
) -> int:
    value = env.get(setting) or str(default)
    if not (re.fullmatch("[0-9]{1,5}", value) and least <= int(value) <= most):
        raise SettingsError(f"{setting}: must be a whole number of {of}, from {least} to {most}.")
    return int(value)
