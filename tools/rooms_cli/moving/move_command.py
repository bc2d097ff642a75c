"""The command `rooms move`."""

import os
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Annotated, Literal

import typer

from rooms.domain.time import parse_time
from rooms_cli.client import Client, Json
from rooms_cli.connection import connection
from rooms_cli.failures import Failure, Refused, TemporaryFailure
from rooms_cli.moving.patience import listed_here, patiently, reached
from rooms_cli.moving.track import Track
from rooms_cli.options import Rooms, time_option
from rooms_cli.screen import say, show_json, show_table
from rooms_cli.side_by_side import each
from rooms_cli.words import number

type Target = Literal["livekit", "own", "acs"]

_AT_ONCE = 4
_PLACES: dict[Target, str] = {
    "livekit": "the media server of this service",
    "own": "this service",
    "acs": "ACS",
}


class Outcome(StrEnum):
    """What became of a room. All but the last are words of the service."""

    MOVED = "moved"
    WOULD_MOVE = "wouldMove"
    SAME = "same"
    LEFT = "left"


_WORDS = {
    Outcome.MOVED: "moved",
    Outcome.WOULD_MOVE: "would move",
    Outcome.SAME: "already there",
    Outcome.LEFT: "left",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a room, or would become of it."""

    room: str
    outcome: Outcome
    why: str = ""
    """Why it was left."""


def move(
    rooms: Rooms = None,
    to: Annotated[
        Target | None,
        typer.Option(
            metavar="livekit|own|acs",
            help="Where the calls run from now on. livekit: on the media server of this service, "
            "which has to answer. own: the same, without that check. acs: back at ACS.",
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="All rooms whose calls run elsewhere, instead of ROOM.")
    ] = False,
    opens_after: Annotated[
        str | None,
        time_option("--opens-after", "With --all: only rooms that open at or after this time."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would move. Changes nothing.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Also rooms with a call now: who is in it then meets nobody who joins later.",
        ),
    ] = False,
    delete_at_acs: Annotated[
        bool,
        typer.Option(
            "--delete-at-acs", help="Delete the rooms at ACS. Then there is no way back for them."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="Maximum number of rooms to show.")
    ] = 30,
    as_json: Annotated[
        bool, typer.Option("--json", help="For scripts: each room, one JSON object a line.")
    ] = False,
) -> None:
    """Move the calls of rooms to another carrier: to the media server of this service, or back.

    Rooms with a call now are left as they are, and named. The same command with --to acs is the way
    back. Exits with 1 if a room was left.
    """
    if to is None:
        raise typer.BadParameter("--to is missing: livekit, own or acs")
    if every == bool(rooms):
        raise typer.BadParameter("give rooms or --all, and not both")
    if opens_after is not None and not every:
        raise typer.BadParameter("--opens-after needs --all")
    if delete_at_acs and to == "acs":
        raise typer.BadParameter("--delete-at-acs does not go with --to acs")
    client = reached(connection(os.environ))
    if to == "livekit":
        _check_media_server(client)
    wanted = list(dict.fromkeys(rooms or _elsewhere(client, to, opens_after)))
    if not dry_run and not yes and (len(wanted) > 1 or delete_at_acs):
        deleting = ", and delete at ACS," if delete_at_acs else ""
        question = f"Move{deleting} {number(len(wanted), 'room', 'rooms')} to {_PLACES[to]}?"
        typer.confirm(question, abort=True, err=True)

    body = {
        "carrier": "acs" if to == "acs" else "own",
        "deleteAtAcs": delete_at_acs,
        "force": force,
        "dryRun": dry_run,
    }
    results = _moved(client, wanted, body)
    if as_json:
        for result in results:
            show_json(asdict(result))
    else:
        _show(results, limit, _PLACES[to])
    if any(result.outcome is Outcome.LEFT for result in results):
        raise typer.Exit(1)


def _check_media_server(client: Client) -> None:
    """Raises Failure if the service has no media server that answers."""
    for check in client.doctor():
        if check["name"] == "media server":
            if check["status"] == "failed":
                raise Failure(f"{check['text']} {check['advice']}".rstrip())
            return
    raise Failure(
        "This service has no media server, which could carry the calls. Set one up (see "
        "docs/media.md), or say --to own if these rooms need none."
    )


def _elsewhere(client: Client, to: Target, opens_after: str | None) -> list[str]:
    """Returns the rooms whose calls run elsewhere than at `to`."""
    elsewhere = "own" if to == "acs" else "acs"
    after = None if opens_after is None else parse_time(opens_after)
    return [
        room["id"]
        for room in listed_here(client, time.sleep, elsewhere)
        if after is None or parse_time(room["validFrom"]) >= after
    ]


def _moved(client: Client, rooms: Sequence[str], body: Json) -> list[Result]:
    """Moves rooms, a few at once. Raises Failure if the service cannot be reached."""
    stopped = threading.Event()

    def move_one(room: str) -> Result:
        try:
            outcome = patiently(lambda: client.move(room, body), stopped.wait)
        except Refused as refusal:
            if refusal.status not in (404, 409):  # not about this room
                raise
            return Result(room, Outcome.LEFT, str(refusal))
        return Result(room, Outcome(outcome))

    results: list[Result] = []
    try:
        with Track() as track, closing(each(move_one, rooms, _AT_ONCE, stopped.set)) as moving:
            track.begin("rooms", len(rooms))
            for result in moving:
                results.append(result)
                track.advance()
    except Failure as failure:
        done = sum(result.outcome is Outcome.MOVED for result in results)
        if not done and not isinstance(failure, TemporaryFailure):
            raise
        raise Failure(
            f"{failure} {done:,} of {number(len(rooms), 'room', 'rooms')} were moved before. "
            "The command can be repeated."
        ) from failure
    return results


def _show(results: Sequence[Result], limit: int, place: str) -> None:
    """Shows the rooms, those first that were left."""
    ordered = sorted(results, key=lambda result: result.outcome is not Outcome.LEFT)
    if ordered:
        rows = [(one.room, _WORDS[one.outcome], one.why) for one in ordered[:limit]]
        show_table(("room", "outcome", "why"), rows)
    if len(results) > limit:
        say(f"These are the first {limit:,}. --limit shows more, --json shows all.")
    counts = Counter(result.outcome for result in results)
    parts = [f"{counts[one]:,} {_WORDS[one]}" for one in Outcome if counts[one]]
    say(f"{number(len(results), 'room', 'rooms')} to {place}: {', '.join(parts) or 'none'}.")
