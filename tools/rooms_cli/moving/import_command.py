"""The command `rooms import`."""

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer

from rooms_cli.client import Client, Json
from rooms_cli.connection import connection
from rooms_cli.failures import Failure
from rooms_cli.moving.acs_connection import acs_address
from rooms_cli.moving.acs_rooms import AcsRooms
from rooms_cli.moving.differences import for_scripts
from rooms_cli.moving.ending import exit_3_if_unreachable
from rooms_cli.moving.importing import Carrier, Importer, Outcome, Result
from rooms_cli.moving.notes import Errand, Notes, noted
from rooms_cli.moving.options import AcsEndpoint, AtOnce, Rate
from rooms_cli.moving.pace import Pace
from rooms_cli.moving.patience import listed_here, reached
from rooms_cli.moving.track import Track
from rooms_cli.screen import say, show_json, show_table
from rooms_cli.side_by_side import each
from rooms_cli.words import duration, moment, number, short

_DONE = (Outcome.IMPORTED, Outcome.CHANGED, Outcome.SAME)
_VERBS = {Outcome.IMPORTED: "import", Outcome.CHANGED: "change", Outcome.FAILED: "fail"}
"""What a dry run says of a room. It leaves the others."""


def import_rooms(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change. Changes nothing.")
    ] = False,
    carrier: Annotated[
        Carrier | None,
        typer.Option(
            metavar="acs|own",
            help="Where the calls of these rooms run: at ACS as before, or here. Default: acs if "
            "ROOMS_ACS_MODE of the service is observe or through, else own.",
        ),
    ] = None,
    rate: Rate = 10,
    at_once: AtOnce = 8,
    notes: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            dir_okay=False,
            help="Remembers which rooms are done: after an interruption the same command goes on "
            "there.",
        ),
    ] = Path("rooms-import.notes"),
    limit: Annotated[
        int,
        typer.Option(min=1, metavar="N", help="Maximum number of rooms to show that failed."),
    ] = 30,
    acs_endpoint: AcsEndpoint = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="For scripts: each room but the same ones, one JSON object a line."
        ),
    ] = False,
) -> None:
    """Bring all rooms of ACS here, with id, createdAt, times and roster. ACS is only read.

    Can be repeated: what is the same here is left as it is. If it was interrupted, the same
    command goes on. Exits with 1 if a room failed, with 3 if a side cannot be reached.
    """
    with exit_3_if_unreachable(), ExitStack() as open_things:
        at = connection(os.environ)
        pace, track = Pace(rate), open_things.enter_context(Track())
        address = acs_address(os.environ, acs_endpoint, at)
        acs, here = AcsRooms(address, pace, track.say), reached(at)
        errand = Errand(address.endpoint, at.endpoint, carrier)
        kept = None if dry_run else open_things.enter_context(noted(notes, errand))
        began = time.monotonic()
        importer = Importer(acs, here, pace, carrier, dry_run)
        results = _brought(acs, here, importer, pace, track, at_once, kept)
        shown = _shown(results, dry_run, as_json)
        try:
            counts, failed = _counted(shown)
        except (KeyboardInterrupt, Failure):
            if kept is not None and not kept.empty:
                track.say("Interrupted. The same command, in this folder, goes on.")
            raise
        if kept is not None:
            kept.finish()
    seconds = time.monotonic() - began
    if not as_json:
        _show_failed(failed, limit)
        _show_counts(counts, dry_run)
        asked = number(acs.requests, "request", "requests")
        say(f"Sent {asked} to ACS, in {duration(seconds)}.")
    if counts[Outcome.FAILED]:
        raise typer.Exit(1)


def _brought(
    acs: AcsRooms,
    here: Client,
    importer: Importer,
    pace: Pace,
    track: Track,
    at_once: int,
    kept: Notes | None,
) -> Iterator[Result]:
    """Yields what becomes of each room of ACS, in the order of its list."""
    track.begin("rooms listed at ACS")
    rooms = acs.all(track.advance)
    done = set[str]() if kept is None else _done(here, pace, kept, rooms.values())
    track.begin("rooms", len(rooms))

    def bring(room: Json) -> Result:
        return Result(room, 0, Outcome.EARLIER) if room["id"] in done else importer.bring(room)

    with closing(each(bring, rooms.values(), at_once, pace.stop)) as results:
        for result in results:
            if kept is not None and result.outcome in _DONE:
                kept.add(result.room)
            track.advance()
            yield result


def _done(here: Client, pace: Pace, kept: Notes, rooms: Iterable[Json]) -> set[str]:
    """Returns the ids of rooms that an import before has brought, and that are still here: the
    table may have been emptied meanwhile."""
    if kept.empty:
        return set()
    known = {room["id"] for room in listed_here(here, pace.sleep)}
    return {room["id"] for room in rooms if room["id"] in known and kept.has(room)}


def _shown(results: Iterable[Result], dry_run: bool, as_json: bool) -> Iterator[Result]:
    """Shows results as they come, and yields them."""
    for result in results:
        if result.outcome not in (Outcome.SAME, Outcome.EARLIER):
            if as_json:
                show_json(_as_json(result))
            elif dry_run:
                _show_planned(result)
        yield result


def _counted(results: Iterable[Result]) -> tuple[Counter[Outcome], list[Result]]:
    counts, failed = Counter[Outcome](), list[Result]()
    for result in results:
        counts[result.outcome] += 1
        if result.outcome is Outcome.FAILED:
            failed.append(result)
    return counts, failed


def _as_json(result: Result) -> Json:
    return {
        "room": result.room["id"],
        "outcome": result.outcome,
        "detail": result.detail,
        "changes": [for_scripts(change) for change in result.changes],
    }


def _show_planned(result: Result) -> None:
    """Shows what a real run would do with a room."""
    room = result.room
    match result.outcome:
        case Outcome.IMPORTED:
            opens, closes = moment(room["validFrom"]), moment(room["validUntil"])
            people = number(result.people, "person", "people")
            what = f"open from {opens} until {closes}, {people}"
        case Outcome.CHANGED:
            what = "; ".join(
                f"{short(each.what)}: {each.here or 'nobody'} -> {each.at_acs or 'nobody'}"
                for each in result.changes
            )
        case _:
            what = result.detail or str(result.outcome)
    say(f"{_VERBS.get(result.outcome, 'leave'):<6}  {room['id']}  {what}")


def _show_failed(failed: list[Result], limit: int) -> None:
    if not failed:
        return
    show_table(
        ("room", "why it failed"), [(each.room["id"], each.detail) for each in failed[:limit]]
    )
    if len(failed) > limit:
        say(f"These are the first {limit:,}. --limit shows more, --json shows all.")
    say()


def _show_counts(counts: Counter[Outcome], dry_run: bool) -> None:
    rows = [
        (str(outcome), f"{counts[outcome]:,}")
        for outcome in Outcome
        if counts[outcome] or outcome in (Outcome.IMPORTED, Outcome.FAILED)
    ]
    rows.append(("all", f"{counts.total():,}"))
    show_table(("would be" if dry_run else "outcome", "rooms"), rows)
    if counts[Outcome.MOVED]:
        say("Where calls run is changed by `rooms move`, and not by an import.")
