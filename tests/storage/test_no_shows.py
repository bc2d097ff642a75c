"""A page of the rooms to whose meetings people did not come reads a bounded part of the table."""

from dataclasses import replace
from itertools import count

import pytest
from azure.data.tables.aio import TableClient

from rooms.api.extension.no_shows import NoShow, read_page
from rooms.app import App
from rooms.domain.events import CallEvent
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import RoomChange
from rooms.domain.roster import Roster
from rooms.domain.time import DAY, HOUR, SECOND, format_time, parse_time
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.storage import ORIGIN, Clock
from testkit.waiting import HANG_SECONDS

ALICE, BOB = raw_id(1), raw_id(2)
AT = parse_time("2026-05-04T10:00:00Z")


class Visits:
    """Rooms of Alice and Bob, who did not come."""

    def __init__(self, client: TableClient, limits: Limits) -> None:
        self.clock = Clock(AT)
        patient = replace(limits, search_seconds=HANG_SECONDS)  # each page is found in one search
        self.app = App({}, self.clock, patient)
        self.app.table = Table(client)

    async def rooms(self, number: int) -> list[str]:
        """Makes so many, and lets a day pass. Returns the newest first."""
        made = []
        for _ in range(number):
            self.clock.now += 1
            validity = RoomChange(AT, AT + 3 * HOUR)
            roster: Roster = {BOB: "Attendee", ALICE: "Presenter"}
            room = (await self.app.rooms.create(validity, roster, None, ORIGIN)).room
            times = {"scheduledStart": format_time(AT), "scheduledEnd": format_time(AT + HOUR)}
            await self.app.rooms.patch_details(room.id, times, ORIGIN)
            made.append(room.id)
        self.clock.now = AT + DAY
        return made[::-1]

    async def pages(self, step: float = 0.0) -> list[list[NoShow]]:
        """All pages, where each look at the time finds it so many seconds later."""
        looks = count()

        def seconds() -> float:
            return step * next(looks)

        pages, cursor = [], None
        while True:
            page = await read_page(self.app, AT, None, cursor, seconds)
            pages.append(page.items)
            cursor = page.cursor
            if cursor is None:
                return pages


async def test_a_page_begins_no_more_rooms_when_its_time_is_over(client: TableClient) -> None:
    visits = Visits(client, LIMITS)
    rooms = await visits.rooms(7)
    pages = await visits.pages(LIMITS.person_seconds * 2)
    assert [[each["roomId"] for each in page] for page in pages] == [rooms[:5], rooms[5:]]


async def test_a_room_names_as_many_as_is_allowed_and_counts_all(client: TableClient) -> None:
    visits = Visits(client, Limits(missing=1))
    await visits.rooms(1)
    ((found,),) = await visits.pages()
    assert [each["rawId"] for each in found["absent"]] == [ALICE]
    assert found["absentCount"] == 2


@pytest.mark.parametrize(
    ("limits", "error"),
    [(Limits(events=8), "TooManyEvents"), (Limits(roster_versions=2), "TooManyChanges")],
)
async def test_a_room_that_needs_too_much_does_not_make_the_others_fail(
    client: TableClient, limits: Limits, error: str
) -> None:
    visits = Visits(client, limits)
    newest, broken, oldest = await visits.rooms(3)
    visits.clock.now = AT + HOUR // 2
    for call in range(2):
        for number in range(5):
            at = AT + number * SECOND
            who = f"{call} {number}"
            event = CallEvent("ParticipantAdded", who, f"call {call}", at, who, ALICE)
            await visits.app.calls.record(broken, event, "text")
    for role in ("Attendee", "Consumer", "Presenter"):
        visits.clock.now += 1
        await visits.app.rooms.patch_roster(broken, {BOB: role}, ORIGIN)
    visits.clock.now = AT + DAY
    (page,) = await visits.pages()
    assert [(each["roomId"], each["error"]) for each in page] == [
        (newest, None),
        (broken, error),
        (oldest, None),
    ]
