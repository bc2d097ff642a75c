"""The file that a shell reads to use the service with the SDKs: `source .devhost/env`."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from devhost.settings import manage_key
from devhost.tls import Certificates

CONNECTION_STRING = "COMMUNICATION_CONNECTION_STRING"
TRUST = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
"""The SDK for Python, the same with asyncio, and the SDK for JavaScript read these."""


def write(file: Path, port: int, settings: Mapping[str, str], certificates: Certificates) -> None:
    """Writes the exports, readable only by the owner, as one of them has the key."""
    values = dict.fromkeys(TRUST, str(certificates.bundle))
    _, key = manage_key(settings)
    if key is not None:
        values[CONNECTION_STRING] = f"endpoint=https://localhost:{port + 1}/;accesskey={key}"
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in values.items()]
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".new")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.writelines(lines)
    partial.replace(file)
