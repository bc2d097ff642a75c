"""Reads that ACS answers, where the setting says so."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from testkit.acs_faults import AcsFault
from testkit.acs_instance import AcsInstance
from testkit.functions import HOST
from tests.moving.through.sides import BOB, CAROL, KEY, Sides, code_of, sides_of


@pytest_asyncio.fixture
async def reading(direct: TableClient, acs: AcsInstance) -> AsyncIterator[Sides]:
    """A service whose reads are ACS's."""
    async with sides_of(direct, acs, {"ROOMS_ACS_READS": "acs"}) as sides:
        yield sides


@pytest.mark.parametrize("version", ["2023-06-14", "2025-03-13"])
@pytest.mark.parametrize("path", ["", "/participants"])
async def test_a_room_is_read_at_acs_in_the_version_of_the_caller(
    reading: Sides, path: str, version: str
) -> None:
    room_id = await reading.make()
    reading.acs.raw.patch(
        f"/rooms/{room_id}/participants", {"participants": {CAROL: {}, BOB: None}}
    )
    answer = await reading.send("GET", f"/rooms/{room_id}{path}", version=version)
    target = f"/rooms/{room_id}{path}?api-version={version}"
    assert [each.target for each in reading.acs.received] == [target]
    at_acs = replace(reading.acs.raw, version=version).get(f"/rooms/{room_id}{path}")
    assert (answer.status, answer.body) == (200, at_acs.body)
    assert answer.headers["api-supported-versions"] == at_acs.headers["api-supported-versions"]


async def test_a_room_that_acs_does_not_have_is_not_there(reading: Sides) -> None:
    assert code_of(await reading.send("GET", "/rooms/99400000000000000")) == (404, "NotFound")
    assert len(reading.acs.received) == 1


async def test_pages_of_the_list_lead_through_this_service(reading: Sides) -> None:
    reading.acs.pages_of(2)
    made = [await reading.make() for _ in range(5)]
    listed, path = list[str](), "/rooms"
    while len(listed) < len(made):
        body = (await reading.send("GET", path)).json()
        listed += [room["id"] for room in body["value"]]
        link = body["nextLink"]
        assert link.startswith(f"https://{HOST}/rooms?"), link
        path = link.removeprefix(f"https://{HOST}").rpartition("&api-version=")[0]
    assert listed[:5] == made[::-1]
    assert reading.acs.count("GET", "/rooms") >= 3


async def test_what_acs_refuses_comes_as_it_was(reading: Sides) -> None:
    reading.acs.next(AcsFault.THROTTLED, "GET")
    assert code_of(await reading.send("GET", "/rooms")) == (429, "TooManyRequests")


async def test_where_acs_refuses_us_that_is_no_answer(
    direct: TableClient, acs: AcsInstance
) -> None:
    wrong = acs.connection_string.replace(acs.key, KEY)
    settings = {"ROOMS_ACS_READS": "acs", "ROOMS_ACS_CONNECTION_STRING": wrong}
    async with sides_of(direct, acs, settings) as sides:
        assert code_of(await sides.send("GET", "/rooms")) == (502, "BadGateway")


async def test_our_own_lists_are_read_here(reading: Sides) -> None:
    room_id = await reading.make()
    answer = await reading.send("GET", "/rooms?title=none")
    assert (answer.json()["value"], reading.acs.received) == ([], [])
    assert (await reading.send("GET", f"/rooms/{room_id}/overview")).status == 200
    assert reading.acs.received == []
