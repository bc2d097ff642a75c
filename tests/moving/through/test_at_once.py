"""Changes of one room at the same time, by two instances of the service: both sides end alike."""

import asyncio
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from testkit.acs_faults import AcsFault
from testkit.acs_instance import AcsInstance
from tests.moving.through.sides import ALICE, BOB, CAROL, DIAL_OUT, Sides, sides_of

ROLES = ("Presenter", "Attendee", "Consumer", None)


@pytest_asyncio.fixture
async def two(direct: TableClient, acs: AcsInstance) -> AsyncIterator[tuple[Sides, Sides]]:
    """Two instances with one table."""
    async with sides_of(direct, acs) as one, sides_of(direct, acs) as other:
        yield one, other


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(1, 10))]
)
async def test_changes_at_once_leave_both_sides_alike(
    two: tuple[Sides, Sides], acs: AcsInstance, seed: int
) -> None:
    random = Random(seed)
    room_id = await two[0].make()

    async def change(sides: Sides) -> int:
        role = random.choice(ROLES)
        who = {random.choice((ALICE, BOB, CAROL)): None if role is None else {"role": role}}
        if random.random() < 0.3:
            body = {"pstnDialOutEnabled": random.random() < 0.5}
            return (await sides.send("PATCH", f"/rooms/{room_id}", body)).status
        path = f"/rooms/{room_id}/participants"
        return (await sides.send("PATCH", path, {"participants": who})).status

    statuses = await asyncio.gather(*(change(sides) for sides in two * 6))
    assert set(statuses) == {200}
    await two[0].agree(room_id)
    assert {actor for _, actor in await two[0].told(room_id)} == {"app"}


async def test_two_deletions_at_once_are_one(two: tuple[Sides, Sides]) -> None:
    room_id = await two[0].make()
    statuses = await asyncio.gather(*(sides.send("DELETE", f"/rooms/{room_id}") for sides in two))
    assert {each.status for each in statuses} <= {204, 404}
    assert 204 in {each.status for each in statuses}
    assert await two[0].told(room_id) == [("RoomCreated", "app"), ("RoomDeleted", "app")]
    assert await two[0].changes() == []


async def test_who_commits_later_asks_acs_again(two: tuple[Sides, Sides], acs: AcsInstance) -> None:
    """The other instance commits between the answer of ACS and the commit of the first."""
    one, other = two
    room_id = await one.make()
    path = f"/rooms/{room_id}/participants"
    first = True

    async def meet_another() -> None:
        nonlocal first
        if first:
            first = False
            answer = await other.send("PATCH", path, {"participants": {CAROL: {}}})
            assert answer.status == 200

    commit = one.app.rooms.rows.commit

    async def commit_later(*args: object) -> bool:
        await meet_another()
        return await commit(*args)  # type: ignore[arg-type]

    one.app.rooms.rows.commit = commit_later  # type: ignore[method-assign, assignment]
    answer = await one.send("PATCH", path, {"participants": {CAROL: {"role": "Presenter"}}})
    assert answer.status == 200
    assert acs.count("PATCH", path) == 3
    await one.agree(room_id)
    assert (await one.here(room_id))[1][CAROL] == "Presenter"


async def test_a_refusal_after_acs_had_carried_it_out_leaves_the_mark(
    two: tuple[Sides, Sides], acs: AcsInstance
) -> None:
    one, other = two
    room_id = await one.make()
    commit = one.app.rooms.rows.commit

    async def commit_later(*args: object) -> bool:
        await other.send("PATCH", f"/rooms/{room_id}/participants", {"participants": {CAROL: {}}})
        acs.next(AcsFault.THROTTLED, "PATCH", f"/rooms/{room_id}")
        return await commit(*args)  # type: ignore[arg-type]

    one.app.rooms.rows.commit = commit_later  # type: ignore[method-assign, assignment]
    assert (await one.send("PATCH", f"/rooms/{room_id}", DIAL_OUT)).status == 429
    assert one.there(room_id)[0].pstn_dial_out_enabled
    (mark,) = await one.changes()
    assert mark.wanted.pstn_dial_out_enabled


@pytest.mark.parametrize(
    ("method", "body"),
    [("PATCH", DIAL_OUT), pytest.param("DELETE", None, marks=pytest.mark.thorough)],
)
async def test_a_change_that_acs_has_carried_out_is_not_refused_for_its_version(
    two: tuple[Sides, Sides], method: str, body: object
) -> None:
    """The other instance commits between the answer of ACS and the commit of the first."""
    one, other = two
    room_id = await one.make()
    overview = await one.send("GET", f"/rooms/{room_id}/overview")
    rows = one.app.rooms.rows
    name = "commit" if method == "PATCH" else "bury"
    committed: Any = getattr(rows, name)

    async def commit_later(*args: object) -> object:
        await other.send("PATCH", f"/rooms/{room_id}/details", {"title": "Tea"})
        return await committed(*args)

    setattr(rows, name, commit_later)
    headers = {"If-Match": overview.headers["etag"]}
    answer = await one.send(method, f"/rooms/{room_id}", body, headers)
    assert answer.status == (200 if body else 204)
    assert await one.changes() == []


@pytest.mark.parametrize(
    ("method", "body"),
    [pytest.param("PATCH", DIAL_OUT, marks=pytest.mark.thorough), ("DELETE", None)],
)
async def test_a_mark_that_another_clock_found_over_is_written_again(
    two: tuple[Sides, Sides], method: str, body: object
) -> None:
    """Whoever settles marks by a clock that is ahead removes one while its request goes on."""
    one, other = two
    room_id = await one.make()
    rows = one.app.rooms.rows
    name = "commit" if method == "PATCH" else "bury"
    committed: Any = getattr(rows, name)
    open_marks = list[int]()

    async def commit_later(*args: object) -> object:
        marks = await other.changes()
        open_marks.append(len(marks))
        if len(open_marks) == 1:
            await other.app.marks.remove(marks[0])
        return await committed(*args)

    setattr(rows, name, commit_later)
    answer = await one.send(method, f"/rooms/{room_id}", body)
    assert (answer.status, open_marks) == (200 if body else 204, [1, 1])
    assert await one.changes() == []
    assert [actor for _, actor in await one.told(room_id)] == ["app", "app"]
