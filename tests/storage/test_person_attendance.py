"""The report about a person reads a bounded part of the table, and finds rooms as long as they are
kept."""

import uuid
from collections.abc import AsyncIterator, Callable
from itertools import count

import pytest
from azure.data.tables.aio import TableClient

from devhost.table import prepare_table
from rooms.api.extension.person_attendance import Asked, PersonInRoom, RoomNotRead, read_page
from rooms.app import App
from rooms.domain.events import CallEvent, EventKind
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import RoomChange
from rooms.domain.roster import Roster
from rooms.domain.time import DAY, HOUR, MAX_TIME, SECOND, Ticks, format_time, parse_time
from testkit.identifiers import raw_id
from testkit.past import RETENTION, checked, run
from testkit.storage import ORIGIN, Clock

ALICE, BOB = raw_id(1), raw_id(2)
AT = parse_time("2026-05-04T10:00:00Z")

type Body = PersonInRoom | RoomNotRead


class Visits:
    """Rooms of Alice, each with a schedule of its own, in a table of its own."""

    def __init__(self, connection_string: str, limits: Limits) -> None:
        self.clock = Clock(AT)
        self.name = f"t{uuid.uuid4().hex}"
        settings = {"ROOMS_STORAGE": connection_string, "ROOMS_TABLE": self.name}
        prepare_table(connection_string, self.name)
        self.app = App(settings, self.clock, limits)

    async def room(self, starts: Ticks, roster: Roster | None = None) -> str:
        validity = RoomChange(AT, starts + 2 * HOUR)
        invited = roster or {ALICE: "Presenter"}
        room = (await self.app.rooms.create(validity, invited, None, ORIGIN)).room
        details = {
            "scheduledStart": format_time(starts),
            "scheduledEnd": format_time(starts + HOUR),
            "participants": {ALICE: {"externalId": "D-1"}},
        }
        await self.app.rooms.patch_details(room.id, details, ORIGIN)
        return room.id

    async def meet(self, room_id: str, starts: Ticks, stays: int) -> None:
        """A call to which Alice comes so many times."""
        for number in range(stays):
            at = starts + 2 * number * SECOND
            kinds: list[tuple[EventKind, Ticks]] = [
                ("ParticipantAdded", at),
                ("ParticipantRemoved", at + SECOND),
            ]
            for kind, when in kinds:
                call, phone = f"call {starts}", f"phone {number}"
                event = CallEvent(kind, f"{when}", call, when, phone, ALICE)
                await self.app.calls.record(room_id, event, "text")

    async def pages(
        self, person: str = "D-1", monotonic: Callable[[], float] = lambda: 0.0
    ) -> list[list[Body]]:
        """All pages of her report."""
        asked = Asked(person, 0, MAX_TIME)
        page = await read_page(self.app, asked, None, monotonic)
        pages = [page.items]
        while page.cursor is not None:
            page = await read_page(self.app, asked, page.cursor, monotonic)
            pages.append(page.items)
        return pages


@pytest.fixture
async def visits_with(azurite: str) -> AsyncIterator[Callable[[Limits], Visits]]:
    """Makes them with some limits."""
    made: list[Visits] = []

    def make(limits: Limits) -> Visits:
        made.append(Visits(azurite, limits))
        return made[-1]

    yield make
    for visits in made:
        await visits.app.table.accounts[0].client.close()


def shown(pages: list[list[Body]]) -> list[list[tuple[str, str | None]]]:
    """The rooms of each page, and the errors."""
    return [[(body["roomId"], body["error"]) for body in page] for page in pages]


@pytest.mark.parametrize(("seconds", "sizes"), [(0.0, [5]), (1.0, [2, 2, 1]), (60.0, [1] * 5)])
async def test_a_page_begins_no_other_room_when_its_time_is_over(
    visits_with: Callable[[Limits], Visits], seconds: float, sizes: list[int]
) -> None:
    visits, rooms = visits_with(LIMITS), []
    for number in range(5):
        visits.clock.now = AT + number
        rooms.append(await visits.room(AT + number * HOUR))
        await visits.meet(rooms[-1], AT + number * HOUR, 1)
    visits.clock.now = AT + DAY
    looks = count()
    pages = await visits.pages(monotonic=lambda: 1.01 * seconds * next(looks))
    assert [len(page) for page in pages] == sizes
    assert [each for page in shown(pages) for each in page] == [
        (room_id, None) for room_id in rooms[::-1]
    ]


@pytest.mark.parametrize(
    ("limits", "error"),
    [(Limits(events=8), "TooManyEvents"), (Limits(roster_versions=2), "TooManyChanges")],
)
async def test_a_room_that_needs_too_much_does_not_make_the_report_fail(
    visits_with: Callable[[Limits], Visits], limits: Limits, error: str
) -> None:
    visits = visits_with(limits)
    rooms = []
    for number in range(3):
        visits.clock.now = AT + number
        rooms.append(await visits.room(AT + HOUR))
    visits.clock.now = AT + HOUR + 1
    await visits.meet(rooms[1], AT + HOUR, 5)
    await visits.meet(rooms[1], AT + HOUR + 60 * SECOND, 5)
    for role in ("Attendee", "Consumer", "Presenter"):
        visits.clock.now += 1
        await visits.app.rooms.patch_roster(rooms[1], {BOB: role}, ORIGIN)
    visits.clock.now = AT + DAY
    newest, broken, oldest = rooms[::-1]
    assert shown(await visits.pages()) == [[(newest, None), (broken, error), (oldest, None)]]


async def test_upkeep_leaves_what_a_report_needs_until_the_retention_is_over(
    visits_with: Callable[[Limits], Visits], azurite: str, one_partition: None
) -> None:
    visits = visits_with(LIMITS)
    crowd: Roster = {raw_id(number): "Attendee" for number in range(100, 200)}
    starts = AT + HOUR
    removed, deleted, of_many = [
        await visits.room(starts, roster) for roster in (None, None, {**crowd, ALICE: "Presenter"})
    ]
    visits.clock.now = starts + 1
    await visits.app.rooms.patch_roster(removed, {ALICE: None, BOB: "Attendee"}, ORIGIN)
    await visits.app.rooms.patch_roster(of_many, {ALICE: None}, ORIGIN)
    await visits.app.rooms.patch_roster(
        of_many, {raw_id(number): "Attendee" for number in range(300, 400)}, ORIGIN
    )
    await visits.app.rooms.delete(deleted, ORIGIN)
    async with TableClient.from_connection_string(azurite, visits.name) as client:
        for later, rooms in (
            (2 * DAY, [removed, deleted, of_many]),
            (100 * DAY, [removed, deleted, of_many]),
            (RETENTION - DAY, [removed, deleted, of_many]),
            (RETENTION + 60 * DAY, []),
        ):
            visits.clock.now = AT + later
            await run(client, visits.clock.now)
            for person in (ALICE, "D-1"):
                found = [body["roomId"] for page in await visits.pages(person) for body in page]
                assert sorted(found) == sorted(rooms), (later, person)
            await checked(client, visits.clock.now - RETENTION)
