"""Reads the command line."""

import argparse
import base64
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import randrange
from urllib.parse import urlsplit

from devhost.development_key import key_for_clients
from devhost.settings import KEY_PREFIX
from simulator.app import Address
from simulator.delivery import Manner
from simulator.events import Schema, Shape
from simulator.faults import Faults
from simulator.play import Performance
from simulator.script import MAX_SPEED, MIN_PEOPLE

MAX_DELAY = 86_400
"""Event Grid retries a delivery for this long."""

MAX_SEED = 999_999_999

LOOPBACK = ("localhost", "127.0.0.1", "::1")


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
    """Returns the arguments of a command line. The key may also come from the environment, or else
    from the app's settings, or else from the checkout in `project`."""
    parser = _parser()
    given = parser.parse_args(line)
    name, key = ("--key", given.key) if given.key else key_for_clients(project, environment)
    if not key:
        parser.error(
            f"A key is required: pass --key, or set {KEY_PREFIX}<name> in the environment "
            "or in local.settings.json"
        )
    if not _is_base64(key):
        parser.error(f"{name}: must be base64. `make start` prints a key after accesskey=")
    seed = given.seed if given.seed is not None else randrange(10_000)
    rooms = max(given.rooms, len(given.drop))
    drops = given.drop + given.drop[-1:] * (rooms - len(given.drop))
    return Arguments(
        Address.of(
            given.endpoint, key, given.webhook, given.acs, _is_of_this_machine(given.endpoint, name)
        ),
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
    where = parser.add_argument_group("where")
    where.add_argument(
        "--endpoint",
        type=_url,
        default="http://localhost:7071",
        help="URL of the app (default http://localhost:7071)",
    )
    where.add_argument(
        "--key",
        help="a manage key (default: the first in the environment or the app's settings)",
    )
    where.add_argument(
        "--webhook",
        type=_url,
        help="URL for events (default: at the endpoint); in Azure it contains code=",
    )
    where.add_argument(
        "--acs",
        type=_url,
        metavar="URL",
        help="make and change the room there, as ACS, for an app that observes it; the same key",
    )
    what = parser.add_argument_group("what")
    what.add_argument(
        "--people",
        type=_number(MIN_PEOPLE, 5_000),
        default=12,
        help="number of people, invited or not (default 12)",
    )
    what.add_argument(
        "--seed",
        type=_number(0, MAX_SEED),
        help="the same seed plays the same meeting; each further room adds 1",
    )
    what.add_argument(
        "--rooms",
        type=_number(1, 20),
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
        type=_number(1, MAX_SPEED),
        default=60,
        help=f"minutes of a --live meeting in one real minute: 1 to {MAX_SPEED} (default 60)",
    )
    how = parser.add_argument_group("how events are delivered")
    how.add_argument("--shuffle", action="store_true", help="deliver in random order")
    how.add_argument(
        "--duplicate",
        type=_number(1, 10),
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
        type=_number(1, 5_000),
        default=10,
        metavar="N",
        help="maximum number of events in a delivery (default 10)",
    )
    how.add_argument(
        "--in-flight",
        type=_number(1, 100),
        default=8,
        metavar="N",
        help="maximum number of deliveries at the same time (default 8)",
    )
    parser.add_argument(
        "--differences",
        type=_number(0, 100_000),
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


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        with suppress(ValueError):
            if least <= (value := int(text)) <= most:
                return value
        raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")

    return number


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


def _url(text: str) -> str:
    with suppress(ValueError):
        parts = urlsplit(text)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return text
    raise argparse.ArgumentTypeError("must be http://<host>:<port>, with a port from 1 to 65535")


def _is_of_this_machine(endpoint: str, key_from: str) -> bool:
    """Returns whether the app is on this machine, and so is its key: then links may have it, as
    those of `make start`."""
    return key_from != "--key" and urlsplit(endpoint).hostname in LOOPBACK


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False
