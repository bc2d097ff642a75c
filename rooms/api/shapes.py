"""Shapes that several answers share, with their keys in the order of the wire.

mypy holds the code to the shapes, and `make openapi` makes schemas of them: their names and
docstrings are those of the schemas.
"""

from collections.abc import Iterable
from typing import Annotated, NotRequired, TypedDict

from pydantic import WithJsonSchema

from rooms.domain.events import CALL_ROOM_ID
from rooms.domain.people import People
from rooms.domain.room import ROOM_ID
from rooms.domain.time import SECOND, Ticks, format_time

type RoomId = Annotated[str, WithJsonSchema({"type": "string", "pattern": f"^{ROOM_ID.pattern}$"})]

type CallRoomId = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": f"^{CALL_ROOM_ID.pattern}$"})
]

type Link = Annotated[str, WithJsonSchema({"type": "string", "format": "uri"})]

type Seconds = Annotated[int | float, WithJsonSchema({"type": "number", "minimum": 0})]

type Count = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 0})]


class Page[Item](TypedDict):
    """A page of a list. `nextLink` is the URL of the next page; the last page has none. A page
    with a `nextLink` may be short, or empty."""

    value: list[Item]
    nextLink: NotRequired[Link]


class KnownPerson(TypedDict):
    """A person as the details of the room know them, who may have several raw ids."""

    rawId: str
    rawIds: list[str]
    name: str | None
    externalId: str | None


class NoContent(TypedDict):
    """An empty object."""


def page_body[Item](value: list[Item], next_link: str | None) -> Page[Item]:
    """Returns a page of a list."""
    return {"value": value} if next_link is None else {"value": value, "nextLink": next_link}


def person_body(raw_id: str, raw_ids: Iterable[str], people: People) -> KnownPerson:
    """Returns a person as the details of the room know them."""
    return {
        "rawId": raw_id,
        "rawIds": list(raw_ids),
        "name": people.name(raw_id),
        "externalId": people.external_id(raw_id),
    }


def time_or_none(at: Ticks | None) -> str | None:
    """Returns a time as on the wire."""
    return None if at is None else format_time(at)


def seconds(length: Ticks) -> int | float:
    """Returns a length in seconds: a whole number, if it is one."""
    whole, rest = divmod(length, SECOND)
    return whole if rest == 0 else length / SECOND
