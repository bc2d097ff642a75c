"""A server of aiohttp on a free port."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from testkit.acs_double import Received
from testkit.raw_http import Answer


async def serve(app: web.Application) -> tuple[web.AppRunner, int]:
    """Serves an application on this machine. Returns its runner, and the port."""
    runner = web.AppRunner(app, shutdown_timeout=1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port: int = runner.addresses[0][1]
    return runner, port


def application(handle: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.Application:
    """Returns an application that handles all requests alike."""
    made = web.Application(client_max_size=0)
    made.router.add_route("*", "/{path:.*}", handle)
    return made


async def received(http: web.Request) -> Received:
    """Returns a request, with its body."""
    headers = {name.lower(): value for name, value in http.headers.items()}
    return Received(http.method, http.raw_path, headers, await http.read())


def response(answer: Answer) -> web.Response:
    """Returns an answer as the server sends it."""
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body or None)
