"""What differs between a room here and at ACS."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rooms.domain.time import parse_time
from rooms_cli.client import Json
from rooms_cli.moving.acs_rooms import People
from rooms_cli.words import moment

TIMES = ("createdAt", "validFrom", "validUntil")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference."""

    what: str
    """A field, or a raw id."""
    here: str | None
    """None: not here."""
    at_acs: str | None
    """None: not at ACS."""


def for_scripts(difference: Difference) -> Json:
    """Returns a difference for scripts."""
    return {"what": difference.what, "here": difference.here, "atAcs": difference.at_acs}


def of_fields(here: Json, at_acs: Json) -> Iterator[Difference]:
    """Yields the fields of a room that differ, as they are shown: those that `here` has."""
    for name in TIMES:
        if name in here and parse_time(here[name]) != parse_time(at_acs[name]):
            yield Difference(name, *_told_apart(here[name], at_acs[name]))
    one, other = (str(each["pstnDialOutEnabled"] is True).lower() for each in (here, at_acs))
    if one != other:
        yield Difference("pstnDialOutEnabled", one, other)


def of_rosters(here: People, at_acs: People) -> Iterator[Difference]:
    """Yields those who are invited at one side only, or in another role."""
    for raw_id in {**at_acs, **here}:
        one, other = here.get(raw_id), at_acs.get(raw_id)
        if one != other:
            yield Difference(raw_id, one, other)


def roster_of(overview: Json) -> People:
    """Returns the roster in an overview of a room here."""
    return {each["rawId"]: each["role"] for each in overview["participants"]}


def _told_apart(*times: str) -> Iterable[str]:
    """Returns times to the second, or as they are if that is the same."""
    seconds = [moment(time) for time in times]
    return times if len(set(seconds)) == 1 else seconds
