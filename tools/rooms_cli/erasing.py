"""The command `rooms erase`."""

import os
import time
from typing import Annotated

import typer

from rooms_cli.client import Client
from rooms_cli.connection import connection
from rooms_cli.failures import Failure
from rooms_cli.options import Json, filled
from rooms_cli.progress import progress_cleared, show_progress
from rooms_cli.screen import say, show_json
from rooms_cli.words import number

PAUSE_SECONDS = 1.0
"""Between two requests while another process works on the erasure."""

_SHOWN = 5
"""Rooms that a refusal names."""

_NOUNS = {
    "rooms": ("room", "rooms"),
    "rosters": ("version of a roster", "versions of rosters"),
    "details": ("room's details", "rooms' details"),
    "events": ("call event", "call events"),
    "logRecords": ("log record", "log records"),
    "invitations": ("row of a list", "rows of lists"),
    "quarantined": ("event in quarantine", "events in quarantine"),
    "users": ("user", "users"),
}


def erase(
    raw_id: Annotated[
        str | None,
        typer.Argument(metavar="[RAWID]", parser=filled, help="The raw id of the person."),
    ] = None,
    external_id: Annotated[
        str | None,
        typer.Option(
            "--external-id",
            metavar="ID",
            parser=filled,
            help="The external id of the person: all raw ids that have had it in details.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
    as_json: Json = False,
) -> None:
    """Erase one person from all that is stored: ids become a pseudonym, names "erased". Counts and
    times of attendance stay. This cannot be undone."""
    if (raw_id is None) == (external_id is None):
        raise typer.BadParameter("give a raw id, or --external-id")
    if not yes:
        typer.confirm("Erase this person for good?", abort=True, err=True)
    client = Client(connection(os.environ))
    erasure = client.erase(raw_id, external_id)
    with progress_cleared():
        while erasure["status"] == "running":
            before = erasure["rows"]
            show_progress(f"{before:,} rows read")
            erasure = client.continue_erasure(erasure["id"])
            if erasure["status"] == "running" and erasure["rows"] == before:
                time.sleep(PAUSE_SECONDS)
    if as_json:
        show_json(erasure)
        raise typer.Exit(erasure["status"] == "refused")
    if erasure["status"] == "refused":
        raise Failure(_refusal(erasure["roomsAtAcs"]))
    found = [number(count, *_NOUNS[name]) for name, count in erasure["found"].items() if count]
    if found:
        say(f"The person is erased. {erasure['pseudonym']} stands for them in {', '.join(found)}.")
    else:
        say("Nothing of this person was found.")
    say(f"Read {erasure['rows']:,} rows. The receipt is in the log of _service: {erasure['id']}.")


def _refusal(rooms: list[str]) -> str:
    if not rooms:
        return (
            "Nothing was erased: a change of the person's invitation is under way at ACS. "
            "Try again in two minutes."
        )
    named = ", ".join(rooms[:_SHOWN]) + (", ..." if len(rooms) > _SHOWN else "")
    return (
        f"Nothing was erased: rooms at ACS invite the person ({named}), so they would come back. "
        "Remove the person from these rooms first. --json names more of them."
    )
