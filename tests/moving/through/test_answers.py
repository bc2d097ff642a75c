"""What ACS answers if it does not carry out a change, and what becomes of it."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.log import ACS_ACTOR
from rooms.domain.time import SECOND
from rooms.storage.adoption import MARKS_AT_ONCE
from rooms.storage.changes import Origin
from rooms.storage.pull_state import PullStates
from testkit.acs_double import AcsDouble, Reply
from testkit.acs_faults import AcsFault
from testkit.acs_instance import AcsInstance
from testkit.raw_http import Answer
from testkit.storage_proxy import Fault, StorageProxy
from testkit.waiting import HANG_SECONDS
from tests.effort import thorough
from tests.moving.through.sides import (
    CAROL,
    DIAL_OUT,
    KEY,
    PEOPLE,
    Sides,
    code_of,
    sides_of,
)

type Change = tuple[str, str, object]

CREATE: Change = ("POST", "/rooms", PEOPLE)
UPDATE: Change = ("PATCH", "/rooms/{}", DIAL_OUT)
INVITE: Change = ("PATCH", "/rooms/{}/participants", {"participants": {CAROL: {}}})
NAME: Change = ("PATCH", "/rooms/{}/invitees", {"participants": {CAROL: {"name": "Carol"}}})
DELETE: Change = ("DELETE", "/rooms/{}", None)


CHANGES = CREATE, UPDATE, INVITE, NAME, DELETE

STATUSES = {AcsFault.FAILS: 503, AcsFault.FAILS_AFTER: 500}
"""What is answered after failures of ACS."""

CUTS = AcsFault.CUT_BEFORE, AcsFault.CUT_AFTER

NO_ROOM, NO_JSON, REDIRECT = Reply(200, b"{}"), Reply(200, b"<html>"), Reply(307)


def pairs[A, B](*each_time: tuple[A, B], of: Iterable[tuple[A, B]]) -> list[Any]:
    """Values of two parameters: some that are tried each time, and, if thorough, the rest."""
    rest = [pair for pair in of if pair not in each_time]
    return [*each_time, *(pytest.param(*pair, marks=pytest.mark.thorough) for pair in rest)]


each = pytest.mark.parametrize(
    "change", [CREATE, NAME, DELETE, *thorough(UPDATE, INVITE)], ids=lambda of: " ".join(of[:2])
)


async def carry_out(sides: Sides, change: Change, room_id: str) -> Answer:
    """Sends a change of that room."""
    method, path, body = change
    return await sides.send(method, path.format(room_id), body)


@each
async def test_a_429_comes_as_it_was_and_changes_nothing(sides: Sides, change: Change) -> None:
    room_id = await sides.make()
    sides.acs.retry_after = 7
    sides.acs.next(AcsFault.THROTTLED, change[0])
    answer = await carry_out(sides, change, room_id)
    assert (code_of(answer), answer.headers["retry-after"]) == ((429, "TooManyRequests"), "7")
    assert answer.headers["x-ms-error-code"] == "TooManyRequests"
    await sides.agree(room_id)
    assert await sides.told(room_id) == [("RoomCreated", "app")]


async def test_a_429_that_names_no_time_gets_a_second(sides: Sides) -> None:
    room_id = await sides.make()
    sides.acs.retry_after = None
    sides.acs.next(AcsFault.THROTTLED, "PATCH")
    assert (await carry_out(sides, UPDATE, room_id)).headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("change", "fault"),
    pairs(
        (CREATE, AcsFault.FAILS_AFTER),
        (NAME, AcsFault.FAILS_AFTER),
        (DELETE, AcsFault.FAILS),
        of=product(CHANGES, STATUSES),
    ),
)
async def test_a_failure_comes_as_it_was_and_leaves_the_mark(
    sides: Sides, change: Change, fault: AcsFault
) -> None:
    room_id = await sides.make()
    before = await sides.here(room_id)
    sides.acs.next(fault, change[0])
    assert (await carry_out(sides, change, room_id)).status == STATUSES[fault]
    assert await sides.here(room_id) == before
    assert any(mark.create is None or mark.create.made is None for mark in await sides.marks())
    assert len(sides.acs.received) == 1, "nothing is sent again"


@pytest.mark.parametrize(
    ("change", "fault"),
    pairs(
        (CREATE, AcsFault.CUT_AFTER),
        (NAME, AcsFault.CUT_BEFORE),
        (DELETE, AcsFault.CUT_AFTER),
        of=product(CHANGES, CUTS),
    ),
)
async def test_a_cut_connection_is_503_and_leaves_the_mark(
    sides: Sides, change: Change, fault: AcsFault
) -> None:
    room_id = await sides.make()
    before = await sides.here(room_id)
    sides.acs.next(fault, change[0])
    answer = await carry_out(sides, change, room_id)
    assert (code_of(answer), answer.headers["retry-after"]) == ((503, "ServiceUnavailable"), "1")
    assert await sides.here(room_id) == before
    assert any(mark.create is None or mark.create.made is None for mark in await sides.marks())
    assert len(sides.acs.received) == 1, "nothing is sent again"


@pytest.mark.parametrize(
    ("change", "fault"),
    pairs(
        (UPDATE, AcsFault.CUT_BEFORE),
        (UPDATE, AcsFault.FAILS_AFTER),
        (NAME, AcsFault.CUT_AFTER),
        (DELETE, AcsFault.CUT_AFTER),
        of=product((UPDATE, INVITE, NAME, DELETE), (*CUTS, AcsFault.FAILS_AFTER)),
    ),
)
async def test_a_change_that_is_sent_again_after_that_is_made_once(
    sides: Sides, change: Change, fault: AcsFault
) -> None:
    room_id = await sides.make()
    headers = {"x-ms-client-request-id": "again"}
    method, path, body = change
    sides.acs.next(fault, method)
    await sides.send(method, path.format(room_id), body, headers)
    answer = await sides.send(method, path.format(room_id), body, headers)
    assert answer.status == (204 if method == "DELETE" else 200), answer
    (_, *told) = await sides.told(room_id)
    assert {actor for _, actor in told} == {"app"}
    assert len({kind for kind, _ in told}) == len(told)
    if method == "DELETE":
        assert sides.acs.raw.get(f"/rooms/{room_id}").status == 404
    else:
        assert await sides.here(room_id) == sides.there(room_id)


@pytest.mark.parametrize("fault", [*CUTS, *thorough(AcsFault.FAILS_AFTER)])
async def test_a_create_that_is_sent_again_after_that_makes_one_room(
    sides: Sides, fault: AcsFault
) -> None:
    headers = {
        "Repeatability-Request-ID": "5ff8e5a8-0d0e-4c39-9c88-5d0d2a4d6a55".replace(
            "5ff8", f"{fault.value:04x}"
        ),
        "Repeatability-First-Sent": "Mon, 04 May 2099 10:00:00 GMT",
    }
    before = {room["id"] for room in sides.acs.raw.get("/rooms").json()["value"]}
    sides.acs.next(fault, "POST")
    assert (await sides.send("POST", "/rooms", PEOPLE, headers)).status in (500, 503)
    answer = await sides.send("POST", "/rooms", PEOPLE, headers)
    assert answer.status == 201, answer
    room_id = answer.json()["id"]
    after = {room["id"] for room in sides.acs.raw.get("/rooms").json()["value"]}
    assert after - before <= {room_id}
    await sides.agree(room_id)
    assert await sides.told(room_id) == [("RoomCreated", "app")]


@pytest.mark.parametrize("change", [UPDATE, NAME, *thorough(INVITE)])
async def test_a_room_that_is_gone_at_acs_is_buried_as_of_acs(sides: Sides, change: Change) -> None:
    room_id = await sides.make()
    sides.acs.raw.delete(f"/rooms/{room_id}")
    assert code_of(await carry_out(sides, change, room_id)) == (404, "NotFound")
    assert await sides.told(room_id) == [("RoomCreated", "app"), ("RoomDeleted", ACS_ACTOR)]
    assert await sides.changes() == []


async def test_a_room_that_acs_is_late_to_know_stays_here(sides: Sides) -> None:
    sides.app.limits = replace(sides.app.limits, quiet_seconds=HANG_SECONDS)
    room_id = await sides.make()
    sides.acs.raw.delete(f"/rooms/{room_id}")
    for change in (UPDATE, DELETE):
        assert (await carry_out(sides, change, room_id)).status == 404
    assert await sides.told(room_id) == [("RoomCreated", "app")]
    assert await sides.changes() == []


async def test_what_another_resource_does_not_know_stays_here(sides: Sides) -> None:
    room_id = await sides.make()
    states = PullStates(sides.app.table, sides.app.clock, resource="https://another.example.com")
    await states.hold(1)
    sides.acs.raw.delete(f"/rooms/{room_id}")
    other = sides.app.marks.of_change(room_id, Origin("app", "other"), deletes=True)
    await sides.app.marks.write(other)
    assert code_of(await carry_out(sides, UPDATE, room_id)) == (404, "NotFound")
    assert await sides.told(room_id) == [("RoomCreated", "app")]


async def test_a_deletion_of_a_room_that_is_gone_at_acs_is_404_and_buries_it(
    sides: Sides,
) -> None:
    room_id = await sides.make()
    sides.acs.raw.delete(f"/rooms/{room_id}")
    assert (await carry_out(sides, DELETE, room_id)).status == 404
    assert (await sides.told(room_id))[1:] == [("RoomDeleted", ACS_ACTOR)]
    assert await sides.changes() == []


async def test_where_a_version_deletes_again_that_is_204(sides: Sides) -> None:
    room_id = await sides.make()
    sides.acs.raw.delete(f"/rooms/{room_id}")
    answer = await sides.send("DELETE", f"/rooms/{room_id}", version="2023-06-14")
    assert answer.status == 204
    assert (await sides.told(room_id))[1:] == [("RoomDeleted", ACS_ACTOR)]


async def test_who_meets_a_room_that_another_is_deleting_buries_it_for_them(
    sides: Sides,
) -> None:
    room_id = await sides.make()
    sides.acs.next(AcsFault.CUT_AFTER, "DELETE")
    await sides.send("DELETE", f"/rooms/{room_id}", headers={"x-ms-client-request-id": "first"})
    assert (await carry_out(sides, INVITE, room_id)).status == 404
    assert (await sides.told(room_id))[1:] == [("RoomDeleted", "app")]


async def test_a_deletion_may_have_more_marks_than_a_transaction_removes(
    sides: Sides,
) -> None:
    room_id = await sides.make()
    for _ in range(MARKS_AT_ONCE + 10):
        mark = sides.app.marks.of_change(room_id, Origin("app", "nightly"), deletes=True)
        await sides.app.marks.write(mark)
    sides.acs.raw.delete(f"/rooms/{room_id}")
    headers = {"x-ms-client-request-id": "nightly"}
    answer = await sides.send("DELETE", f"/rooms/{room_id}", headers=headers)
    assert answer.status == 204, answer
    assert await sides.told(room_id) == [("RoomCreated", "app"), ("RoomDeleted", "app")]
    assert len(await sides.changes()) == 10


@each
async def test_where_acs_refuses_us_nothing_changes(
    direct: TableClient,
    acs: AcsInstance,
    sides: Sides,
    change: Change,
    caplog: pytest.LogCaptureFixture,
) -> None:
    room_id = await sides.make()
    wrong = acs.connection_string.replace(acs.key, KEY)
    async with sides_of(direct, acs, {"ROOMS_ACS_CONNECTION_STRING": wrong}) as other:
        caplog.set_level(logging.INFO)
        assert code_of(await carry_out(other, change, room_id)) == (502, "BadGateway")
        assert "refuses the key of this service" in caplog.text
        assert KEY not in caplog.text
    await sides.agree(room_id)


@pytest.mark.parametrize(
    ("change", "reply"),
    pairs(
        (CREATE, NO_ROOM),
        (UPDATE, NO_JSON),
        (UPDATE, REDIRECT),
        of=product((CREATE, UPDATE), (NO_ROOM, NO_JSON, REDIRECT)),
    ),
)
async def test_what_is_no_answer_of_acs_leaves_the_mark(
    direct: TableClient, acs: AcsInstance, sides: Sides, change: Change, reply: Reply
) -> None:
    room_id = await sides.make()
    with AcsDouble() as double:
        double.reply = reply
        strange = {"ROOMS_ACS_CONNECTION_STRING": f"endpoint={double.endpoint}/;accesskey={KEY}"}
        async with sides_of(direct, acs, strange) as other:
            assert code_of(await carry_out(other, change, room_id)) == (502, "BadGateway")
            assert any(mark.create is None or not mark.create.made for mark in await other.marks())


async def test_without_a_storage_acs_is_not_asked(counted: Sides, proxy: StorageProxy) -> None:
    room_id = await counted.make()
    proxy.choose = lambda _, __: Fault.THROTTLED
    answer = await carry_out(counted, UPDATE, room_id)
    assert (answer.status, counted.acs.received) == (503, [])


async def test_no_key_and_no_name_is_in_a_log(
    sides: Sides, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    room_id = await sides.make()
    for fault in (None, AcsFault.THROTTLED, AcsFault.CUT_AFTER):
        if fault is not None:
            sides.acs.next(fault, "PATCH")
        await carry_out(sides, NAME, room_id)
    assert "no answer" in caplog.text
    for secret in (sides.acs.key, KEY, "Carol", CAROL):
        assert secret not in caplog.text


async def test_a_429_pauses_what_asks_acs_in_the_background(sides: Sides) -> None:
    room_id = await sides.make()
    sides.acs.retry_after = 60
    sides.acs.next(AcsFault.THROTTLED, "PATCH")
    await carry_out(sides, UPDATE, room_id)
    assert sides.app.pace is not None
    assert sides.app.pace.throttled_until > sides.app.clock() + 30 * SECOND
