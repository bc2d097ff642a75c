"""What devhost prints when the app is ready: where it is, and how to reach it with an SDK."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from devhost.azurite import PROJECT
from devhost.settings import KEY_PREFIX, manage_key
from devhost.tls import Certificates

CONSOLE = "/console"
"""The app's route of that name."""


def banner(
    port: int, data: Path, settings: Mapping[str, str], certificates: Certificates, console: bool
) -> str:
    """Lines that work as they are when pasted into a shell.

    Args:
        console: whether the app has one.
    """
    endpoint = f"https://localhost:{port + 1}/"
    _, key = manage_key(settings)
    parts = [f"Ready:  http://localhost:{port}  and  {endpoint.rstrip('/')}  (data in {data})"]
    if console:
        asks = f"  It asks for the key:\n  {key}" if key else ""
        parts.append(f"Console:  http://localhost:{port}{CONSOLE}{asks}")
    if key is None:
        parts.append(
            f"No key that may do everything is set: set {KEY_PREFIX}<name> to 32 bytes or more in base64."
        )
    else:
        parts.append(f"Connection string:\n  endpoint={endpoint};accesskey={key}")
    bundle = shlex.quote(str(certificates.bundle))
    exports = [
        f"export {name}={bundle}"
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
    ]
    parts.append(
        "\n  ".join(
            [
                "So that the SDKs (Python, Python with asyncio, JavaScript) trust the certificate:",
                *exports,
            ]
        )
    )
    example = PROJECT / "examples" / "rooms.py"
    if key is not None and example.exists():
        run = shlex.join(
            [
                f"COMMUNICATION_CONNECTION_STRING=endpoint={endpoint};accesskey={key}",
                sys.executable,
                str(example),
            ]
        )
        parts.append(f"To try it:\n  env REQUESTS_CA_BUNDLE={bundle} {run}")
    return "\n\n".join(["", *parts, "Ctrl-C stops it.", ""])
