"""Finds a person by raw id, name or external id."""

import re
from collections.abc import Mapping
from typing import Any

from rooms_cli.failures import Failure


def raw_id_of(person: str, details: Mapping[str, Any]) -> str:
    """Returns the raw id of the person with this name or external id in a room's details. A raw id
    is returned unchanged. Case does not matter.

    Raises:
        Failure: nobody has this name, or several people have it.
    """
    if re.match("[0-9]+:", person):
        return person
    found = [
        raw_id
        for raw_id, entry in details["participants"].items()
        if _is(person, entry.get("name")) or _is(person, entry.get("externalId"))
    ]
    if not found:
        raise Failure(
            f'Nobody in the room\'s details is called "{person}". '
            "Give the raw id; `rooms show` lists them."
        )
    if len(found) > 1:
        raise Failure(f'Several people are called "{person}". Give the raw id: {", ".join(found)}')
    return str(found[0])


def _is(person: str, text: str | None) -> bool:
    return text is not None and text.casefold() == person.casefold()
