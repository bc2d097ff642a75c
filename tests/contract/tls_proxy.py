"""A proxy that ends TLS and calls the app over plain HTTP, as Front Door or nginx does."""

import contextlib
import http.client
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from testkit.waiting import HANG_SECONDS


@contextlib.contextmanager
def tls_proxy(port: int, tls: ssl.SSLContext) -> Iterator[str]:
    """Passes every request on to a port of localhost, and says what the client asked for in
    X-Forwarded-Host and X-Forwarded-Proto. Yields its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = dict(self.headers.items())
            headers |= {"X-Forwarded-Host": headers.pop("Host"), "X-Forwarded-Proto": "https"}
            connection = http.client.HTTPConnection("localhost", port, timeout=HANG_SECONDS)
            with contextlib.closing(connection):
                connection.request(self.command, self.path, body or None, headers)
                answer = connection.getresponse()
                content = answer.read()
            self.send_response(answer.status)
            for name in ("Content-Type", "x-ms-error-code"):
                if value := answer.headers.get(name):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _pass_on  # noqa: N815 - as the library names them

        def log_message(self, format: str, *args: object) -> None:
            """Logs nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"https://localhost:{server.server_port}"
        server.shutdown()
        serving.join()
