"""People: those whom the details of rooms name."""

from typing import TypedDict

import azure.functions as func

from rooms.api.errors import InvalidParameter
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import Count, page_body
from rooms.domain.found_people import FoundPerson, found_people
from rooms.domain.limits import LIMITS
from rooms.domain.room_filter import RoomQuery
from rooms.storage.parallel import in_parallel

routes = Routes()


class PersonByName(TypedDict):
    """A person, with the name of the newest room. `rawIds` has those of the newest room first.
    `rooms` counts the rooms of this page that name the person."""

    name: str
    externalId: str | None
    rawIds: list[str]
    rooms: Count


@routes.extension("GET", "people")
async def list_people(request: Request) -> func.HttpResponse:
    """Answers with the people of a page of rooms whose names contain a text."""
    name, app = request.query("name"), request.app
    if name is None or len(name) > LIMITS.text:
        raise InvalidParameter(f"Must have 1 to {LIMITS.text} characters.", "name")
    page = await app.lists.some(RoomQuery(name=name), request.query("nextLink"), app.clock())
    rooms = await in_parallel(app.history.details(each.room.id) for each in page.items)
    people = found_people(name, rooms)[: app.limits.people_page]
    return json_answer(200, page_body(list(map(_body, people)), request.next_link(page.cursor)))


def _body(person: FoundPerson) -> PersonByName:
    return {
        "name": person.name,
        "externalId": person.external_id,
        "rawIds": person.raw_ids,
        "rooms": person.rooms,
    }
