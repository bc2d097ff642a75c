"""A server of aiohttp on a free port."""

from aiohttp import web


async def serve(app: web.Application) -> tuple[web.AppRunner, int]:
    """Serves an application on this machine. Returns its runner, and the port."""
    runner = web.AppRunner(app, shutdown_timeout=1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port: int = runner.addresses[0][1]
    return runner, port
