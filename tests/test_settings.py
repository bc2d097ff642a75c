import base64
import hashlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.log import (
    ACS_ACTOR,
    EVENTS_ACTOR,
    JOIN_LINK_ACTOR,
    LIVEKIT_ACTOR,
    MEDIA_ACTOR,
    PARTICIPANT_ACTOR,
    SEEN_BY_PULL,
)
from rooms.settings import read_settings
from rooms.settings.acs import AcsResource
from rooms.settings.archive import ArchiveContainer
from rooms.settings.entra import SignIn
from rooms.settings.error import SettingsError
from rooms.settings.keys import MIN_KEY_BYTES, RESERVED_NAMES, AccessKey
from rooms.settings.moving import Moving
from rooms.settings.quota import Quota
from rooms.upkeep.rooms import UPKEEP_ACTOR

KEY = bytes(range(32))
KEY_TEXT = base64.b64encode(KEY).decode()
OTHER_TEXT = base64.b64encode(bytes(32)).decode()
TENANT = "5b6f2c5e-0c4c-4d8e-9a39-1c4f5d0b7a11"


def test_nothing_set_lets_nobody_in_and_names_no_storage() -> None:
    settings = read_settings({})
    assert settings.keys == ()
    assert settings.entra is None
    assert settings.storages == ()
    assert settings.table == "rooms"
    assert not settings.trust_forwarded_host
    assert (settings.expired_days, settings.retention_days) == (30, 400)
    assert settings.call_capacity == 350


def test_keys_have_the_name_and_the_access_of_their_setting() -> None:
    env = {
        "ROOMS_MANAGE_KEY__server": KEY_TEXT,
        "ROOMS_READ_KEY__dash-1": OTHER_TEXT,
        "ROOMS_READ_KEY__unused": "",
    }
    assert read_settings(env).keys == (
        AccessKey("server", "manage", KEY),
        AccessKey("dash-1", "read", bytes(32)),
    )


def test_a_key_may_speak_for_others_if_the_setting_has_its_name_to_the_letter() -> None:
    env = {
        "ROOMS_MANAGE_KEY__server": KEY_TEXT,
        "ROOMS_READ_KEY__Server": OTHER_TEXT,
        "ROOMS_ON_BEHALF_OF": " server , ",
    }
    may = {key.name: key.speaks_for_others for key in read_settings(env).keys}
    assert may == {"server": True, "Server": False}


def test_tokens_for_the_console_are_accepted_beside_the_others() -> None:
    client = "3d1c7a52-3b1e-4f0a-9d55-2a8e6b4c7f02"
    env = {
        "ROOMS_ENTRA_TENANT": TENANT,
        "ROOMS_ENTRA_MANAGE": "Rooms.Manage",
        "ROOMS_ENTRA_AUDIENCE": "api://ours",
        "ROOMS_CONSOLE_CLIENT_ID": client.upper(),
    }
    entra = read_settings(env).entra
    assert entra is not None
    assert entra.audiences == {"api://ours", client, f"api://{client}"}
    place = SignIn(f"https://login.microsoftonline.com/{TENANT}", client)
    assert entra.console_sign_in == place


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"ROOMS_CONSOLE_CLIENT_ID": TENANT}, "needs ROOMS_ENTRA_TENANT"),
        (
            {"ROOMS_ENTRA_TENANT": TENANT, "ROOMS_CONSOLE_CLIENT_ID": "console"},
            "must be the application",
        ),
    ],
)
def test_the_application_of_the_console_must_be_one_of_a_tenant(
    env: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError, match=f"ROOMS_CONSOLE_CLIENT_ID: {said}"):
        read_settings({"ROOMS_ENTRA_MANAGE": "x", **env} if len(env) > 1 else env)


def test_who_speaks_for_others_must_be_a_key_or_of_a_tenant() -> None:
    env = {"ROOMS_MANAGE_KEY__server": KEY_TEXT, "ROOMS_ON_BEHALF_OF": "server,sever"}
    with pytest.raises(SettingsError, match="ROOMS_ON_BEHALF_OF: there is no key named sever"):
        read_settings(env)
    entra = read_settings(
        env | {"ROOMS_ENTRA_TENANT": TENANT, "ROOMS_ENTRA_MANAGE": "x", "ROOMS_ON_BEHALF_OF": "A,b"}
    ).entra
    assert entra is not None
    assert entra.speak_for_others == {"a", "b"}


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"ROOMS_MANAGE_KEY__a": "not base64"}, "ROOMS_MANAGE_KEY__a: must be base64 text"),
        ({"ROOMS_MANAGE_KEY__a": "é"}, "ROOMS_MANAGE_KEY__a: must be base64 text"),
        (
            {"ROOMS_READ_KEY__a": base64.b64encode(bytes(31)).decode()},
            "ROOMS_READ_KEY__a: must have at least 32 bytes",
        ),
        ({"ROOMS_READ_KEY__": KEY_TEXT}, "ROOMS_READ_KEY__<name>: the name must have"),
        ({"ROOMS_READ_KEY__a b": KEY_TEXT}, "ROOMS_READ_KEY__<name>: the name must have"),
        (
            {"ROOMS_MANAGE_KEY__a": KEY_TEXT, "ROOMS_READ_KEY__b": KEY_TEXT},
            "ROOMS_READ_KEY__b: has the same key as ROOMS_MANAGE_KEY__a",
        ),
        (
            {"ROOMS_MANAGE_KEY__a": KEY_TEXT, "ROOMS_READ_KEY__a": OTHER_TEXT},
            "ROOMS_READ_KEY__a: has the same name as ROOMS_MANAGE_KEY__a",
        ),
        (
            {"ROOMS_ENTRA_TENANT": "contoso.onmicrosoft.com"},
            "ROOMS_ENTRA_TENANT: must be the directory",
        ),
        ({"ROOMS_ENTRA_TENANT": "common"}, "ROOMS_ENTRA_TENANT: must be the directory"),
        (
            {"ROOMS_ENTRA_TENANT": TENANT, "ROOMS_ENTRA_AUTHORITY": "http://evil.example"},
            "ROOMS_ENTRA_AUTHORITY: must be an https",
        ),
        (
            {"ROOMS_ENTRA_TENANT": TENANT, "ROOMS_ENTRA_AUTHORITY": "http://localhost.evil"},
            "ROOMS_ENTRA_AUTHORITY: must be an https",
        ),
        ({"ROOMS_ENTRA_TENANT": TENANT}, "ROOMS_ENTRA_TENANT: needs ROOMS_ENTRA_MANAGE or"),
        ({"ROOMS_ENTRA_READ": "a"}, "ROOMS_ENTRA_READ: needs ROOMS_ENTRA_TENANT"),
        (
            {"ROOMS_ENTRA_TENANT": TENANT, "ROOMS_ENTRA_READ": "a b; c"},
            "ROOMS_ENTRA_READ: must be ids and names, separated by commas",
        ),
        ({"ROOMS_STORAGE": "garbage"}, "ROOMS_STORAGE: must be a connection string"),
        (
            {"ROOMS_STORAGE": "AccountName=a;Endpoint=b"},
            "ROOMS_STORAGE: must be a connection string",
        ),
        (
            {"ROOMS_STORAGE__tableServiceUri": "a.table.core.windows.net"},
            "ROOMS_STORAGE__tableServiceUri: must be an https",
        ),
        (
            {"ROOMS_MANAGE_KEY__upkeep": KEY_TEXT},
            "ROOMS_MANAGE_KEY__upkeep: choose another name",
        ),
        (
            {"ROOMS_READ_KEY__Event-Grid": KEY_TEXT},
            "ROOMS_READ_KEY__Event-Grid: choose another name",
        ),
        (
            {"ROOMS_EXPIRED_DAYS": "0"},
            "ROOMS_EXPIRED_DAYS: must be a whole number of days, from 1 to 36500",
        ),
        (
            {"ROOMS_EXPIRED_DAYS": "1.5"},
            "ROOMS_EXPIRED_DAYS: must be a whole number of days, from 1 to 36500",
        ),
        (
            {"ROOMS_UPKEEP_MINUTES": "11"},
            "ROOMS_UPKEEP_MINUTES: must be a whole number of minutes, from 1 to 10",
        ),
        (
            {"ROOMS_RETENTION_DAYS": "36501"},
            "ROOMS_RETENTION_DAYS: must be a whole number of days, from 7 to 36500",
        ),
        (
            {"ROOMS_RETENTION_DAYS": "6"},
            "ROOMS_RETENTION_DAYS: must be a whole number of days, from 7 to 36500",
        ),
        (
            {"ROOMS_RETENTION_DAYS": "٣"},
            "ROOMS_RETENTION_DAYS: must be a whole number of days, from 7 to 36500",
        ),
        *(
            (
                {"ROOMS_CALL_CAPACITY": text},
                "ROOMS_CALL_CAPACITY: must be a whole number of people, from 1 to 5000",
            )
            for text in ("0", "5001", "x", "-1", "1e2", "350.0", " 350", "٣٥٠", "00000350")
        ),
        (
            {"ROOMS_TRUST_FORWARDED_HOST": "yes"},
            "ROOMS_TRUST_FORWARDED_HOST: must be true or false",
        ),
        *(
            (
                {"ROOMS_KEY_RATE": text},
                "ROOMS_KEY_RATE: must be a whole number of requests a second",
            )
            for text in ("-1", "10001", "1.5", "x")
        ),
        *(
            (
                {"ROOMS_KEY_BURST": text},
                "ROOMS_KEY_BURST: must be a whole number of requests, from 1",
            )
            for text in ("0", "-1", "20001")
        ),
        *(
            ({"ROOMS_EVENT_SOURCE": text}, "ROOMS_EVENT_SOURCE: must be resource ids")
            for text in ("contoso", ",", "/", "/a b", "/a,contoso", "https://contoso.example")
        ),
        ({"ROOMS_TABLE": "1rooms"}, "ROOMS_TABLE: must have 3 to 63"),
        *(
            ({"ROOMS_ACS_CONNECTION_STRING": text}, f"ROOMS_ACS_CONNECTION_STRING: {said}")
            for text, said in (
                ("garbage", "must be endpoint="),
                ("endpoint=https://a.communication.azure.com", "must be endpoint="),
                (f"accesskey={KEY_TEXT}", "must be endpoint="),
                (f"endpoint=;accesskey={KEY_TEXT}", "must be endpoint="),
                ("endpoint=https://a/;accesskey=é", "its accesskey must be base64"),
                ("endpoint=https://a/;accesskey=a", "its accesskey must be base64"),
                (f"endpoint=http://evil.example;accesskey={KEY_TEXT}", "its endpoint must be"),
                (f"endpoint=http://localhost.evil;accesskey={KEY_TEXT}", "its endpoint must be"),
                (f"endpoint=https://a@b;accesskey={KEY_TEXT}", "its endpoint must be"),
                (f"endpoint=https://a/path;accesskey={KEY_TEXT}", "its endpoint must be"),
                (f"endpoint=https://a:99999;accesskey={KEY_TEXT}", "its endpoint must be"),
                (f"endpoint=https://a:0;accesskey={KEY_TEXT}", "its endpoint must be"),
                (f"endpoint=https://a..b;accesskey={KEY_TEXT}", "its endpoint must be"),
                (f"endpoint=https://-;accesskey={KEY_TEXT}", "its endpoint must be"),
                (f"endpoint=https://{'a' * 64};accesskey={KEY_TEXT}", "its endpoint must be"),
            )
        ),
        ({"ROOMS_ACS__endpoint": "a.communication.azure.com"}, "ROOMS_ACS__endpoint: must be"),
        ({"ROOMS_ACS__clientId": "x"}, "ROOMS_ACS__clientId: needs ROOMS_ACS__endpoint"),
        (
            {
                "ROOMS_ACS_CONNECTION_STRING": f"endpoint=https://a;accesskey={KEY_TEXT}",
                "ROOMS_ACS__clientId": "x",
            },
            "ROOMS_ACS__clientId: needs ROOMS_ACS__endpoint",
        ),
        (
            {
                "ROOMS_ACS_CONNECTION_STRING": f"endpoint=https://a;accesskey={KEY_TEXT}",
                "ROOMS_ACS__endpoint": "https://a",
            },
            "ROOMS_ACS__endpoint: set only one of this and ROOMS_ACS_CONNECTION_STRING",
        ),
    ],
)
def test_what_cannot_be_used_is_named_without_its_value(env: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(env)
    assert str(error.value).startswith(said)
    assert KEY_TEXT not in str(error.value)


AZURE = {"WEBSITE_SITE_NAME": "func-rooms"}
DEVELOPMENT_KEY = (
    "VGhpcyBrZXkgaXMgcHVibGljOiBpdCBvcGVucyBub3RoaW5nIGJ1dCBhbiBBbnRlcm9vbSBvbiBhIGxhcHRvcC4="
)
"""The key that the sample of the settings once had."""

REPETITIVE = {
    "zeros": bytes(48),
    "one letter": b"A" * 64,
    "two letters": b"ab" * 32,
    "nine letters": b"abcdefghi" * 8,
    "a phrase again and again": b"correct horse battery staple " * 3,
    "a phrase and its beginning": b"correct horse battery staple " * 2 + b"correct",
    "a good half twice": hashlib.sha256(b"half").digest() * 2,
    "counting up": bytes(range(64)),
    "counting down": bytes(range(64, 0, -1)),
    "the alphabet": b"abcdefghijklmnopqrstuvwxyzabcdefghijkl",
}


@pytest.mark.parametrize("setting", ["ROOMS_MANAGE_KEY__a", "ROOMS_READ_KEY__a"])
def test_the_published_key_stops_the_app_in_azure(setting: str) -> None:
    with pytest.raises(SettingsError, match=f"{setting}: is a development key that is published"):
        read_settings(AZURE | {setting: DEVELOPMENT_KEY})
    assert read_settings({setting: DEVELOPMENT_KEY}).keys


@pytest.mark.parametrize("key", REPETITIVE.values(), ids=REPETITIVE)
def test_a_repetitive_key_stops_the_app_in_azure(key: bytes) -> None:
    env = {"ROOMS_MANAGE_KEY__a": base64.b64encode(key).decode()}
    with pytest.raises(SettingsError, match="ROOMS_MANAGE_KEY__a: is repetitive") as error:
        read_settings(AZURE | env)
    assert env["ROOMS_MANAGE_KEY__a"] not in str(error.value)
    assert read_settings(env).keys


@given(st.randoms(use_true_random=True), st.integers(MIN_KEY_BYTES, 96))
def test_a_random_key_is_taken_in_azure_as_bytes_and_as_hexadecimal_digits(
    random: Random, size: int
) -> None:
    key = random.randbytes(size)
    for secret in (key, key.hex().encode(), key.hex()[:48].encode()):
        env = {"ROOMS_MANAGE_KEY__a": base64.b64encode(secret).decode()}
        assert read_settings(AZURE | env).keys == (AccessKey("a", "manage", secret),)


@pytest.mark.parametrize(
    "setting",
    ["ROOMS_STORAGE", "ROOMS_MANAGE_KEY__a", "ROOMS_ACS_CONNECTION_STRING", "ROOMS_ENTRA_TENANT"],
)
@pytest.mark.parametrize(
    "reference",
    [
        "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)",
        " @microsoft.keyvault(VaultName=v;SecretName=s)",
    ],
)
def test_a_reference_that_was_not_resolved_stops_the_app_anywhere(
    setting: str, reference: str
) -> None:
    for env in ({}, AZURE):
        with pytest.raises(SettingsError) as error:
            read_settings(env | {setting: reference})
        assert str(error.value).startswith(f"{setting}: is a Key Vault reference that was not")
        assert "vault.azure" not in str(error.value)


def test_a_reference_in_a_setting_of_others_is_theirs() -> None:
    reference = "@Microsoft.KeyVault(VaultName=v;SecretName=s)"
    assert read_settings(AZURE | {"OTHER_SECRET": reference}).keys == ()


@pytest.mark.parametrize(
    "text",
    [
        "UseDevelopmentStorage=true",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net",
        "TableEndpoint=https://a.table.core.windows.net;SharedAccessSignature=sv=1&sig=x%3D",
    ],
)
def test_a_connection_string_of_the_storage_is_taken_as_it_is(text: str) -> None:
    (account,) = read_settings({"ROOMS_STORAGE": text}).storages
    assert account.connection_string == text
    assert account.setting == "ROOMS_STORAGE"


def test_further_accounts_have_numbers_and_each_its_own_kind_of_setting() -> None:
    accounts = read_settings(
        {
            "ROOMS_STORAGE__tableServiceUri": "https://zero.table.core.windows.net",
            "ROOMS_STORAGE__1": "AccountName=one;AccountKey=c2VjcmV0",
            "ROOMS_STORAGE__2__tableServiceUri": "https://two.table.core.windows.net/",
        }
    ).storages
    assert [(each.number, each.name, each.setting) for each in accounts] == [
        (0, "zero", "ROOMS_STORAGE__tableServiceUri"),
        (1, "one", "ROOMS_STORAGE__1"),
        (2, "two", "ROOMS_STORAGE__2__tableServiceUri"),
    ]


@pytest.mark.parametrize(
    ("accounts", "said"),
    [
        ({1: "one"}, "ROOMS_STORAGE__1: is of no use without ROOMS_STORAGE, or"),
        ({0: "zero", 2: "two"}, "ROOMS_STORAGE__2: is of no use without ROOMS_STORAGE__1, or"),
        ({0: "zero", 1: "zero"}, "ROOMS_STORAGE__1: must be another account than ROOMS_STORAGE."),
    ],
)
def test_accounts_with_a_gap_or_twice_are_refused(accounts: dict[int, str], said: str) -> None:
    env = {
        f"ROOMS_STORAGE__{number}"
        if number
        else "ROOMS_STORAGE": f"AccountName={name};AccountKey=k"
        for number, name in accounts.items()
    }
    with pytest.raises(SettingsError) as error:
        read_settings(env)
    assert str(error.value).startswith(said)


def test_a_tenant_has_the_public_cloud_and_the_audience_of_the_sdks_by_default() -> None:
    entra = read_settings({"ROOMS_ENTRA_TENANT": TENANT.upper(), "ROOMS_ENTRA_READ": "a"}).entra
    assert entra is not None
    assert entra.tenant == TENANT
    assert entra.authority == "https://login.microsoftonline.com"
    assert entra.audiences == {
        "https://communication.azure.com",
        "https://communication.azure.com/",
    }
    assert not entra.manage
    assert entra.read == {"a"}


def test_lists_are_separated_by_commas_and_compared_without_case() -> None:
    env = {
        "ROOMS_ENTRA_TENANT": TENANT,
        "ROOMS_ENTRA_AUTHORITY": "https://login.microsoftonline.us/",
        "ROOMS_ENTRA_AUDIENCE": "api://rooms, b",
        "ROOMS_ENTRA_MANAGE": " A,, Rooms.Manage ",
        "ROOMS_ENTRA_READ": "c",
    }
    entra = read_settings(env).entra
    assert entra is not None
    assert entra.authority == "https://login.microsoftonline.us"
    assert entra.audiences == {"api://rooms", "b"}
    assert entra.manage == {"a", "rooms.manage"}
    assert entra.read == {"c"}


def test_secrets_are_not_in_what_is_printed() -> None:
    printed = repr(
        read_settings(
            {"ROOMS_MANAGE_KEY__a": KEY_TEXT, "ROOMS_STORAGE": "AccountName=a;AccountKey=hidden"}
        )
    )
    assert repr(KEY) not in printed
    assert "hidden" not in printed


@pytest.mark.parametrize(
    ("text", "value"), [("", False), ("false", False), ("True", True), ("true", True)]
)
def test_a_switch_is_true_or_false(text: str, value: bool) -> None:
    assert read_settings({"ROOMS_TRUST_FORWARDED_HOST": text}).trust_forwarded_host is value


@pytest.mark.parametrize(("text", "days"), [("7", 7), ("36500", 36_500), ("", 400)])
def test_a_time_to_keep_is_whole_days(text: str, days: int) -> None:
    assert read_settings({"ROOMS_RETENTION_DAYS": text}).retention_days == days


@pytest.mark.parametrize(("text", "people"), [("1", 1), ("5000", 5_000), ("", 350)])
def test_a_call_holds_a_whole_number_of_people(text: str, people: int) -> None:
    assert read_settings({"ROOMS_CALL_CAPACITY": text}).call_capacity == people


def test_sources_of_events_are_compared_without_case() -> None:
    sources = read_settings({"ROOMS_EVENT_SOURCE": "/Subscriptions/A/b/, /c,"}).event_sources
    assert sources == {"/subscriptions/a/b", "/c"}
    assert read_settings({}).event_sources == frozenset()


@pytest.mark.parametrize(
    ("env", "quota"),
    [
        ({}, None),
        (AZURE, Quota(100, 200)),
        ({"WEBSITE_INSTANCE_ID": "a"}, Quota(100, 200)),
        (AZURE | {"ROOMS_KEY_RATE": "0"}, None),
        ({"ROOMS_KEY_BURST": "5"}, None),
        ({"ROOMS_KEY_RATE": "7"}, Quota(7, 14)),
        ({"ROOMS_KEY_RATE": "7", "ROOMS_KEY_BURST": "1"}, Quota(7, 1)),
        ({"ROOMS_KEY_RATE": "10000"}, Quota(10_000, 20_000)),
    ],
)
def test_a_quota_is_for_azure_or_for_who_sets_one(env: dict[str, str], quota: Quota | None) -> None:
    assert read_settings(env).quota == quota


def test_the_log_s_own_names_are_no_names_of_keys() -> None:
    actors = {
        ACS_ACTOR,
        EVENTS_ACTOR,
        LIVEKIT_ACTOR,
        MEDIA_ACTOR,
        PARTICIPANT_ACTOR,
        JOIN_LINK_ACTOR,
    }
    assert actors | {UPKEEP_ACTOR, SEEN_BY_PULL} == RESERVED_NAMES


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        (
            f"endpoint=https://a.communication.azure.com/;accesskey={KEY_TEXT}",
            "https://a.communication.azure.com",
        ),
        (f" AccessKey = {KEY_TEXT} ; EndPoint = https://a:8443 ;", "https://a:8443"),
        (f"endpoint=http://localhost:7071/;accesskey={KEY_TEXT}", "http://localhost:7071"),
        (f"endpoint=http://127.0.0.1:7071;accesskey={KEY_TEXT}", "http://127.0.0.1:7071"),
    ],
)
def test_a_resource_of_acs_has_an_endpoint_and_a_key(text: str, endpoint: str) -> None:
    acs = read_settings({"ROOMS_ACS_CONNECTION_STRING": text}).acs
    assert acs == AcsResource(endpoint, KEY, None)
    assert repr(KEY) not in repr(acs)


def test_a_resource_of_acs_may_be_asked_with_a_managed_identity() -> None:
    endpoint = {"ROOMS_ACS__endpoint": "https://a.communication.azure.com/"}
    known = "https://a.communication.azure.com"
    assert read_settings(endpoint).acs == AcsResource(known, None, None)
    client = {"ROOMS_ACS__clientId": "client"}
    assert read_settings(endpoint | client).acs == AcsResource(known, None, "client")


def test_without_a_resource_of_acs_there_is_none() -> None:
    empty = {"ROOMS_ACS_CONNECTION_STRING": "", "ROOMS_ACS__endpoint": ""}
    assert read_settings({}).acs is None
    assert read_settings(empty).acs is None


ARCHIVE = f"AccountName=a;AccountKey={KEY_TEXT}"


def test_the_log_is_exported_to_the_container_that_is_set() -> None:
    archive = read_settings({"ROOMS_ARCHIVE": ARCHIVE}).archive
    assert archive == ArchiveContainer(ARCHIVE, None, None, "anteroom-log")
    assert KEY_TEXT not in repr(archive)
    uri = "https://a.blob.core.windows.net"
    identity = {"ROOMS_ARCHIVE__blobServiceUri": uri, "ROOMS_ARCHIVE__clientId": "client"}
    named = read_settings(identity | {"ROOMS_ARCHIVE_CONTAINER": "log-1"}).archive
    assert named == ArchiveContainer(None, uri, "client", "log-1")
    assert read_settings({"ROOMS_ARCHIVE": "", "ROOMS_ARCHIVE_CONTAINER": ""}).archive is None


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"ROOMS_ARCHIVE": "x"}, "ROOMS_ARCHIVE: must be a connection string"),
        (
            {"ROOMS_ARCHIVE__blobServiceUri": "http://a"},
            "ROOMS_ARCHIVE__blobServiceUri: must be an https:// address",
        ),
        (
            {"ROOMS_ARCHIVE": ARCHIVE, "ROOMS_ARCHIVE__blobServiceUri": "https://a"},
            "ROOMS_ARCHIVE__blobServiceUri: set only one of this and ROOMS_ARCHIVE.",
        ),
        ({"ROOMS_ARCHIVE_CONTAINER": "log"}, "ROOMS_ARCHIVE_CONTAINER: needs ROOMS_ARCHIVE or"),
        ({"ROOMS_ARCHIVE__clientId": "c"}, "ROOMS_ARCHIVE__clientId: needs ROOMS_ARCHIVE or"),
        (
            {"ROOMS_ARCHIVE": ARCHIVE, "ROOMS_ARCHIVE__clientId": "c"},
            "ROOMS_ARCHIVE__clientId: needs ROOMS_ARCHIVE__blobServiceUri",
        ),
        *(
            (
                {"ROOMS_ARCHIVE": ARCHIVE, "ROOMS_ARCHIVE_CONTAINER": name},
                "ROOMS_ARCHIVE_CONTAINER: must have 3 to 63 lower-case letters",
            )
            for name in ("ab", "Log", "a--b", "-log", "log-", "l" * 64, "log/x")
        ),
    ],
)
def test_a_container_that_cannot_be_is_refused(env: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(env)
    assert str(raised.value).startswith(said)
    assert KEY_TEXT not in str(raised.value)


ACS = "endpoint=https://contoso.communication.azure.com/;accesskey=a2V5"


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ({"ROOMS_ACS_MODE": "observe"}, "ROOMS_ACS_MODE"),
        ({"ROOMS_ACS_MODE": "both", "ROOMS_ACS_CONNECTION_STRING": ACS}, "ROOMS_ACS_MODE"),
        ({"ROOMS_ACS_NEW": "own", "ROOMS_ACS_CONNECTION_STRING": ACS}, "ROOMS_ACS_NEW"),
        ({"ROOMS_ACS_READS": "acs", "ROOMS_ACS_CONNECTION_STRING": ACS}, "ROOMS_ACS_READS"),
        ({"ROOMS_ACS_REQUESTS": "5", "ROOMS_ACS_CONNECTION_STRING": ACS}, "ROOMS_ACS_REQUESTS"),
        ({"ROOMS_ACS_MODE": "through", "ROOMS_ACS_NEW": "livekit"}, "ROOMS_ACS_NEW"),
        (
            {
                "ROOMS_ACS_MODE": "through",
                "ROOMS_ACS_CONNECTION_STRING": ACS,
                "ROOMS_ACS_NEW": "own",
                "ROOMS_ACS_READS": "acs",
            },
            "ROOMS_ACS_READS",
        ),
        ({"ROOMS_ACS_MODE": "through", "ROOMS_ACS_REQUESTS": "0"}, "ROOMS_ACS_REQUESTS"),
    ],
)
def test_settings_of_a_move_that_cannot_be_used_are_named(
    settings: dict[str, str], setting: str
) -> None:
    with pytest.raises(SettingsError, match=f"^{setting}: "):
        read_settings(settings)


def test_a_resource_alone_makes_users_and_its_rooms_stay_there() -> None:
    assert read_settings({"ROOMS_ACS_CONNECTION_STRING": ACS}).moving is None


def test_a_move_has_defaults() -> None:
    moving = read_settings({"ROOMS_ACS_CONNECTION_STRING": ACS, "ROOMS_ACS_MODE": "through"}).moving
    assert moving == Moving("through", new="acs", reads="own", requests=5, full_minutes=60)
