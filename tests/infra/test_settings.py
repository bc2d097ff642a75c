"""The settings that infra/ gives the app, as the app reads them."""

import re
from typing import Any

import pytest

from rooms.settings import SETTINGS, Settings, read_settings, unknown_settings
from rooms.settings.keys import KEY_PREFIXES
from rooms.settings.media import KEY_PREFIX as MEDIA_KEY_PREFIX
from tests.infra.bicep import INFRA
from tests.infra.deployment import Deployment, app
from tests.infra.evaluate import TOKEN

ACS = (
    "/subscriptions/a/resourceGroups/calls/providers/Microsoft.Communication"
    "/communicationServices/contoso"
)
TENANT = "5b6f2c5e-0c4c-4d8e-9a39-1c4f5d0b7a11"

WITH_KEYS = {"ROOMS_STORAGE", "ROOMS_ARCHIVE", *(f"ROOMS_STORAGE__{n}" for n in range(1, 5))}
"""Connection strings of storage accounts: those of infra/ have no keys."""

CHOICES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "events of ACS": {"acsResourceId": ACS, "acsAccess": "none"},
    "users of ACS": {"acsResourceId": ACS},
    "rooms of ACS, observed": {
        "acsResourceId": ACS,
        "acsAccess": "connectionString",
        "acsMode": "observe",
    },
    "rooms of ACS, written through": {"acsResourceId": ACS, "acsMode": "through"},
    "rooms made here": {"acsResourceId": ACS, "acsMode": "through", "acsNew": "own"},
    "LiveKit": {
        "mediaUrl": "wss://media.example.com",
        "mediaApi": "http://10.0.0.4:7880",
        "mediaKeys": ["first", "second"],
    },
    "five accounts": {"roomAccounts": 4},
    "a table of its own, in five accounts": {"separateRoomsAccount": True, "roomAccounts": 4},
    "an archive": {"archive": True},
    "Entra ID": {
        "entraTenant": TENANT,
        "entraManage": "Rooms.Manage",
        "entraRead": "Rooms.Read",
        "entraAudience": "api://ours",
        "entraAuthority": "https://login.microsoftonline.us",
        "consoleClientId": TENANT,
    },
    "keys of three kinds": {
        "manageKeys": ["one", "two", "three"],
        "readKeys": ["reader"],
        "onBehalfOf": "one",
    },
    "all the rest": {
        "nameTable": False,
        "eventSources": [ACS],
        "accessLog": True,
        "console": False,
        "joinPage": False,
        "keyRate": 0,
        "keyBurst": 7,
        "upkeepMinutes": 1,
        "trustForwardedHost": True,
    },
}
"""Parameters of infra/app/main.bicep that somebody may choose together."""


def app_settings(chosen: dict[str, Any]) -> dict[str, str]:
    """Returns the app's settings in Azure for some parameters of infra/app."""
    (site,) = app(**chosen).of("Microsoft.Web/sites")
    settings = site.properties["siteConfig"]["appSettings"]
    assert all(type(each["value"]) is str and each["value"] for each in settings)
    return {each["name"]: each["value"] for each in settings}


def made_key() -> str:
    """Returns a key as infra/app/key.bicep makes it."""
    named = {"vaultName": "kv", "name": "key"}
    (secret,) = Deployment(INFRA / "app" / "key.bicep", named).resources
    value: str = secret.properties["value"]
    return value


def resolved(settings: dict[str, str]) -> dict[str, str]:
    """Returns settings as the app gets them: with secrets for references to the vault."""
    form = re.compile(r"@Microsoft\.KeyVault\(SecretUri=https://kv\.vault\.azure\.net/secrets/")
    env = {"WEBSITE_SITE_NAME": "0"} | settings
    for name, value in settings.items():
        if form.match(value):
            env[name] = made_key()
        if name == "ROOMS_ACS_CONNECTION_STRING":
            env[name] = "endpoint=https://contoso.communication.azure.com/;accesskey=c2VjcmV0"
    return env


def read(chosen: dict[str, Any]) -> Settings:
    return read_settings(resolved(app_settings(chosen)))


@pytest.mark.parametrize("chosen", CHOICES.values(), ids=CHOICES)
def test_the_app_takes_all_that_infra_sets(chosen: dict[str, Any]) -> None:
    env = resolved(app_settings(chosen))
    read_settings(env)
    assert unknown_settings(env) == {}


@pytest.mark.parametrize("chosen", CHOICES.values(), ids=CHOICES)
def test_azure_takes_the_name_of_each_setting_and_secret(chosen: dict[str, Any]) -> None:
    for name, value in app_settings(chosen).items():
        assert re.fullmatch(r"[A-Za-z0-9._]+", name)  # on Linux
        if secret := re.fullmatch(r"@Microsoft\.KeyVault\(SecretUri=.*/secrets/(.*)\)", value):
            assert re.fullmatch(r"[A-Za-z0-9-]{1,127}", secret[1])


def test_infra_sets_all_that_the_app_reads() -> None:
    names = {name for chosen in CHOICES.values() for name in app_settings(chosen)}
    assert names >= SETTINGS - WITH_KEYS
    for prefix in (*KEY_PREFIXES, MEDIA_KEY_PREFIX):
        assert any(name.startswith(prefix) for name in names)


def test_each_name_of_a_setting_in_infra_is_one_that_the_app_reads() -> None:
    whole_name = re.compile(r"\bROOMS_\w+\b(?!\$)")
    files = (path for path in INFRA.rglob("*") if path.is_file())
    names = {name for path in files for name in whole_name.findall(path.read_text())}
    assert unknown_settings(dict.fromkeys(names, "")) == {}


def test_without_a_choice_the_app_has_its_own_defaults() -> None:
    ours, alone = read({}), read_settings({"WEBSITE_SITE_NAME": "0"})
    for name in ("expired_days", "retention_days", "call_capacity", "console", "access_log"):
        assert getattr(ours, name) == getattr(alone, name)
    assert (ours.quota, ours.join_page) == (alone.quota, alone.join_page)
    assert (ours.moving, ours.media, ours.archive, ours.entra) == (None, None, None, None)


def test_a_table_is_named_and_two_keys_are_made() -> None:
    settings = read({})
    assert settings.table_is_named
    assert [(key.name, key.access) for key in settings.keys] == [
        ("first", "manage"),
        ("second", "manage"),
    ]


def test_events_of_another_resource_do_not_count() -> None:
    assert read({"acsResourceId": ACS}).event_sources == {ACS.lower()}


def test_accounts_of_rooms_are_in_the_order_of_their_numbers() -> None:
    shared = read({"roomAccounts": 2}).storages
    own = read({"roomAccounts": 2, "separateRoomsAccount": True}).storages
    further = [f"https://strooms{n}{TOKEN}.table.core.windows.net" for n in range(3)]
    assert [each.uri for each in shared] == [
        f"https://st{TOKEN}.table.core.windows.net",
        *further[1:],
    ]
    assert [each.uri for each in own] == further


def test_the_outputs_name_the_same_accounts_for_the_command_line() -> None:
    chosen = {"roomAccounts": 1, "separateRoomsAccount": True}
    outputs = app(**chosen).outputs
    settings = read_settings({name: outputs[name] for name in outputs if "ROOMS_" in name[:6]})
    assert (settings.storages, settings.table) == (read(chosen).storages, read(chosen).table)
