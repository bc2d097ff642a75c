"""A service in mode through that listens on a port of this process, as SDKs need one."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web
from azure.data.tables.aio import TableClient

from rooms.app import App
from rooms.domain.time import now
from rooms.storage.table import Table
from testkit.acs_instance import AcsInstance
from testkit.functions import answer_of
from testkit.loop_thread import LoopThread
from testkit.serving import application, received, response, serve
from testkit.storage import know_floors
from tests.moving.through.sides import KEY, PATIENT


@contextmanager
def served_through(storage: str, acs: AcsInstance) -> Iterator[str]:
    """Serves it, and yields its address. Its key is KEY."""
    loop = LoopThread()
    app = App(
        {"ROOMS_MANAGE_KEY__app": KEY, "ROOMS_ACS_MODE": "through", **acs.settings}, now, PATIENT
    )

    async def handle(http: web.Request) -> web.Response:
        request = await received(http)
        url = f"http://{request.headers['host']}{request.target}"
        answer = await answer_of(app, request.method, url, request.headers, request.body)
        return response(answer)

    async def start() -> tuple[TableClient, web.AppRunner, int]:
        client = TableClient.from_connection_string(
            storage, f"t{uuid.uuid4().hex}", use_env_settings=False
        )
        app.table = Table(client)
        await know_floors(app.table)
        return client, *await serve(application(handle))

    async def stop() -> None:
        await runner.cleanup()
        await client.close()
        assert app.acs is not None
        await app.acs.close()

    client, runner, port = loop.run(start())
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.run(stop())
        loop.close()
