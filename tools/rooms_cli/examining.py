"""The command `rooms doctor`."""

import os
from collections.abc import Mapping
from typing import Any

import typer

from rooms_cli.client import Client
from rooms_cli.connection import connection
from rooms_cli.options import Json
from rooms_cli.screen import say, show_json

type Check = Mapping[str, Any]

_STYLES = {"ok": "green", "warning": "yellow", "failed": "red"}
_STATUS_WIDTH = 9
_NAME_WIDTH = 12


def doctor(as_json: Json = False) -> None:
    """Say what is wrong with the service, and what to do. Exits with 1 if a check failed, and if
    the service does not answer or does not accept the key."""
    checks = Client(connection(os.environ)).doctor()
    for check in checks:
        show_json(check) if as_json else _show(check)
    if any(check["status"] == "failed" for check in checks):
        raise typer.Exit(1)


def _show(check: Check) -> None:
    status = check["status"]
    say(
        (status.ljust(_STATUS_WIDTH), _STYLES.get(status, "")),
        check["name"].ljust(_NAME_WIDTH),
        check["text"],
    )
    if check["advice"]:
        say(" " * (_STATUS_WIDTH + _NAME_WIDTH), check["advice"])
