"""Reads from the command line where the app is."""

import argparse
import base64
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from devhost.development_key import key_for_clients
from devhost.settings import KEY_PREFIX
from simulator.app import Address

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def add_where(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    where = parser.add_argument_group("where")
    where.add_argument(
        "--endpoint",
        type=_url,
        default="http://localhost:7071",
        help="URL of the app (default http://localhost:7071)",
    )
    where.add_argument(
        "--key",
        help="a manage key (default: the first in the environment or the app's settings)",
    )
    where.add_argument(
        "--webhook",
        type=_url,
        help="URL for events (default: at the endpoint); in Azure it contains code=",
    )
    where.add_argument(
        "--acs",
        type=_url,
        metavar="URL",
        help="make and change the room there, as ACS, for an app that observes it; the same key",
    )


def address(
    parser: argparse.ArgumentParser,
    given: argparse.Namespace,
    project: Path,
    environment: Mapping[str, str],
) -> Address:
    """Returns the address. The key may also come from the environment, or else from the app's
    settings, or else from the checkout in `project`."""
    name, key = ("--key", given.key) if given.key else key_for_clients(project, environment)
    if not key:
        parser.error(
            f"A key is required: pass --key, or set {KEY_PREFIX}<name> in the environment "
            "or in local.settings.json"
        )
    if not _is_base64(key):
        parser.error(f"{name}: must be base64. `make start` prints a key after accesskey=")
    return Address.of(
        given.endpoint, key, given.webhook, given.acs, _is_of_this_machine(given.endpoint, name)
    )


def _url(text: str) -> str:
    with suppress(ValueError):
        parts = urlsplit(text)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return text
    raise argparse.ArgumentTypeError("must be http://<host>:<port>, with a port from 1 to 65535")


def _is_of_this_machine(endpoint: str, key_from: str) -> bool:
    """Returns whether the app is on this machine, and so is its key: then links may have it, as
    those of `make start`."""
    return key_from != "--key" and urlsplit(endpoint).hostname in LOOPBACK


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False
