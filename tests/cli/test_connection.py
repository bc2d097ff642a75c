"""Connection strings, as people have them in their environment."""

import pytest

from rooms_cli.connection import Connection, connection
from rooms_cli.failures import VARIABLE, Failure


@pytest.mark.parametrize(
    "text",
    [
        "endpoint=http://a:7071/;accesskey=YQ==",
        "accesskey=YQ==;endpoint=http://a:7071",
        " Endpoint=http://a:7071/ ; AccessKey=YQ== ;",
    ],
)
def test_a_connection_string_is_taken_apart(text: str) -> None:
    assert connection({VARIABLE: text}) == Connection("http://a:7071", "YQ==")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not set. With `make start`, run the line"),
        (" ", "is not set. With `make start`, run the line"),
        ("http://a/", "no valid endpoint"),
        ("endpoint=a;accesskey=YQ==", "no valid endpoint"),
        ("endpoint=https://:1;accesskey=YQ==", "no valid endpoint"),
        ("endpoint=https://a:99999;accesskey=YQ==", "no valid endpoint"),
        ("endpoint=https://[a/;accesskey=YQ==", "no valid endpoint"),
        (
            "endpoint=https://a/other/;accesskey=YQ==",
            "It should look like this: endpoint=https://<host>/;accesskey=<key>",
        ),
        ("endpoint=https://a?b;accesskey=YQ==", "no valid endpoint"),
        ("endpoint=https://a/", "has no accesskey. Copy the whole string"),
        ("endpoint=https://a/;accesskey=;", "has no accesskey. Copy the whole string"),
        ("endpoint=https://a/;accesskey=secret", "not base64"),
        ("endpoint=https://a/;accesskey=c2Vjcm\u00e9", "not base64"),
    ],
)
def test_what_cannot_be_used_is_said_without_the_key(text: str, said: str) -> None:
    with pytest.raises(Failure) as raised:
        connection({VARIABLE: text})
    assert said in str(raised.value)
    assert "cret" not in str(raised.value)


def test_a_connection_does_not_show_its_key() -> None:
    assert "YQ==" not in repr(Connection("http://a", "YQ=="))
