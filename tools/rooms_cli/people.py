"""Whom a word means."""

import re
from collections.abc import Mapping
from typing import Any

from rooms_cli.failures import Failure


def raw_id_of(person: str, details: Mapping[str, Any]) -> str:
    """The raw id of who is called so in the details of a room, by name or external id; a raw id is
    taken as it is.

    Raises:
        Failure: nobody is called so, or several are.
    """
    if re.match("[0-9]+:", person):
        return person
    wanted = person.casefold()
    found: list[str] = [
        raw_id
        for raw_id, one in details["participants"].items()
        if any(
            text.casefold() == wanted
            for field in ("name", "externalId")
            if (text := one.get(field))
        )
    ]
    if not found:
        raise Failure(
            f'Nobody in the room\'s details is called "{person}": give the raw id, as `rooms show` has it.'
        )
    if len(found) > 1:
        raise Failure(f'Several are called "{person}", give the raw id: {", ".join(found)}')
    return found[0]
