"""The command `rooms compare`."""

import os
from collections import Counter
from contextlib import closing
from typing import Annotated

import typer

from rooms_cli.connection import connection
from rooms_cli.moving.acs_connection import acs_address
from rooms_cli.moving.acs_rooms import AcsRooms
from rooms_cli.moving.comparing import Comparison, Figures, Kind, Unlike
from rooms_cli.moving.differences import for_scripts
from rooms_cli.moving.ending import exit_3_if_unreachable
from rooms_cli.moving.options import AcsEndpoint, AtOnce, Rate
from rooms_cli.moving.pace import Pace
from rooms_cli.moving.patience import reached
from rooms_cli.moving.track import Track
from rooms_cli.screen import say, show_json
from rooms_cli.words import number


def compare(
    no_rosters: Annotated[
        bool,
        typer.Option(
            "--no-rosters", help="Only ids, times and dial-out: one request for 30 rooms."
        ),
    ] = False,
    own: Annotated[
        bool,
        typer.Option(
            "--own", help="Also rooms whose calls run here, as after `rooms import --carrier own`."
        ),
    ] = False,
    rate: Rate = 10,
    at_once: AtOnce = 8,
    acs_endpoint: AcsEndpoint = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="For scripts: each room that differs, one JSON object a line."),
    ] = False,
) -> None:
    """Compare the rooms here with those of ACS, and count both. Changes nothing.

    Exits with 0 if they are alike, with 1 if they differ, with 3 if a side cannot be reached.
    """
    counts = Counter[Kind]()
    with exit_3_if_unreachable(), Track() as track:
        at, pace = connection(os.environ), Pace(rate)
        acs = AcsRooms(acs_address(os.environ, acs_endpoint, at), pace, track.say)
        comparison = Comparison(acs, reached(at), pace, not no_rosters, own, at_once)
        track.begin("rooms listed")
        pairs, figures = comparison.read_lists(track.advance)
        track.begin("rooms compared", len(pairs))
        with closing(comparison.unlike(pairs)) as found:
            for unlike in found:
                track.advance()
                if unlike is not None:
                    counts[unlike.kind] += 1
                    _show(unlike, as_json)
    if not as_json:
        _show_figures(figures, len(pairs), counts)
    if counts:
        raise typer.Exit(1)


def _show(unlike: Unlike, as_json: bool) -> None:
    if as_json:
        found = [for_scripts(each) for each in unlike.differences]
        show_json({"room": unlike.room_id, "kind": unlike.kind, "differences": found})
        return
    if not unlike.differences:
        say(f"{unlike.room_id}  {unlike.kind}")
    for each in unlike.differences:
        here, at_acs = each.here or "nobody", each.at_acs or "nobody"
        say(f"{unlike.room_id}  {each.what}  here: {here}  at ACS: {at_acs}")


def _show_figures(figures: Figures, compared: int, counts: Counter[Kind]) -> None:
    at_acs = number(figures.at_acs, "room", "rooms")
    say(f"{at_acs} at ACS, {figures.here:,} here.")
    if figures.calls_here:
        left = number(figures.calls_here, "room", "rooms")
        say(f"Not compared: {left} of both sides, as their calls run here. --own compares them.")
    if counts:
        parts = ", ".join(f"{counts[kind]:,} {kind}" for kind in Kind if counts[kind])
        say(f"{number(counts.total(), 'room is', 'rooms are')} not alike: {parts}.")
    else:
        say(f"All alike, of {number(compared, 'room', 'rooms')} compared.")
