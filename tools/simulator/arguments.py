"""Reads the command line."""

import argparse
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import randrange

from simulator.app import Address
from simulator.delivery import Manner
from simulator.events import Schema, Shape
from simulator.faults import Faults
from simulator.play import Performance
from simulator.script import MAX_SPEED, MIN_PEOPLE
from simulator.where import add_where, address

MAX_DELAY = 86_400
"""Event Grid retries a delivery for this long."""

MAX_SEED = 999_999_999


@dataclass(frozen=True, slots=True)
class Arguments:
    """What to play, where, and how."""

    address: Address
    people: int
    speed: float
    performances: tuple[Performance, ...]
    """One for each room."""
    most_differences: int
    json: bool = False
    """Whether to write JSON for programs."""
    verbose: bool = False
    """Whether to print the tables of truth and answers."""


def parse(line: list[str], project: Path, environment: Mapping[str, str]) -> Arguments:
    """Returns the arguments of a command line, with the key that `address` finds."""
    parser = _parser()
    given = parser.parse_args(line)
    seed = given.seed if given.seed is not None else randrange(10_000)
    rooms = max(given.rooms, len(given.drop))
    drops = given.drop + given.drop[-1:] * (rooms - len(given.drop))
    return Arguments(
        address(parser, given, project, environment),
        given.people,
        given.speed if given.live else 1,
        tuple(
            Performance(
                seed + number,
                Faults(given.shuffle, given.duplicate, drop, given.delay),
                Manner(1 if given.live else given.batch, given.in_flight),
                tuple(Schema) if given.schema == "both" else (Schema(given.schema),),
                tuple(Shape) if given.shape == "both" else (Shape(given.shape),),
                given.live,
            )
            for number, drop in enumerate(drops)
        ),
        given.differences,
        given.json,
        given.verbose,
    )


def fault(line: list[str]) -> tuple[str, str] | None:
    """Returns the first invalid option of a command line, and why; or None."""
    parser = _parser()
    parser.exit_on_error = False
    try:
        parser.parse_args(line)
    except argparse.ArgumentError as problem:
        return problem.argument_name or "", problem.message
    return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="Play a meeting at a running app, and compare its answers with the truth.",
        epilog="Exits with 1 if an answer is wrong and no dropped event explains it.",
    )
    add_where(parser)
    what = parser.add_argument_group("what")
    what.add_argument(
        "--people",
        type=number(MIN_PEOPLE, 5_000),
        default=12,
        help="number of people, invited or not (default 12)",
    )
    what.add_argument(
        "--seed",
        type=number(0, MAX_SEED),
        help="the same seed plays the same meeting; each further room adds 1",
    )
    what.add_argument(
        "--rooms",
        type=number(1, 20),
        default=1,
        help="number of meetings at the same time (default: one for each value of --drop)",
    )
    what.add_argument(
        "--live",
        action="store_true",
        help="play in the present, sped up (default: in the past, at once)",
    )
    what.add_argument(
        "--speed",
        type=number(1, MAX_SPEED),
        default=60,
        help=f"minutes of a --live meeting in one real minute: 1 to {MAX_SPEED} (default 60)",
    )
    how = parser.add_argument_group("how events are delivered")
    how.add_argument("--shuffle", action="store_true", help="deliver in random order")
    how.add_argument(
        "--duplicate",
        type=number(1, 10),
        default=1,
        metavar="N",
        help="deliver each event N times (default 1)",
    )
    how.add_argument(
        "--drop",
        type=_share,
        nargs="+",
        default=[0.0],
        metavar="P",
        help="probability that an event is lost, for example 0.1; or one for each room",
    )
    how.add_argument(
        "--delay",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="maximum random delay of a delivery",
    )
    how.add_argument("--schema", choices=[*Schema, "both"], default="both", help="event schema")
    how.add_argument("--shape", choices=[*Shape, "both"], default="both", help="payload shape")
    how.add_argument(
        "--batch",
        type=number(1, 5_000),
        default=10,
        metavar="N",
        help="maximum number of events in a delivery (default 10)",
    )
    how.add_argument(
        "--in-flight",
        type=number(1, 100),
        default=8,
        metavar="N",
        help="maximum number of deliveries at the same time (default 8)",
    )
    parser.add_argument(
        "--differences",
        type=number(0, 100_000),
        default=5,
        metavar="N",
        help="maximum number of differences in the tables for each reason (default 5)",
    )
    parser.add_argument(
        "--verbose", action="store_true", help="print the truth beside the answers, in tables"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="for programs: one JSON object on each line, of kind room, progress, report or failed",
    )
    return parser


def number(least: int, most: int) -> Callable[[str], int]:
    """Returns the type of an option that is a whole number."""

    def parsed(text: str) -> int:
        with suppress(ValueError):
            if least <= (value := int(text)) <= most:
                return value
        raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")

    return parsed


def _share(text: str) -> float:
    with suppress(ValueError):
        if 0 <= (share := float(text)) <= 1:
            return share
    raise argparse.ArgumentTypeError("must be a probability from 0 to 1")


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 <= (seconds := float(text)) <= MAX_DELAY:
            return seconds
    raise argparse.ArgumentTypeError(f"must be a number of seconds from 0 to {MAX_DELAY}")
