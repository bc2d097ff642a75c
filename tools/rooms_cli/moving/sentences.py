"""How a move from ACS goes, in sentences."""

from collections.abc import Iterator, Sequence
from typing import Any

from rooms_cli.client import Json
from rooms_cli.words import moment, number

_NAMED = 10
"""Rooms that a sentence names. It counts all."""

_MODES = {
    "observe": "Rooms of ACS are observed: they are changed at ACS, and pulled from there.",
    "through": "Changes of rooms at ACS go through this service, at ACS first.",
}
_PASSES = {"full": "rooms", "rosters": "rosters"}


def sentences(moving: Json) -> Iterator[str]:
    """Yields what an answer of GET /moving tells."""
    yield f"{_MODES.get(moving['mode'], moving['mode'])} ACS is {moving['endpoint']}."
    rooms = moving["rooms"]
    if rooms is None:
        yield "The rooms are not counted yet: the first comparison of all rooms has not ended."
    else:
        of_acs = number(rooms["acs"], "room has its calls", "rooms have their calls")
        yield f"{of_acs} at ACS, {rooms['own']:,} here."
    yield _pending(moving["pending"])
    yield _head(moving["head"])
    yield from _passes("rooms", moving["full"])
    yield from _passes("rosters", moving["rosters"])
    for one in moving["asked"]:
        yield f"A comparison of all {_PASSES[one]} is asked for, and begins within two minutes."
    if moving["throttledUntil"]:
        yield f"ACS asked for a pause until {moment(moving['throttledUntil'])}."
    yield from _named(
        moving["notUnderstood"],
        ("room of ACS is not understood", "rooms of ACS are not understood"),
    )
    yield from _named(
        moving["deletedHereOnly"],
        ("room is deleted here, and still at ACS", "rooms are deleted here, and still at ACS"),
    )
    yield from _named(
        moving["unclaimed"],
        (
            "room at ACS may be of a create whose answer was lost",
            "rooms at ACS may be of creates whose answers were lost",
        ),
    )


def _pending(pending: int) -> str:
    if not pending:
        return "No change is under way at ACS, and none is in doubt."
    changes = number(pending, "change is", "changes are")
    return f"{changes} under way at ACS, or in doubt. What is in doubt is settled by itself."


def _head(head: Json) -> str:
    if head["at"] is None:
        return "No look for rooms that were made at ACS has ended yet."
    return f"The last look for rooms that were made at ACS was at {moment(head['at'])}."


def _passes(what: str, about: Json) -> Iterator[str]:
    """Yields how the comparison of all rooms, or of all rosters, goes."""
    began, ended = about["beganAt"], about["endedAt"]
    if began is None:
        yield f"No comparison of all {what} has begun yet."
        return
    found = _found(about)
    if ended is None:
        so_far = number(about["rooms"], "room", "rooms")
        yield f"A comparison of all {what} began at {moment(began)}: {so_far} so far, {found}."
    else:
        of = number(about["rooms"], "room", "rooms")
        yield f"The last comparison of all {what} ended at {moment(ended)}: {of}, {found}."


def _found(about: Json) -> str:
    words = ("new", "changed", "gone")
    return ", ".join(f"{about[word]:,} {word}" for word in words if word in about)


def _named(rooms: Sequence[Any], words: tuple[str, str]) -> Iterator[str]:
    """Yields a sentence that counts rooms and names the first of them."""
    if rooms:
        more = " and others" if len(rooms) > _NAMED else ""
        yield f"{number(len(rooms), *words)}: {', '.join(map(str, rooms[:_NAMED]))}{more}."
