"""The command `rooms media check`."""

import os

import typer

from rooms_cli.checks import show_checks
from rooms_cli.client import Client
from rooms_cli.connection import connection
from rooms_cli.options import Json

media = typer.Typer(no_args_is_help=True, help="Look after the media server, which carries calls.")


@media.callback()
def of_media() -> None:
    """Keeps `check` a command of its own, though it is the only one."""


@media.command()
def check(as_json: Json = False) -> None:
    """Say what the configuration of the media server lacks, and what to do. Makes a call that
    nobody joins, and ends it. Exits with 1 if a check failed."""
    show_checks(Client(connection(os.environ)).check_media(), as_json)
