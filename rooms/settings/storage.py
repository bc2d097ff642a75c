"""The settings of the storage accounts that have the table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rooms.domain.limits import LIMITS
from rooms.settings.error import SettingsError
from rooms.settings.values import connection_string, service_uri

_ACCOUNT_0 = "ROOMS_STORAGE"
_URI = "__tableServiceUri"


def _setting(number: int) -> str:
    return f"{_ACCOUNT_0}__{number}" if number else _ACCOUNT_0


STORAGE_SETTINGS = frozenset(
    f"{_setting(number)}{end}" for number in range(LIMITS.accounts) for end in ("", _URI)
)
"""The names of the settings that name storage accounts."""


@dataclass(frozen=True, slots=True)
class StorageAccount:
    """A storage account: its connection string, or the address of its table service."""

    number: int
    connection_string: str | None = field(repr=False)
    uri: str | None

    @property
    def setting(self) -> str:
        """Returns the name of the setting that names it."""
        return _setting(self.number) + ("" if self.connection_string else _URI)

    @property
    def name(self) -> str:
        """Returns what tells the account from others: its name in Azure, else its address. Without
        any secret."""
        address = self.uri or _address_in(self.connection_string or "")
        in_azure = re.fullmatch(r"https?://([a-z0-9]+)\.table\..+", address)
        return address.rstrip("/") if in_azure is None else in_azure[1]


def read_storages(env: Mapping[str, str]) -> tuple[StorageAccount, ...]:
    """Reads the storage accounts that `env` names, in the order of their numbers.

    Raises:
        SettingsError: a setting cannot be used.
    """
    accounts: list[StorageAccount] = []
    for number in range(LIMITS.accounts):
        setting = _setting(number)
        text = connection_string(env, setting, "TableEndpoint")
        uri = service_uri(env, setting + _URI, "table")
        if not (text or uri):
            continue
        account = StorageAccount(number, text, uri)
        if number > len(accounts):
            before = _setting(len(accounts))
            raise SettingsError(
                f"{account.setting}: is of no use without {before}, or {before}{_URI}. "
                "Accounts are numbered without a gap."
            )
        for other in accounts:
            if other.name == account.name:
                raise SettingsError(
                    f"{account.setting}: must be another account than {other.setting}."
                )
        accounts.append(account)
    return tuple(accounts)


def _address_in(text: str) -> str:
    """Returns what names the account in a connection string: its address, or its name."""
    parts = dict(part.partition("=")[::2] for part in text.split(";"))
    named = {name.strip().lower(): value.strip() for name, value in parts.items()}
    return named.get("tableendpoint") or named.get("accountname") or text
