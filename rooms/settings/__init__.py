"""The settings, read once from the environment (in Azure: the app's application settings)."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from rooms.domain.limits import LIMITS
from rooms.settings.acs import AcsResource, read_acs
from rooms.settings.archive import ArchiveContainer, read_archive
from rooms.settings.entra import Entra, read_entra
from rooms.settings.error import SettingsError
from rooms.settings.keys import KEY_PREFIXES, AccessKey, read_keys
from rooms.settings.media import KEY_PREFIX as MEDIA_KEY_PREFIX
from rooms.settings.media import MediaServer, read_media
from rooms.settings.moving import Moving, read_moving
from rooms.settings.quota import Quota, read_quota
from rooms.settings.storage import STORAGE_SETTINGS, StorageAccount, read_storages
from rooms.settings.values import flag, items, number

MAX_DAYS = 36_500
"""Longest retention, in days: a hundred years."""

PREFIXES = (*KEY_PREFIXES, MEDIA_KEY_PREFIX)
"""What the names of settings begin with whose end is the name of a key."""

_PREFIX = "ROOMS_"
"""What the names of our settings begin with."""

_OF_AZURE = ("WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID")
"""Variables that Azure sets where the app runs. Flex Consumption does not set the second: the host
knows the plan by that (`IsFlexConsumptionSku` in its sources)."""

_REFERENCE = re.compile(r"\s*@Microsoft\.KeyVault\(", re.IGNORECASE)
"""What Azure leaves as the value of a setting if it cannot read the secret."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked."""

    storages: tuple[StorageAccount, ...]
    """The storage accounts that have the table, by their numbers. None are named: the service has
    no storage."""
    storage_client_id: str | None
    """The user-assigned identity for those that are named by an address."""
    table: str
    table_is_named: bool
    """Whether ROOMS_TABLE names it."""
    keys: tuple[AccessKey, ...]
    entra: Entra | None
    trust_forwarded_host: bool
    expired_days: int
    """Days that an expired room stays."""
    retention_days: int
    """Days that logs, calls, and the rest of a deleted room stay."""
    upkeep_minutes: int
    """Minutes between two runs of the upkeep."""
    call_capacity: int
    """Maximum number of people in a call."""
    console: bool
    """Whether the console is served."""
    access_log: bool
    """Whether the log records who looks at presence, attendance and logs."""
    acs: AcsResource | None
    """The resource that makes users and tokens. None: this service makes them."""
    moving: Moving | None
    """What is done with the rooms of that resource. None: nothing."""
    media: MediaServer | None
    """What carries the calls. None: people join elsewhere."""
    join_page: bool
    """Whether people may join with links, on the page of this service, if `media` is set."""
    event_sources: frozenset[str]
    """Resources whose events count, in lower case. None: those of any."""
    archive: ArchiveContainer | None
    """Where the log is exported to. None: it is not."""
    quota: Quota | None
    """What each caller may ask. None: all that they want."""

    @property
    def deployment(self) -> str:
        """Returns 16 hex digits that stand for the table, whatever the key of its first account,
        and whether there is one."""
        account = self.storages[0].name if self.storages else ""
        return hashlib.sha256(f"{account}/{self.table}".encode()).hexdigest()[:16]


SETTINGS = frozenset(
    {
        "ROOMS_ACCESS_LOG",
        "ROOMS_ACS_CONNECTION_STRING",
        "ROOMS_ACS_FULL_MINUTES",
        "ROOMS_ACS_MODE",
        "ROOMS_ACS_NEW",
        "ROOMS_ACS_READS",
        "ROOMS_ACS_REQUESTS",
        "ROOMS_ACS__clientId",
        "ROOMS_ACS__endpoint",
        "ROOMS_ARCHIVE",
        "ROOMS_ARCHIVE_CONTAINER",
        "ROOMS_ARCHIVE__blobServiceUri",
        "ROOMS_ARCHIVE__clientId",
        "ROOMS_CALL_CAPACITY",
        "ROOMS_CONSOLE",
        "ROOMS_CONSOLE_CLIENT_ID",
        "ROOMS_ENTRA_AUDIENCE",
        "ROOMS_ENTRA_AUTHORITY",
        "ROOMS_ENTRA_MANAGE",
        "ROOMS_ENTRA_READ",
        "ROOMS_ENTRA_TENANT",
        "ROOMS_EVENT_SOURCE",
        "ROOMS_EXPIRED_DAYS",
        "ROOMS_JOIN_PAGE",
        "ROOMS_KEY_BURST",
        "ROOMS_KEY_RATE",
        "ROOMS_MEDIA_API",
        "ROOMS_MEDIA_TOKEN_SECONDS",
        "ROOMS_MEDIA_URL",
        "ROOMS_ON_BEHALF_OF",
        "ROOMS_RETENTION_DAYS",
        "ROOMS_STORAGE__clientId",
        "ROOMS_TABLE",
        "ROOMS_TRUST_FORWARDED_HOST",
        "ROOMS_UPKEEP_MINUTES",
        *STORAGE_SETTINGS,
    }
)
"""The names of all settings but those of keys."""


def unknown_settings(env: Mapping[str, str]) -> dict[str, str | None]:
    """Returns the names in `env` that begin like ours and are no setting, each with the setting
    that was probably meant. A misspelled setting has no effect."""
    return {
        name: _nearest(name)
        for name in env
        if name.upper().startswith(_PREFIX)
        and name not in SETTINGS
        and not name.startswith(PREFIXES)
    }


def _nearest(name: str) -> str | None:
    from difflib import get_close_matches  # most starts need it not

    known = {
        each.upper(): each for each in (*SETTINGS, *(f"{prefix}<name>" for prefix in PREFIXES))
    }
    found = get_close_matches(name.upper(), known, n=1, cutoff=0.75)
    return known[found[0]] if found else None


def read_settings(env: Mapping[str, str]) -> Settings:
    """Reads the settings in `env`.

    Raises:
        SettingsError: a setting cannot be used.
    """
    _check_references(env)
    in_azure = any(env.get(name) for name in _OF_AZURE)
    acs = read_acs(env)
    return Settings(
        storages=read_storages(env),
        storage_client_id=env.get("ROOMS_STORAGE__clientId") or None,
        table=_table(env.get("ROOMS_TABLE") or "rooms"),
        table_is_named=bool(env.get("ROOMS_TABLE")),
        keys=read_keys(env, in_azure),
        entra=read_entra(env),
        trust_forwarded_host=flag(env, "ROOMS_TRUST_FORWARDED_HOST", default=False),
        expired_days=number(env, "ROOMS_EXPIRED_DAYS", 30, "days", 1, MAX_DAYS),
        retention_days=number(env, "ROOMS_RETENTION_DAYS", 400, "days", 7, MAX_DAYS),
        upkeep_minutes=number(env, "ROOMS_UPKEEP_MINUTES", 10, "minutes", 1, 10),
        call_capacity=number(
            env, "ROOMS_CALL_CAPACITY", LIMITS.call_capacity, "people", 1, LIMITS.participants
        ),
        console=flag(env, "ROOMS_CONSOLE", default=True),
        access_log=flag(env, "ROOMS_ACCESS_LOG", default=False),
        acs=acs,
        moving=read_moving(env, acs),
        media=read_media(env),
        join_page=flag(env, "ROOMS_JOIN_PAGE", default=True),
        event_sources=_event_sources(env),
        archive=read_archive(env),
        quota=read_quota(env, in_azure),
    )


def _check_references(env: Mapping[str, str]) -> None:
    for name, value in env.items():
        if name.upper().startswith(_PREFIX) and _REFERENCE.match(value):
            raise SettingsError(
                f"{name}: is a Key Vault reference that was not resolved. Check that the secret is "
                "there and that the app's identity has the role Key Vault Secrets User."
            )


def _table(name: str) -> str:
    if not (name.isascii() and name.isalnum() and name[0].isalpha() and 3 <= len(name) <= 63):
        raise SettingsError(
            "ROOMS_TABLE: must have 3 to 63 letters and digits, and begin with a letter."
        )
    return name


def _event_sources(env: Mapping[str, str]) -> frozenset[str]:
    sources = frozenset(source.rstrip("/").lower() for source in items(env, "ROOMS_EVENT_SOURCE"))
    is_empty = not sources and env.get("ROOMS_EVENT_SOURCE", "").strip()
    if is_empty or not all(re.fullmatch(r"/\S+", source) for source in sources):
        raise SettingsError(
            "ROOMS_EVENT_SOURCE: must be resource ids, separated by commas, like /subscriptions/..."
            "/providers/Microsoft.Communication/communicationServices/<name>. See: "
            "az communication show --query id"
        )
    return sources
