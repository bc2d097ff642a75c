"""The settings of the console's sign-in with Entra ID."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from rooms.settings_error import SettingsError

CLIENT_ID = "ROOMS_CONSOLE_CLIENT_ID"
"""The setting that has the application id of the console."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Where people of the console sign in. `authority` is the address of the tenant, and
    `client_id` the application (client) id of the console: both are public."""

    authority: str
    client_id: str


def read_client_id(env: Mapping[str, str]) -> str | None:
    """Returns the application id of the console, or None if people do not sign in there.

    Raises:
        SettingsError: it cannot be used.
    """
    text = env.get(CLIENT_ID, "").strip()
    if not text:
        return None
    if not env.get("ROOMS_ENTRA_TENANT"):
        raise SettingsError(f"{CLIENT_ID}: needs ROOMS_ENTRA_TENANT, where people sign in.")
    try:
        return str(UUID(text))
    except ValueError:
        raise SettingsError(
            f"{CLIENT_ID}: must be the application (client) id of the console, a GUID. See: az ad "
            "app list"
        ) from None


def own_audiences(client_id: str | None) -> set[str]:
    """Returns the audiences of tokens that the console asks for, by the token's version."""
    return set() if client_id is None else {client_id, f"api://{client_id}"}
