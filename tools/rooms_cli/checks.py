"""Checks of the service, and of its media server, on the screen."""

from collections.abc import Mapping, Sequence
from typing import Any

import typer

from rooms_cli.screen import say, show_json

type Check = Mapping[str, Any]

_STYLES = {"ok": "green", "warning": "yellow", "failed": "red"}
_STATUS_WIDTH = 9


def show_checks(checks: Sequence[Check], as_json: bool) -> None:
    """Shows checks. Exits with 1 if one has failed."""
    width = max((len(check["name"]) for check in checks), default=0) + 2
    for check in checks:
        show_json(check) if as_json else _show(check, width)
    if any(check["status"] == "failed" for check in checks):
        raise typer.Exit(1)


def _show(check: Check, width: int) -> None:
    status = check["status"]
    say(
        (status.ljust(_STATUS_WIDTH), _STYLES.get(status, "")),
        check["name"].ljust(width),
        check["text"],
    )
    if check["advice"]:
        say(" " * (_STATUS_WIDTH + width), check["advice"])
