"""What clients send while the app is killed: events, rooms from creation to end, people for rooms
that all change, and users with tokens."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched, cycle
from random import Random
from typing import Any

from faults.client import (
    FOR_EVERY_USER,
    Body,
    Request,
    delivery,
    invited,
    listed,
    mapped,
    new_id,
    of_user,
    repeatable,
)
from rooms.domain.time import DAY, format_time, now
from testkit.events import Element, Meeting
from testkit.identifiers import raw_id


@dataclass(frozen=True, slots=True)
class Step:
    """A request, with `{made}` in its path for the room or user that the first step made. If it is
    a change of a room: its id, which room's, and the kinds of log records that it leaves."""

    request: Request
    change: str | None = None
    room: str | None = None
    kinds: Sequence[str] = ()
    ends: str | None = None
    """Why the tokens of before are not valid any more, if they are not."""


type Job = Sequence[Step]
"""Requests that one client sends one after the other."""


def event(random: Random, rooms: Sequence[str]) -> tuple[str, Element]:
    """An event by its id, of one of a few calls of these rooms."""
    call = Meeting(random.choice(rooms), now() - 2 * DAY, "")
    number, who, at = random.randrange(5), raw_id(random.randrange(50)), random.randrange(7_200)
    write = random.choice((call.added, call.added, call.removed))
    element = write(at, who) if random.random() < 0.9 else call.ended(at)
    element["id"] = new_id(random)
    element["data"]["correlationId"] = f"{call.room_id}-{number}"
    return element["id"], element


def deliveries(
    elements: Mapping[str, Element], copies: int, batch: int, random: Random
) -> Iterator[Job]:
    """Each event so many times, in deliveries of so many."""
    copied = [element for element in elements.values() for _ in range(copies)]
    random.shuffle(copied)
    return ([Step(delivery(*some))] for some in batched(copied, batch, strict=False))


def changes(count: int, shared: Sequence[str], random: Random) -> Iterator[Job]:
    """Half of them in rooms of a client's own, from creation to end, and half invite somebody into
    rooms that all change. No two changes undo each other."""
    left = count
    for life in cycle(_LIVES):
        steps = list(life(random))
        if left - len(steps) < count / 2:
            break
        left -= len(steps)
        yield steps
    for number, invite in zip(range(left), cycle(_INVITES)):
        room = random.choice(shared)
        yield [invite(random, room, raw_id(1_000 + number))]


def users(count: int) -> Iterator[Job]:
    """So many users get tokens, which are revoked. Each second one is deleted."""
    for number in range(count):
        yield [
            Step(of_user("POST", "", {"createTokenWithScopes": ["voip"]})),
            Step(of_user("POST", "/{made}/:issueAccessToken", _VOIP)),
            Step(of_user("POST", "/{made}/:revokeAccessTokens"), ends="Revoked"),
            Step(of_user("POST", "/{made}/:issueAccessToken", _VOIP)),
            *([Step(of_user("DELETE", "/{made}"), ends="UserDeleted")] if number % 2 else []),
        ]


def _invite(random: Random, room: str, who: str) -> Step:
    path = f"/rooms/{room}/participants"
    return _change(random, "PATCH", path, invited(who), _ROSTER, room=room)


def _invite_of_2022(random: Random, room: str, who: str) -> Step:
    path = f"/rooms/{room}/participants:add"
    return _change(random, "POST", path, listed(who), _ROSTER, "2022-02-01", room)


def _invite_of_2021(random: Random, room: str, who: str) -> Step:
    return _change(random, "PATCH", f"/rooms/{room}", mapped(who), _ROSTER, "2021-04-07", room)


_CREATED, _UPDATED, _ROSTER, _DETAILS, _DELETED = (
    (kind,)
    for kind in (
        "RoomCreated",
        "RoomUpdated",
        "ParticipantsUpdated",
        "DetailsUpdated",
        "RoomDeleted",
    )
)


def _life(random: Random) -> Iterator[Step]:
    alice, bob = _two(random)
    headers = repeatable(random)
    yield _change(random, "POST", "/rooms", invited(alice), _CREATED, headers=headers)
    yield _change(random, "PATCH", "/rooms/{made}", _valid_in(0), _UPDATED)
    yield _change(random, "PUT", "/rooms/{made}/joinPolicy", FOR_EVERY_USER, _UPDATED)
    yield _change(random, "PATCH", "/rooms/{made}/participants", invited(bob), _ROSTER)
    remove = {"participants": {alice: None}}
    yield _change(random, "PATCH", "/rooms/{made}/participants", remove, _ROSTER)
    yield _change(random, "PATCH", "/rooms/{made}/details", {"title": new_id(random)}, _DETAILS)
    yield _change(random, "DELETE", "/rooms/{made}", None, _DELETED)


def _life_of_2022(random: Random) -> Iterator[Step]:
    """Of a client of api-version 2022-02-01. Its PATCH changes the room and its roster at once."""
    (alice, bob), version = _two(random), "2022-02-01"
    headers = repeatable(random, iso=True)
    yield _change(random, "POST", "/rooms", listed(alice), _CREATED, version, headers=headers)
    both = {**_valid_in(2), **FOR_EVERY_USER, **listed(bob)}
    yield _change(random, "PATCH", "/rooms/{made}", both, _UPDATED + _ROSTER, version)
    for action, body in (
        ("add", listed(alice)),
        ("update", listed(alice, role="Presenter")),
        ("remove", listed(bob, role=None)),
    ):
        path = f"/rooms/{{made}}/participants:{action}"
        yield _change(random, "POST", path, body, _ROSTER, version)
    yield _change(random, "DELETE", "/rooms/{made}", None, _DELETED, version)


def _life_of_2021(random: Random) -> Iterator[Step]:
    """Of a client of api-version 2021-04-07, who makes repeatable creates, as none did then."""
    (alice, bob), version = _two(random), "2021-04-07"
    headers = repeatable(random)
    yield _change(random, "POST", "/rooms", mapped(alice), _CREATED, version, headers=headers)
    both = {**_valid_in(1), "participants": {alice: None, bob: {}}}
    yield _change(random, "PATCH", "/rooms/{made}", both, _UPDATED + _ROSTER, version)
    yield _change(random, "PATCH", "/rooms/{made}", mapped(alice), _ROSTER, version)
    yield _change(random, "DELETE", "/rooms/{made}", None, _DELETED, version)


_VOIP: Body = {"scopes": ["voip"]}

_LIVES: Sequence[Callable[[Random], Iterator[Step]]] = (_life, _life_of_2022, _life_of_2021)
_INVITES: Sequence[Callable[[Random, str, str], Step]] = (
    _invite,
    _invite_of_2022,
    _invite_of_2021,
)


def _two(random: Random) -> tuple[str, str]:
    return raw_id(random.getrandbits(40)), raw_id(random.getrandbits(40))


def _valid_in(days: int) -> Body:
    start = now() + days * DAY
    return {"validFrom": format_time(start), "validUntil": format_time(start + DAY)}


def _change(
    random: Random,
    method: str,
    path: str,
    body: Any,
    kinds: Sequence[str],
    version: str | None = None,
    room: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Step:
    change = new_id(random)
    headers = {**(headers or {}), "x-ms-client-request-id": change}
    return Step(Request(method, path, body, headers, version), change, room, kinds)
