"""The command line."""

import argparse
import base64
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import randrange
from urllib.parse import urlsplit

from devhost.settings import KEY_PREFIX, manage_key, read_settings
from simulator.app import Address
from simulator.delivery import Manner
from simulator.events import Schema, Shape
from simulator.faults import Faults
from simulator.play import Performance
from simulator.script import MAX_SPEED, MIN_PEOPLE

MAX_DELAY = 86_400
"""So long Event Grid tries to deliver."""

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
    """For programs, instead of the display."""


def parse(line: list[str], project: Path, environment: Mapping[str, str]) -> Arguments:
    """What the command line asks for; where it says nothing of the key, the environment and then
    the app's settings do."""
    parser = _parser()
    given = parser.parse_args(line)
    name, key = ("--key", given.key) if given.key else manage_key(environment)
    if not key:
        name, key = manage_key(read_settings(project, environment))
    if not key:
        parser.error(
            f"a key is needed: --key, or {KEY_PREFIX}<name> in the environment or in local.settings.json"
        )
    if not _is_base64(key):
        parser.error(f"{name}: base64 text is expected, as `make start` prints it after accesskey=")
    seed = given.seed if given.seed is not None else randrange(10_000)
    rooms = max(given.rooms, len(given.drop))
    drops = given.drop + given.drop[-1:] * (rooms - len(given.drop))
    return Arguments(
        Address.of(given.endpoint, key, given.webhook),
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
    )


def fault(line: list[str]) -> tuple[str, str] | None:
    """The option of the command line that cannot be read, and why; None if there is none."""
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
        description="Plays a meeting at a running app and compares what the app says with what truly happened.",
        epilog="Ends with 0 if every answer is the truth, or differs from it only by what was dropped; else with 1.",
    )
    where = parser.add_argument_group("where")
    where.add_argument(
        "--endpoint",
        type=_url,
        default="http://localhost:7071",
        help="of the app (http://localhost:7071)",
    )
    where.add_argument(
        "--key",
        help="one that may do everything (the first of the environment, or of the app's settings)",
    )
    where.add_argument(
        "--webhook",
        type=_url,
        help="where events are delivered (the one of the app's host); in Azure with code=",
    )
    what = parser.add_argument_group("what")
    what.add_argument(
        "--people",
        type=_number(MIN_PEOPLE, 5_000),
        default=12,
        help="who are invited, or come (12)",
    )
    what.add_argument(
        "--seed",
        type=_number(0, MAX_SEED),
        help="the same seed plays the same meeting; the next room takes the next",
    )
    what.add_argument(
        "--rooms",
        type=_number(1, 20),
        default=1,
        help="meetings at the same time (1, or as many as --drop has)",
    )
    what.add_argument(
        "--live", action="store_true", help="in the present, as a film; else in the past, at once"
    )
    what.add_argument(
        "--speed",
        type=_number(1, MAX_SPEED),
        default=60,
        help=f"of --live: 1 to {MAX_SPEED} minutes in one (60)",
    )
    how = parser.add_argument_group("how events are delivered")
    how.add_argument("--shuffle", action="store_true", help="in any order")
    how.add_argument(
        "--duplicate", type=_number(1, 10), default=1, metavar="N", help="each so many times (1)"
    )
    how.add_argument(
        "--drop",
        type=_share,
        nargs="+",
        default=[0.0],
        metavar="P",
        help="so many not at all, 0.1 for 10 %%; or one for each room",
    )
    how.add_argument(
        "--delay",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="each delivery late by up to this",
    )
    how.add_argument("--schema", choices=[*Schema, "both"], default="both")
    how.add_argument("--shape", choices=[*Shape, "both"], default="both", help="of the payload")
    how.add_argument(
        "--batch",
        type=_number(1, 5_000),
        default=10,
        metavar="N",
        help="events in one delivery (10)",
    )
    how.add_argument(
        "--in-flight",
        type=_number(1, 100),
        default=8,
        metavar="N",
        help="deliveries at one time (8)",
    )
    parser.add_argument(
        "--differences",
        type=_number(0, 100_000),
        default=5,
        metavar="N",
        help="shown for each reason (5)",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="for programs: one JSON object on each line, instead of the display. Its kind is room, progress, report or failed",
    )
    return parser


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        with suppress(ValueError):
            if least <= (value := int(text)) <= most:
                return value
        raise argparse.ArgumentTypeError(f"a whole number between {least} and {most} is expected")

    return number


def _share(text: str) -> float:
    with suppress(ValueError):
        if 0 <= (share := float(text)) <= 1:
            return share
    raise argparse.ArgumentTypeError("a probability between 0 and 1 is expected")


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 <= (seconds := float(text)) <= MAX_DELAY:
            return seconds
    raise argparse.ArgumentTypeError(f"a number of seconds between 0 and {MAX_DELAY} is expected")


def _url(text: str) -> str:
    with suppress(ValueError):
        parts = urlsplit(text)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return text
    raise argparse.ArgumentTypeError(
        "http://<host>:<port> is expected, the port between 1 and 65535"
    )


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False
