"""One HTTP exchange, byte for byte: for what no client would send."""

import contextlib
import http.client
import json
import socket
from dataclasses import dataclass
from typing import Any

from testkit.waiting import HANG_SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. Header names are lower case; duplicates are joined by a comma and a space."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Returns the body, which must be JSON."""
        return json.loads(self.body)


def exchange(host: str, port: int, request: bytes) -> Answer:
    """Sends exactly these bytes and reads one answer."""
    with socket.create_connection((host, port), HANG_SECONDS) as connection:
        # A server that refuses a request before its end may close; its answer is there to be read.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
        method = request.split(b" ")[0].decode("latin-1")
        with contextlib.closing(http.client.HTTPResponse(connection, method=method)) as response:
            response.begin()
            headers = {
                name.lower(): ", ".join(response.headers.get_all(name, []))
                for name in response.headers
            }
            return Answer(response.status, headers, response.read())
