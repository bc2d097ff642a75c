"""Which media server the settings name, and which settings are refused."""

import pytest

from rooms.settings import read_settings, unknown_settings
from rooms.settings.error import SettingsError
from rooms.settings.media import ApiKey, MediaServer

SECRET = "s" * 32
ONE = {"ROOMS_MEDIA_URL": "wss://livekit.example.com", "ROOMS_MEDIA_KEY__APIone": SECRET}


def media(env: dict[str, str]) -> MediaServer | None:
    return read_settings(env).media


def test_the_api_is_where_clients_connect_unless_it_is_said() -> None:
    key = ApiKey("APIone", SECRET.encode())
    assert media(ONE) == MediaServer(
        "wss://livekit.example.com", "https://livekit.example.com", (key,), 60
    )
    inside = ONE | {"ROOMS_MEDIA_API": "http://10.0.0.4:7880/", "ROOMS_MEDIA_TOKEN_SECONDS": "600"}
    assert media(inside) == MediaServer(
        "wss://livekit.example.com", "http://10.0.0.4:7880", (key,), 600
    )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:7880", "[::1]:7880"])
def test_on_this_machine_it_need_not_be_encrypted(host: str) -> None:
    server = media(ONE | {"ROOMS_MEDIA_URL": f"ws://{host}/"})
    assert server is not None
    assert (server.url, server.api) == (f"ws://{host}", f"http://{host}")


def test_of_several_keys_the_first_by_name_signs() -> None:
    server = media({"ROOMS_MEDIA_KEY__b": SECRET, **ONE, "ROOMS_MEDIA_KEY__empty": ""})
    assert server is not None
    assert [key.name for key in server.keys] == ["APIone", "b"]


def test_without_a_server_there_is_no_media_plane() -> None:
    assert media({}) is None
    assert media({"ROOMS_MEDIA_URL": "", "ROOMS_MEDIA_KEY__APIone": ""}) is None


def test_secrets_are_not_in_what_is_printed() -> None:
    assert SECRET not in repr(read_settings(ONE))


def test_a_key_of_any_name_is_a_setting() -> None:
    assert unknown_settings(ONE) == {}
    assert unknown_settings({"ROOMS_MEDIA_KEYS__a": SECRET}) == {
        "ROOMS_MEDIA_KEYS__a": "ROOMS_MEDIA_KEY__<name>"
    }


@pytest.mark.parametrize(
    ("env", "said"),
    [
        (
            {"ROOMS_MEDIA_KEY__a": SECRET},
            "ROOMS_MEDIA_KEY__a: needs ROOMS_MEDIA_URL",
        ),
        ({"ROOMS_MEDIA_API": "https://a"}, "ROOMS_MEDIA_API: needs ROOMS_MEDIA_URL"),
        ({"ROOMS_MEDIA_URL": "wss://a"}, "ROOMS_MEDIA_URL: needs ROOMS_MEDIA_KEY__<API key>"),
        *(
            (ONE | {"ROOMS_MEDIA_URL": url}, "ROOMS_MEDIA_URL: must be wss://<host>")
            for url in (
                "https://a",
                "a",
                "wss://",
                "wss://a/path",
                "wss://a?b",
                "wss://user@a",
                "wss://a:0",
                "wss://a:65536",
                "wss://a b",
                "ws://livekit.example.com",
                "ws://localhost.example.com",
            )
        ),
        (ONE | {"ROOMS_MEDIA_API": "wss://a"}, "ROOMS_MEDIA_API: must be https://<host>"),
        (ONE | {"ROOMS_MEDIA_KEY__b": "s" * 31}, "ROOMS_MEDIA_KEY__b: must have at least 32"),
        (ONE | {"ROOMS_MEDIA_KEY__": SECRET}, "ROOMS_MEDIA_KEY__<API key>: the key must have"),
        (ONE | {"ROOMS_MEDIA_KEY__a b": SECRET}, "ROOMS_MEDIA_KEY__<API key>: the key must have"),
        (ONE | {"ROOMS_MEDIA_TOKEN_SECONDS": "9"}, "ROOMS_MEDIA_TOKEN_SECONDS: must be"),
        (ONE | {"ROOMS_MEDIA_TOKEN_SECONDS": "601"}, "ROOMS_MEDIA_TOKEN_SECONDS: must be"),
        (ONE | {"ROOMS_MEDIA_TOKEN_SECONDS": "1.5"}, "ROOMS_MEDIA_TOKEN_SECONDS: must be"),
    ],
)
def test_a_server_that_cannot_be_used_is_refused(env: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(env)
    assert str(raised.value).startswith(said)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    "env",
    [
        {"ROOMS_STORAGE": "AccountName=one;AccountKey=aaaa;EndpointSuffix=core.windows.net"},
        {
            "ROOMS_STORAGE": "TableEndpoint=https://one.table.core.windows.net/;SharedAccessSignature=s"
        },
        {"ROOMS_STORAGE__tableServiceUri": "https://one.table.core.windows.net"},
    ],
)
def test_a_deployment_is_the_same_however_it_reaches_its_table(env: dict[str, str]) -> None:
    named = {"ROOMS_STORAGE": "AccountName=one;AccountKey=bbbb"}
    assert read_settings(env).deployment == read_settings(named).deployment


def test_a_deployment_is_known_by_its_table_and_not_by_the_key_of_the_account() -> None:
    def deployment(**env: str) -> str:
        return read_settings(env).deployment

    account = "AccountName=one;AccountKey="
    assert deployment(ROOMS_STORAGE=f"{account}a") == deployment(ROOMS_STORAGE=f"{account}b")
    assert deployment(ROOMS_STORAGE=f"{account}a") != deployment(
        ROOMS_STORAGE=f"{account}a", ROOMS_TABLE="other"
    )
    assert deployment(ROOMS_STORAGE=f"{account}a") != deployment(
        ROOMS_STORAGE="AccountName=two;AccountKey=a"
    )
