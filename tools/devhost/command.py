"""The command: runs a function app until Ctrl-C."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from azure.core.exceptions import AzureError

from devhost import app, ports
from devhost import exports as shell_exports
from devhost.azurite import PROJECT, Azurite
from devhost.banner import banner
from devhost.browsers import Guard
from devhost.development_key import published, with_development_key
from devhost.errors import CannotStart
from devhost.host import Host
from devhost.livekit import LiveKitServer, livekit_beside
from devhost.livekit_calls import Calls
from devhost.livekit_program import find_or_build
from devhost.meetings import Meetings
from devhost.server import GRACE_SECONDS, Server
from devhost.settings import (
    on_development_storage,
    read_cors,
    read_route_prefix,
    read_settings,
)
from devhost.table import prepare_table
from devhost.tls import Certificates


def main() -> None:
    """Runs the app that the command line names."""
    command = typer.Typer(
        add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
    )
    command.command()(devhost)
    command(prog_name="python -m devhost")


def _port(text: str) -> int:
    try:
        return ports.read(text)
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from None


def _media(text: str) -> str:
    try:
        return ports.read_media(text) or ""
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from None


def _path(text: str) -> Path:
    if not text:
        raise typer.BadParameter("a path is required")
    return Path(text).expanduser().resolve()


def devhost(
    folder: Annotated[
        Path, typer.Option("--app", parser=_path, help="Folder of function_app.py.")
    ] = Path(),
    port: Annotated[
        int, typer.Option(parser=_port, help="HTTP. HTTPS and Azurite take the next two.")
    ] = ports.DEFAULT,
    data: Annotated[Path, typer.Option(parser=_path, help="Folder for the data.")] = Path(".data"),
    exports: Annotated[
        Path | None,
        typer.Option(parser=_path, help="File to write for the shells of clients."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Another name of this machine, in the Host header."),
    ] = None,
    media: Annotated[
        str,
        typer.Option(
            parser=_media, help="livekit starts a media server on the two ports after Azurite's."
        ),
    ] = "",
) -> None:
    """Runs an Azure Functions app on this machine."""
    _log_to_stderr()
    try:
        with ExitStack() as stack:
            hosts = frozenset(name.lower() for name in allow_host or ())
            program = find_or_build() if media else None
            _run(folder.resolve(), port, data.resolve(), exports, hosts, program, stack)
    except CannotStart as problem:
        sys.exit(f"devhost: {problem}")
    # Azure ends the worker's process without notice, too. What the app has open then is not closed,
    # and Python must not complain about it here.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _run(
    folder: Path,
    port: int,
    data: Path,
    exports: Path | None,
    hosts: frozenset[str],
    livekit_program: Path | None,
    stack: ExitStack,
) -> None:
    settings = with_development_key(read_settings(folder, os.environ), PROJECT / ".devhost")
    cors = read_cors(folder)
    plain, secure = ports.listen(port), ports.listen(port + 1)
    if names := on_development_storage(settings):
        azurite = stack.enter_context(Azurite(data, port + 2))
        settings |= dict.fromkeys(names, azurite.connection_string)
    livekit = None
    if livekit_program is not None:
        livekit = livekit_beside(port, data, settings, livekit_program, PROJECT / ".devhost")
        settings |= stack.enter_context(livekit).settings
    os.environ.update(settings)
    functions = app.load(folder)
    if "ROOMS_STORAGE" in names:
        table = settings.get("ROOMS_TABLE") or "rooms"
        with contextlib.suppress(AzureError, ValueError):  # the app says what is wrong
            prepare_table(settings["ROOMS_STORAGE"], table)
    meetings = Meetings(f"http://localhost:{port}", settings)
    host = Host(functions, read_route_prefix(folder), settings, meetings)
    log = logging.getLogger("devhost")
    for name in published(settings):
        log.warning(
            "%s is a key that everybody knows. Set it to an empty text in local.settings.json: "
            "then make start makes a key for this checkout.",
            name,
        )
    for refusal in host.router.refused:
        log.warning(refusal)
    certificates = Certificates(PROJECT / ".devhost")
    if exports is not None:
        shell_exports.write(exports, port, settings, certificates)
    calls = Calls()
    handler = calls.around(host.answer) if livekit else host.answer
    handler = cors.around(handler) if cors else handler
    handler = Guard(hosts, cors).around(handler)
    server = Server(handler, plain, secure, certificates.server_context())
    loop = asyncio.new_event_loop()  # never closed: the process ends with it
    ready = banner(port, data, exports, settings, host.has_console, livekit)
    loop.run_until_complete(_serve(server, host, meetings, livekit, calls, ready))


async def _serve(
    server: Server,
    host: Host,
    meetings: Meetings,
    livekit: LiveKitServer | None,
    calls: Calls,
    ready: str,
) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with server:
        timers = asyncio.create_task(host.run_timers())
        if livekit is not None:
            threading.Thread(target=livekit.keep_running, daemon=True).start()
        print(ready, flush=True)
        await stopped.wait()
        print("Stopping.", flush=True)
        if livekit is not None:
            await calls.end(livekit.settings)
            await asyncio.to_thread(livekit.stop)
        timers.cancel()
        await meetings.stop()
    await meetings.stop()  # one that began meanwhile
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(host.finish(), GRACE_SECONDS)


def _log_to_stderr() -> None:
    logging.basicConfig(
        format="%(asctime)s %(name)s %(levelname)s %(message)s",
        level=logging.INFO,
        stream=sys.stderr,
    )
    # A client that does not speak HTTP is not the app's concern. devhost itself logs what fails
    # behind HTTP.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
