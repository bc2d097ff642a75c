"""The SDK's own retries: an answer that was lost on the way does not make a change happen twice."""

import asyncio
import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from azure.communication.rooms import RoomsClient
from azure.communication.rooms.aio import RoomsClient as AsyncRoomsClient
from azure.core.credentials import AzureKeyCredential

from testkit.raw import Raw
from testkit.running import RunningApp

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


class LossyGateway(ThreadingHTTPServer):
    """Passes requests on to the app, but answers the first of each method with a 503 instead of the
    app's answer."""

    daemon_threads = True

    def __init__(self, app: RunningApp) -> None:
        super().__init__(("127.0.0.1", 0), Forward)
        self.target = urlsplit(app.http).netloc
        self.attempts: list[str] = []


class Forward(BaseHTTPRequestHandler):
    server: LossyGateway

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection = http.client.HTTPConnection(self.server.target)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        lost = self.command not in self.server.attempts
        self.server.attempts.append(self.command)
        headers = (
            {"Retry-After": "1"}
            if lost
            else {"Content-Type": answer.headers.get("Content-Type", "")}
        )
        self.send_response(503 if lost else answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0" if lost else str(len(content)))
        self.end_headers()
        self.wfile.write(b"" if lost else content)

    do_POST = do_DELETE = _forward  # noqa: N815 - the names are those of http.server

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def gateway(app: RunningApp) -> Iterator[LossyGateway]:
    with LossyGateway(app) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_sync_client_creates_and_deletes_once(
    gateway: LossyGateway, app: RunningApp, raw: Raw
) -> None:
    before = set(raw.newest_ids())
    with RoomsClient(
        f"http://localhost:{gateway.server_port}", AzureKeyCredential(app.manage_key)
    ) as client:
        room = client.create_room()
        assert set(raw.newest_ids()) - before == {room.id}
        client.delete_room(room.id)
    assert gateway.attempts == ["POST", "POST", "DELETE", "DELETE"]
    assert set(raw.newest_ids()) == before


def test_the_async_client_creates_and_deletes_once(
    gateway: LossyGateway, app: RunningApp, raw: Raw
) -> None:
    before = set(raw.newest_ids())

    async def session() -> None:
        endpoint = f"http://localhost:{gateway.server_port}"
        async with AsyncRoomsClient(endpoint, AzureKeyCredential(app.manage_key)) as client:
            room = await client.create_room()
            assert set(raw.newest_ids()) - before == {room.id}
            await client.delete_room(room.id)

    asyncio.run(session())
    assert gateway.attempts == ["POST", "POST", "DELETE", "DELETE"]
    assert set(raw.newest_ids()) == before
