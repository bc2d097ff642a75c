"""People who are found by their names in the details of rooms."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rooms.domain.details import Details
from rooms.domain.people import people_in
from rooms.domain.room_filter import contains


@dataclass(slots=True)
class FoundPerson:
    """A person, with the name that they have in the newest of their rooms.

    `raw_ids`: those of the newest room first. `rooms`: how many name the person.
    """

    name: str
    external_id: str | None
    raw_ids: list[str] = field(default_factory=list)
    rooms: int = 0


def found_people(text: str, rooms: Iterable[Details]) -> list[FoundPerson]:
    """Returns the people whose names contain a text, in whatever case, by the details of rooms, the
    newest first. Raw ids with the same external id are one person."""
    found: dict[tuple[str | None, str], FoundPerson] = {}
    for details in rooms:
        people = people_in(details)
        here = set[tuple[str | None, str]]()
        for raw_id in people.named:
            name, external_id = people.name(raw_id), people.external_id(raw_id)
            if name is None or not contains(name, text):
                continue
            key = (None, raw_id) if external_id is None else (external_id, "")
            person = found.setdefault(key, FoundPerson(name, external_id))
            person.rooms += key not in here
            here.add(key)
            if raw_id not in person.raw_ids:
                person.raw_ids.append(raw_id)
    return list(found.values())
