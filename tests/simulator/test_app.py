"""Requests to an app that answers as a test says."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from simulator import app as module
from simulator.app import Address, App, AppFailed, connected
from simulator.script import write
from testkit.ports import free_port
from tests.simulator.meetings import START

# The SDK's own use of datetime.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


MEETING = write(1, 2, START)


@asynccontextmanager
async def answering(answer: Callable[[web.Request], web.Response]) -> AsyncIterator[App]:
    """An app of which every path has this answer."""

    async def handle(request: web.Request) -> web.Response:
        return answer(request)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)
    async with (
        TestServer(application) as server,
        connected(Address.of(str(server.make_url("")), "YQ==")) as app,
    ):
        yield app


async def test_a_list_is_read_to_its_last_page() -> None:
    def answer(request: web.Request) -> web.Response:
        assert request.headers["x-api-key"] == "YQ=="
        number = int(request.query.get("page", "0"))
        link = {"nextLink": str(request.url.with_query(page=str(number + 1)))} if number < 2 else {}
        return web.json_response({"value": [number] if number != 1 else [], **link})

    async with answering(answer) as app:
        first, values = await app.get_all("/rooms/1/calls")
    assert (first["value"], values) == ([0], [0, 2])


async def test_a_busy_app_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSES", (0, 0))
    statuses = iter([503, 429, 200])
    async with answering(lambda _: web.json_response({"value": 1}, status=next(statuses))) as app:
        assert await app.get("/rooms/1") == {"value": 1}


@pytest.mark.parametrize("status", [401, 404, 500, 503])
async def test_a_refusal_is_reported_with_the_message_of_the_app(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAUSES", (0,))
    async with answering(lambda _: web.Response(status=status, text="because")) as app:
        with pytest.raises(
            AppFailed, match=rf"GET http://\S+/live got the answer {status} because"
        ):
            await app.get("/live")


async def test_an_app_that_does_not_answer_is_reported() -> None:
    async with answering(lambda _: web.Response()) as app:
        pass
    async with connected(app.address) as gone:
        with pytest.raises(AppFailed, match=r"/live got no answer"):
            await gone.get("/live")


async def test_without_the_app_the_next_step_is_named() -> None:
    async with connected(Address.of(f"http://localhost:{free_port()}", "YQ==")) as gone:
        with pytest.raises(AppFailed, match=r"Cannot connect .*\. Is `make start` running there\?"):
            await gone.make_room(MEETING)


async def test_at_the_port_of_something_else_the_next_step_is_named() -> None:
    async with answering(lambda _: web.Response(status=400)) as app:
        with pytest.raises(AppFailed, match=r"'Bad Request'\. Is `make start` running there\?"):
            await app.make_room(MEETING)
