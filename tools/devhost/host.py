"""The host: finds the function for a request, and runs it."""

import asyncio
import json
import logging
from collections.abc import Iterable, Mapping

from azure_functions_runtime.bindings.datumdef import Datum

from devhost import eventgrid
from devhost.app import EVENT_GRID, HTTP, TIMER, Function, InvocationFailed, invoke, logged, run
from devhost.http_trigger import answer_of, request_datum
from devhost.meetings import Meetings
from devhost.message import Answer, Request
from devhost.routing import Match, Route, Router
from devhost.text import query_parameters
from devhost.timers import Timers

ADMIN = "/admin/functions/"
CONSOLE = "/console"
"""The path of the console, if the app has this route."""
PAGE = "<!DOCTYPE html><title>Functions</title><p>Your Functions app is up and running.</p>"

_log = logging.getLogger("devhost")


class Host:
    """Runs the functions of one app, and plays meetings at it."""

    def __init__(
        self,
        functions: Iterable[Function],
        route_prefix: str,
        settings: Mapping[str, str],
        meetings: Meetings,
    ) -> None:
        every = list(functions)
        self.router = Router(
            route_prefix, [_route(function) for function in every if function.kind == HTTP]
        )
        """The app's routes."""
        loaded = [
            function
            for function in every
            if function.kind != HTTP or function.name in self.router.functions()
        ]
        self._functions = {function.name: function for function in loaded}
        self._webhook = eventgrid.Webhook(loaded)
        self._timers = Timers(loaded, settings, self._start)
        self._has_page = settings.get("AzureWebJobsDisableHomepage", "").lower() != "true"
        self.has_console = (
            self.router.find("GET", CONSOLE) is not None
            and settings.get("ROOMS_CONSOLE", "").lower() != "false"
        )
        """Whether the app has a console."""
        self._meetings = meetings
        self._behind: set[asyncio.Task[None]] = set()

    async def run_timers(self) -> None:
        """Runs the app's timers at their times, until cancelled."""
        await self._timers.run()

    async def finish(self) -> None:
        """Waits for runs in the background."""
        if self._behind:
            await asyncio.wait(self._behind)

    async def answer(self, request: Request) -> Answer:
        """Answers one request."""
        path = request.path.lower()
        if path == eventgrid.PATH:
            query = {name.lower(): value for name, value in query_parameters(request.query).items()}
            return await self._webhook.receive(
                request.method, query, request.headers, await request.body()
            )
        if path.startswith(ADMIN) and request.method == "POST":
            return await self._by_hand(path.removeprefix(ADMIN), await request.body())
        if answer := await self._meetings.answer(request):
            return answer
        if match := self.router.find(request.method, request.path):
            return await self._invoke(match, request)
        if path == "/" and request.method == "GET":
            return Answer.text(200, PAGE, "text/html") if self._has_page else Answer.empty(204)
        _log.info("no function answers %s %a", request.method, request.path)
        return Answer.empty(404)

    async def _invoke(self, match: Match, request: Request) -> Answer:
        function = self._functions[match.function]
        with logged(function) as outcome:
            try:
                answer = answer_of(
                    await invoke(function, await request_datum(request, match.parameters))
                )
            except InvocationFailed:
                answer = Answer.empty(500)
            outcome.append(str(answer.status))
            if request.method == "GET" and answer.status < 400:
                outcome.clear()  # pages ask again and again, and would bury the rest
            return answer

    async def _by_hand(self, name: str, body: bytes) -> Answer:
        """Runs a timer's or an Event Grid function in the background."""
        function = next(
            (function for function in self._functions.values() if function.name.lower() == name),
            None,
        )
        if function is None:
            return Answer.empty(404)
        try:
            content = json.loads(body)
            data = self._data_by_hand(function, content.get("input", ""))
        except (ValueError, TypeError, AttributeError, RecursionError):
            return Answer.empty(400)
        self._start(function, data)
        return Answer.empty(202)

    def _start(self, function: Function, data: Datum) -> asyncio.Task[None]:
        task = asyncio.create_task(_run(function, data))
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)
        return task

    def _data_by_hand(self, function: Function, given: str) -> Datum:
        if function.kind == TIMER:
            return self._timers.by_hand(function)
        if function.kind == EVENT_GRID:
            return Datum(eventgrid.element_text(json.loads(given)), "json")
        raise ValueError(f"{function.kind} cannot be run by hand")


def _route(function: Function) -> Route:
    methods = function.trigger.get("methods")
    return Route(
        function=function.name,
        template=(function.trigger.get("route") or function.name).strip("/"),
        methods=frozenset(method.upper() for method in methods) if methods else None,
    )


async def _run(function: Function, data: Datum) -> None:
    try:
        await run(function, data)
    except InvocationFailed:
        return  # it is logged
