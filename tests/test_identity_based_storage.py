"""The service on a storage account that takes no keys: with tokens of the app's identity."""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from devhost.azurite import ACCOUNT, Azurite
from devhost.tls import Certificates
from testkit.acs_double import AcsDouble, Reply
from testkit.ports import free_port
from testkit.raw import Raw
from testkit.running import RunningApp, running_app


class AzuriteWithTokens(Azurite):
    """Azurite over TLS, as it takes tokens then. Of a token it checks all but the signature."""

    def __init__(self, folder: Path, port: int, certificate: Path) -> None:
        super().__init__(folder, port, in_memory=True)
        self._certificate = certificate

    def _command(self) -> list[str | Path]:
        tls: list[str | Path] = ["--cert", self._certificate, "--key", self._certificate]
        return [*super()._command(), "--oauth", "basic", *tls]

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self._port)).close()
            return True
        return False


@pytest.fixture(scope="module")
def tokens() -> Iterator[AcsDouble]:
    """The token service of the app."""
    now = int(time.time())
    claims = {
        "aud": "https://storage.azure.com",
        "iss": "https://sts.windows.net/a-tenant/",
        "nbf": now - 60,
        "iat": now,
        "exp": now + 86_400,
    }
    token = jwt.encode(claims, "a key that nobody checks, of 32 bytes or more")
    with AcsDouble() as service:
        found = {"access_token": token, "expires_on": str(claims["exp"])}
        service.reply = Reply(200, json.dumps(found).encode())
        yield service


@pytest.fixture(scope="module")
def app(tokens: AcsDouble, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    folder = tmp_path_factory.mktemp("keyless")
    certificates, port = Certificates(folder / "tls"), free_port()
    settings = {
        "ROOMS_STORAGE": "",
        "ROOMS_STORAGE__tableServiceUri": f"https://127.0.0.1:{port}/{ACCOUNT}",
        "ROOMS_STORAGE__clientId": "client",
        "IDENTITY_ENDPOINT": f"{tokens.endpoint}/msi/token",
        "IDENTITY_HEADER": "a header",
        "SSL_CERT_FILE": str(certificates.bundle),
    }
    with (
        AzuriteWithTokens(folder, port, folder / "tls" / "server.pem"),
        running_app(folder / "app", settings) as app,
    ):
        yield app


def test_a_room_is_stored_with_one_token_for_all_requests(
    app: RunningApp, tokens: AcsDouble
) -> None:
    raw = Raw(app.http, app.manage_key)
    room = raw.new_room()
    assert raw.get(f"/rooms/{room['id']}").status == 200
    (asked,) = [parse_qs(urlsplit(received.target).query) for received in tokens.received]
    assert asked == {
        "api-version": ["2019-08-01"],
        "resource": ["https://storage.azure.com"],
        "client_id": ["client"],
    }
