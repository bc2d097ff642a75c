"""The settings of Entra ID: whose tokens are accepted, and where people of the console sign in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from rooms.settings.error import SettingsError
from rooms.settings.keys import SPEAKERS
from rooms.settings.values import items

AUDIENCES_OF_THE_SDKS = frozenset(
    {"https://communication.azure.com", "https://communication.azure.com/"}
)
"""Audiences of the tokens that the Communication Services SDKs request, by the token's version."""

_CLIENT_ID = "ROOMS_CONSOLE_CLIENT_ID"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Where people of the console sign in. `authority` is the address of the tenant, and
    `client_id` the application (client) id of the console: both are public."""

    authority: str
    client_id: str


@dataclass(frozen=True, slots=True)
class Entra:
    """Who may call with an Entra ID token. All texts are in lower case.

    `tenant` is the directory's id and not a domain, as in tokens and in the names of their issuers.
    `manage`, `read` and `speak_for_others` hold object ids, application (client) ids and names of
    app roles. The last may say on whose behalf they ask.
    """

    tenant: str
    authority: str
    audiences: frozenset[str]
    manage: frozenset[str]
    read: frozenset[str]
    speak_for_others: frozenset[str] = frozenset()
    console_client_id: str | None = None

    @property
    def console_sign_in(self) -> SignIn | None:
        """Where people of the console sign in, or None if they do not."""
        if self.console_client_id is None:
            return None
        return SignIn(f"{self.authority}/{self.tenant}", self.console_client_id)


def read_entra(env: Mapping[str, str]) -> Entra | None:
    """Reads who may call with a token, or None if nobody may.

    Raises:
        SettingsError: a setting cannot be used.
    """
    manage, read = (_names(env, setting) for setting in ("ROOMS_ENTRA_MANAGE", "ROOMS_ENTRA_READ"))
    tenant, client_id = env.get("ROOMS_ENTRA_TENANT"), _client_id(env)
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
        audiences=frozenset(items(env, "ROOMS_ENTRA_AUDIENCE") or AUDIENCES_OF_THE_SDKS)
        | _own_audiences(client_id),
        manage=manage,
        read=read,
        speak_for_others=_names(env, SPEAKERS),
        console_client_id=client_id,
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
    names = frozenset(name.lower() for name in items(env, setting))
    if any(re.search(r"[\s;]", name) for name in names):
        raise SettingsError(f"{setting}: must be ids and names, separated by commas.")
    return names


def _client_id(env: Mapping[str, str]) -> str | None:
    text = env.get(_CLIENT_ID, "").strip()
    if not text:
        return None
    if not env.get("ROOMS_ENTRA_TENANT"):
        raise SettingsError(f"{_CLIENT_ID}: needs ROOMS_ENTRA_TENANT, where people sign in.")
    try:
        return str(UUID(text))
    except ValueError:
        raise SettingsError(
            f"{_CLIENT_ID}: must be the application (client) id of the console, a GUID. See: az ad "
            "app list"
        ) from None


def _own_audiences(client_id: str | None) -> set[str]:
    """Returns the audiences of tokens that the console asks for, by the token's version."""
    return set() if client_id is None else {client_id, f"api://{client_id}"}
