"""The package that is deployed: its size, and the processor time of a cold start with it."""

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

from devhost.azurite import PROJECT
from faults.result import Tell
from package.build import Built, build
from package.target import PACKAGES

TOKEN_LIMIT_MS = 30
"""Processor time that a start may take more for a token of the app's identity, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Cold:
    """Seconds of processor time until the app is imported, with what its first request imports."""

    compiled: float
    """As it is deployed."""
    sources: float
    """Without bytecode, and without a place to keep it."""
    token: float
    """As it is deployed, until it has a token of its identity."""
    azure_identity: float
    """The same, with a token that azure-identity has got."""

    @property
    def token_ms(self) -> float:
        """How many milliseconds more a start takes that needs a token."""
        return 1000 * (self.token - self.compiled)


@dataclass(frozen=True, slots=True)
class Packaged:
    """The package. Sizes are in bytes; times are medians."""

    built: Built
    cold: Cold


_IMPORTS = """
import sys, time
app, packages, more = sys.argv[1:4]
sys.path[:0] = [app, packages]
sys.path.append(more)
import azure_functions_runtime  # by the worker, before the app
began = time.process_time()
import function_app
import aiohttp
"""
_TOKEN = """
import asyncio, os
from rooms.managed_identity import ManagedIdentity
tokens = ManagedIdentity("ROOMS_STORAGE__clientId", None, os.environ)
asyncio.run(tokens.get_token("https://storage.azure.com/.default"))
"""
_AZURE_IDENTITY = """
import asyncio
from azure.identity.aio import ManagedIdentityCredential
async def token():
    async with ManagedIdentityCredential() as tokens:
        await tokens.get_token("https://storage.azure.com/.default")
asyncio.run(token())
"""
_TAKEN = "print(time.process_time() - began)"


def packaged(folder: Path, rounds: int, tell: Tell) -> Packaged:
    """Builds the package, and starts Python with it so many times in each way, in turn."""
    built = build(PROJECT, folder, tell)
    sources = folder / "sources"
    shutil.copytree(built.folder, sources, ignore=shutil.ignore_patterns("__pycache__"))
    found: dict[str, list[float]] = {name: [] for name in Cold.__dataclass_fields__}
    with _token_service() as environment:
        for each in range(rounds):
            tell(f"cold start {each + 1} of {rounds}")
            found["compiled"].append(_seconds(built.folder, "", environment))
            found["sources"].append(_seconds(sources, "", environment, "-B"))
            found["token"].append(_seconds(built.folder, _TOKEN, environment))
            found["azure_identity"].append(_seconds(built.folder, _AZURE_IDENTITY, environment))
    return Packaged(built, Cold(**{name: median(times) for name, times in found.items()}))


def _seconds(app: Path, more: str, environment: Mapping[str, str], *options: str) -> float:
    """Returns the processor time that a Python without packages of its own has taken. What the
    package lacks is found in those of this environment, which are compiled."""
    command: Sequence[str | Path] = [
        *(os.path.realpath(sys.executable), "-I", "-S", *options, "-c", _IMPORTS + more + _TAKEN),
        *(app, app / PACKAGES, sysconfig.get_path("purelib")),
    ]
    done = subprocess.run(
        command, env=environment, cwd=app.parent, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


@contextlib.contextmanager
def _token_service() -> Iterator[Mapping[str, str]]:
    """Serves tokens as Azure does. Yields the variables that it sets."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Tokens) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield {
            "IDENTITY_ENDPOINT": f"http://127.0.0.1:{server.server_port}/msi/token",
            "IDENTITY_HEADER": "any",
        }
        server.shutdown()


class _Tokens(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = (
            b'{"access_token": "a token", "expires_on": "4000000000", "token_type": "Bearer", '
            b'"resource": "https://storage.azure.com"}'
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""
