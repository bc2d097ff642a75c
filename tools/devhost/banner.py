"""The lines that devhost prints when the app is ready."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from devhost import ports
from devhost.azurite import PROJECT
from devhost.host import CONSOLE
from devhost.livekit import LiveKitServer
from devhost.settings import KEY_PREFIX, manage_key


def banner(
    port: int,
    data: Path,
    exports: Path | None,
    settings: Mapping[str, str],
    console: bool,
    livekit: LiveKitServer | None,
) -> str:
    """Returns the addresses of the service, and commands to paste into a shell.

    Args:
        exports: the file that a shell reads, if there is one.
        console: whether the app has a console.
        livekit: what carries the calls, if it is started, too.
    """
    plain, endpoint = f"http://localhost:{port}", f"https://localhost:{port + 1}"
    _, key = manage_key(settings)
    parts = [f"Ready:  {plain}  and  {endpoint}  (data in {data})"]
    if console:
        # A browser never sends the part after # to a server.
        sign_in = f"#key={quote(key, safe='')}" if key else ""
        parts.append(f"Console:\n  {plain}{CONSOLE}{sign_in}")
    if key is None:
        parts.append(
            f"No key that may change rooms is set. Set {KEY_PREFIX}<name> to 32 bytes or more in "
            "base64."
        )
    else:
        parts.append(f"Connection string:\n  endpoint={endpoint}/;accesskey={key}")
    if livekit is not None:
        parts.append(
            f"Calls are carried by livekit-server, which logs to {livekit.log}. "
            f"Make a room for two, in another shell:\n  {_call(port)}"
        )
    if exports is not None:
        parts.append(
            "For the SDKs and the command line `rooms`, in another shell:\n"
            f"  source {shlex.quote(str(exports))}"
        )
        example = PROJECT / "examples" / "rooms.py"
        if key is not None and example.exists():
            parts.append(f"Then try it:\n  {shlex.join([sys.executable, str(example)])}")
    return "\n\n".join(["", *parts, "Ctrl-C stops it.", ""])


def _call(port: int) -> str:
    return "make call" if port == ports.DEFAULT else f"make call PORT={port}"
