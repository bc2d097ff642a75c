"""The command: run a function app until Ctrl-C."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from devhost import app
from devhost.azurite import PROJECT, Azurite
from devhost.banner import CONSOLE, banner
from devhost.errors import CannotStart
from devhost.host import Host
from devhost.meetings import Meetings
from devhost.server import GRACE_SECONDS, Server, bind
from devhost.settings import on_development_storage, read_route_prefix, read_settings
from devhost.tls import Certificates


def main() -> None:
    """Run the app that the command line names."""
    arguments = _arguments()
    _log_to_stderr()
    try:
        with ExitStack() as stack:
            _run(arguments.app.resolve(), arguments.port, arguments.data.resolve(), stack)
    except CannotStart as problem:
        sys.exit(f"devhost: {problem}")
    # The end of the worker's process is not announced to the app in Azure either: what it has open
    # is not closed, and must not be complained about here.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _run(folder: Path, port: int, data: Path, stack: ExitStack) -> None:
    settings = read_settings(folder, os.environ)
    plain, secure = bind(port), bind(port + 1)
    if names := on_development_storage(settings):
        azurite = stack.enter_context(Azurite(data, port + 2))
        settings |= dict.fromkeys(names, azurite.connection_string)
    os.environ.update(settings)
    meetings = Meetings(f"http://localhost:{port}", settings)
    host = Host(app.load(folder), read_route_prefix(folder), settings, meetings)
    for refusal in host.router.refused:
        logging.getLogger("devhost").warning(refusal)
    certificates = Certificates(PROJECT / ".devhost")
    server = Server(host.answer, plain, secure, certificates.server_context())
    loop = asyncio.new_event_loop()  # never closed: the process ends with it
    console = (
        host.router.find("GET", CONSOLE) is not None
        and settings.get("ROOMS_CONSOLE", "").lower() != "false"
    )
    loop.run_until_complete(
        _serve(server, host, meetings, banner(port, data, settings, certificates, console))
    )


async def _serve(server: Server, host: Host, meetings: Meetings, ready: str) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with server:
        timers = asyncio.create_task(host.run_timers())
        print(ready, flush=True)
        await stopped.wait()
        print("Stopping.", flush=True)
        timers.cancel()
        await meetings.stop()
    await meetings.stop()  # one that was begun meanwhile
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(host.finish(), GRACE_SECONDS)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m devhost", description="Runs an Azure Functions app on this machine."
    )
    parser.add_argument(
        "--app", type=Path, default=Path(), help="the folder of function_app.py (this one)"
    )
    parser.add_argument(
        "--port", type=_port, default=7071, help="HTTP; HTTPS and Azurite take the next two (7071)"
    )
    parser.add_argument(
        "--data", type=_folder, default=Path(".data"), help="the folder for the data (.data)"
    )
    return parser.parse_args()


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < (port := int(text)) < 65_534:
        raise argparse.ArgumentTypeError(
            f"{text!r}: a port and the two after it are between 1 and 65535"
        )
    return port


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("no folder is named")
    return Path(text).expanduser()


def _log_to_stderr() -> None:
    logging.basicConfig(
        format="%(asctime)s %(name)s %(levelname)s %(message)s",
        level=logging.INFO,
        stream=sys.stderr,
    )
    # Clients that speak no HTTP are not the app's concern; what fails behind the HTTP, devhost logs
    # itself.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
