"""Reads single values of settings from the environment."""

import re
from collections.abc import Mapping

from rooms.settings.error import SettingsError


def flag(env: Mapping[str, str], setting: str, *, default: bool) -> bool:
    """Returns a setting that is true or false. Raises SettingsError."""
    value = env.get(setting, "").lower()
    if value not in ("", "true", "false"):
        raise SettingsError(f"{setting}: must be true or false.")
    return value == "true" if value else default


def number(
    env: Mapping[str, str], setting: str, default: int, of: str, least: int, most: int
) -> int:
    """Returns a setting that is a number of `of`. Raises SettingsError."""
    value = env.get(setting) or str(default)
    if not (re.fullmatch("[0-9]{1,5}", value) and least <= int(value) <= most):
        raise SettingsError(f"{setting}: must be a whole number of {of}, from {least} to {most}.")
    return int(value)


def items(env: Mapping[str, str], setting: str) -> set[str]:
    """Returns what a setting lists, separated by commas."""
    return {item.strip() for item in env.get(setting, "").split(",") if item.strip()}


def connection_string(env: Mapping[str, str], setting: str, endpoint: str) -> str | None:
    """Returns the connection string of a storage account, or None. Raises SettingsError.

    Args:
        endpoint: what it names with a shared access signature, such as `TableEndpoint`.
    """
    text = env.get(setting, "")
    if not text or text.lower() == "usedevelopmentstorage=true":
        return text or None
    names = {part.partition("=")[0].strip().lower() for part in text.split(";")}
    if not (
        {"accountname", "accountkey"} <= names
        or {endpoint.lower(), "sharedaccesssignature"} <= names
    ):
        raise SettingsError(
            f"{setting}: must be a connection string with AccountName and AccountKey. See: "
            "az storage account show-connection-string"
        )
    return text


def service_uri(env: Mapping[str, str], setting: str, service: str) -> str | None:
    """Returns the address of a storage account's `table` or `blob` service, or None. Raises
    SettingsError."""
    text = env.get(setting, "")
    if text and not text.startswith("https://"):
        raise SettingsError(
            f"{setting}: must be an https:// address, like "
            f"https://<account>.{service}.core.windows.net"
        )
    return text or None
