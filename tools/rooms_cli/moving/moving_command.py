"""The command `rooms moving`."""

import os
import sys
import time
from typing import Annotated

import typer

from rooms_cli.client import Client
from rooms_cli.connection import connection
from rooms_cli.failures import TemporaryFailure
from rooms_cli.moving.sentences import sentences
from rooms_cli.options import Json
from rooms_cli.screen import say, show_json
from rooms_cli.words import plain

POLL_SECONDS = 5.0


def moving(
    following: Annotated[
        bool, typer.Option("--follow", "-f", help="Keep showing what changes, until Ctrl-C.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say how the move from ACS goes: what is under way, what was compared, what is left over."""
    client = Client(connection(os.environ))
    shown: list[str] = []
    while True:
        try:
            answer = client.moving()
        except TemporaryFailure as failure:
            if not following:
                raise
            print(f"rooms: {plain(str(failure))} Retrying ...", file=sys.stderr, flush=True)
        else:
            lines = [*sentences(answer)]
            if as_json and lines != shown:
                show_json(answer)
            elif not as_json:
                for line in lines:
                    if line not in shown:
                        say(line)
            shown = lines
        if not following:
            return
        time.sleep(POLL_SECONDS)
