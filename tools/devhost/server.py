"""HTTP and HTTPS on localhost, with the limits of Kestrel, the web server of the Functions host."""

import logging
import socket
import ssl

from aiohttp import hdrs, web

from devhost.message import Answer, BadRequest, Handler, Request
from devhost.routing import decode_path

MAX_BODY = 104_857_600
MAX_REQUEST_LINE = 8 * 1024
MAX_HEADERS = 32 * 1024
GRACE_SECONDS = 5
"""Time for running invocations to end when the server stops."""

_log = logging.getLogger("devhost")


class TooLarge(ValueError):
    """The body is above the limit: 413."""


class Server:
    """Serves a handler on sockets. A context manager: on exit, running invocations get time to
    end."""

    def __init__(
        self,
        handler: Handler,
        plain: list[socket.socket],
        secure: list[socket.socket],
        tls: ssl.SSLContext,
    ) -> None:
        self._handler = handler
        self._sockets = [(opened, None) for opened in plain] + [(opened, tls) for opened in secure]

    async def __aenter__(self) -> None:
        # aiohttp's limits are above ours, so that ours apply. The app gets bodies as they are.
        server = web.Server(
            self._answer,
            max_line_size=2**20,
            max_field_size=2**20,
            max_headers=2**12,
            auto_decompress=False,
            access_log=None,
        )
        self._runner = web.ServerRunner(server, shutdown_timeout=GRACE_SECONDS)
        await self._runner.setup()
        for opened, tls in self._sockets:
            await web.SockSite(self._runner, opened, ssl_context=tls).start()

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            answer = await self._answer_within_limits(request)
            return await _send(request, answer)
        except (ConnectionError, web.RequestPayloadError):
            raise  # the client is gone, as it may be
        except Exception:
            _log.exception("devhost failed on %s %s", request.method, request.raw_path)
            return await _send(request, Answer.empty(500))

    async def _answer_within_limits(self, request: web.BaseRequest) -> Answer:
        if len(f"{request.method} {request.raw_path} HTTP/1.1\r\n") > MAX_REQUEST_LINE:
            return Answer.empty(414)
        if (
            sum(len(name) + len(value) + len(":\r\n") for name, value in request.raw_headers)
            > MAX_HEADERS
        ):
            return Answer.empty(431)
        try:
            return await self._handler(_read(request))
        except BadRequest:
            return Answer.empty(400)
        except TooLarge:
            return Answer.empty(413)


class _Response(web.StreamResponse):
    """Sends the headers of the function. aiohttp would add a type if there is none."""

    async def _prepare_headers(self) -> None:
        untyped = hdrs.CONTENT_TYPE not in self.headers
        await super()._prepare_headers()
        if untyped:
            self.headers.popall(hdrs.CONTENT_TYPE, None)


def _read(request: web.BaseRequest) -> Request:
    """Returns the request for our handler.

    Raises:
        BadRequest: its target or a header is not readable, or it has no Host header.
    """
    path, _, query = request.raw_path.partition("?")
    headers = _headers(request)
    if "host" not in headers or not query.isascii():
        raise BadRequest
    return Request(
        method=request.method,
        scheme=request.scheme,
        host=_host(request, headers["host"]),
        path=decode_path(path),
        query=query,
        headers=headers,
        body=lambda: _body(request),
    )


def _host(request: web.BaseRequest, named: str) -> str:
    """Returns the host with its port. The Java SDK leaves the port out, which is right in Azure,
    where there is none."""
    if named.rpartition(":")[2].isdigit() or request.transport is None:
        return named
    port = request.transport.get_extra_info("sockname")[1]
    return f"{named}:{port}"


def _headers(request: web.BaseRequest) -> dict[str, str]:
    headers: dict[str, list[str]] = {}
    try:
        for name, value in request.raw_headers:
            headers.setdefault(name.decode().lower(), []).append(value.decode())
    except UnicodeDecodeError:
        raise BadRequest from None
    return {name: ",".join(filter(None, values)) for name, values in headers.items()}


async def _body(request: web.BaseRequest) -> bytes:
    """Reads the body, with or without Content-Length.

    Raises:
        TooLarge: the body is above the limit.
    """
    if (request.content_length or 0) > MAX_BODY:
        raise TooLarge
    if request.headers.get(hdrs.EXPECT, "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > MAX_BODY:
            raise TooLarge
    return bytes(body)


async def _send(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    response = _Response(status=answer.status)
    for name, value in answer.headers.items():
        if not (value.isascii() and value.isprintable()):
            raise ValueError(
                f"The value of the header {name} has a character that HTTP does not allow."
            )
        if value:
            response.headers[name] = value
    for cookie in answer.cookies:
        response.headers.add(hdrs.SET_COOKIE, cookie)
    await response.prepare(request)
    if answer.body:
        await response.write(answer.body)
    await response.write_eof()
    return response
