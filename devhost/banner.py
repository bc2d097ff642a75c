"""What devhost prints when the app is ready: where it is, and how to reach it with an SDK."""

import sys
from collections.abc import Mapping
from pathlib import Path

from devhost.azurite import PROJECT
from devhost.tls import Certificates

KEY_PREFIX = "ROOMS_MANAGE_KEY__"


def banner(port: int, data: Path, settings: Mapping[str, str], certificates: Certificates) -> str:
    """Lines that work as they are when pasted into a shell."""
    endpoint = f"https://localhost:{port + 1}/"
    key = next((value for name, value in settings.items() if name.startswith(KEY_PREFIX) and value), None)
    parts = [f"Ready:  http://localhost:{port}  and  {endpoint.rstrip('/')}  (data in {data})"]
    if key is None:
        parts.append(f"No access key is set, so every request will be refused: set {KEY_PREFIX}<name> to a key in base64.")
    else:
        parts.append(f"Connection string:\n  endpoint={endpoint};accesskey={key}")
    trust = [
        f"export REQUESTS_CA_BUNDLE={certificates.bundle}    # Python",
        f"export SSL_CERT_FILE={certificates.bundle}         # Python, asyncio",
        f"export NODE_EXTRA_CA_CERTS={certificates.authority}          # JavaScript",
    ]
    parts.append("\n  ".join(["So that the SDKs trust the certificate:", *trust]))
    example = PROJECT / "examples" / "rooms.py"
    if key is not None and example.exists():
        tried = f"REQUESTS_CA_BUNDLE={certificates.bundle} COMMUNICATION_CONNECTION_STRING='endpoint={endpoint};accesskey={key}'"
        parts.append(f"To try it:\n  {tried} {sys.executable} {example}")
    return "\n\n".join(["", *parts, "Ctrl-C stops it.", ""])
