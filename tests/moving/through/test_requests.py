"""How many requests a change costs, and which of them go side by side."""

import pytest

from testkit.storage_proxy import StorageProxy
from tests.moving.through.sides import CAROL, DIAL_OUT, PEOPLE, Sides, code_of


async def test_a_create_costs_three_of_which_the_last_two_go_side_by_side(
    counted: Sides, proxy: StorageProxy
) -> None:
    def hold_the_next(_: object) -> None:
        assert len(proxy.seen) == 1, "the mark is written before ACS is asked"
        proxy.together = 2

    proxy.forget()
    counted.acs.choose = hold_the_next
    assert (await counted.send("POST", "/rooms", PEOPLE)).status == 201
    assert (len(proxy.seen), len(counted.acs.received)) == (3, 1)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", DIAL_OUT),
        pytest.param(
            "PATCH",
            "/participants",
            {"participants": {CAROL: {}}},
            marks=pytest.mark.thorough,
        ),
        ("PATCH", "/invitees", {"participants": {CAROL: {"role": "Consumer", "name": "C"}}}),
        ("PATCH", "/participants", {"participants": {}}),
        ("DELETE", "", None),
    ],
)
async def test_a_change_costs_three_of_which_the_first_two_go_side_by_side(
    counted: Sides, proxy: StorageProxy, method: str, path: str, body: object
) -> None:
    def hold_no_more(_: object) -> None:
        assert len(proxy.seen) == 2, "the mark is written before ACS is asked"
        proxy.together = 0

    room_id = await counted.make()
    proxy.forget()
    proxy.together = 2
    counted.acs.choose = hold_no_more
    answer = await counted.send(method, f"/rooms/{room_id}{path}", body)
    assert answer.status in (200, 204), answer
    assert (len(proxy.seen), len(counted.acs.received)) == (3, 1)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", DIAL_OUT),
        pytest.param(
            "PATCH",
            "/participants",
            {"participants": {CAROL: {}}},
            marks=pytest.mark.thorough,
        ),
        ("DELETE", "", None),
    ],
)
async def test_a_change_of_another_version_costs_a_read_and_does_not_reach_acs(
    counted: Sides, proxy: StorageProxy, method: str, path: str, body: object
) -> None:
    room_id = await counted.make()
    proxy.forget()
    headers = {"If-Match": '"another"'}
    answer = await counted.send(method, f"/rooms/{room_id}{path}", body, headers)
    assert code_of(answer) == (412, "RoomChanged")
    assert (len(proxy.seen), counted.acs.received) == (1, [])
    assert await counted.changes() == []


async def test_a_change_of_the_version_there_costs_three(
    counted: Sides, proxy: StorageProxy
) -> None:
    room_id = await counted.make()
    overview = await counted.send("GET", f"/rooms/{room_id}/overview")
    proxy.forget()
    headers = {"If-Match": overview.headers["etag"]}
    answer = await counted.send("PATCH", f"/rooms/{room_id}", DIAL_OUT, headers)
    assert (answer.status, len(proxy.seen), len(counted.acs.received)) == (200, 3, 1)


async def test_reads_do_not_ask_acs(counted: Sides, proxy: StorageProxy) -> None:
    room_id = await counted.make()
    proxy.forget()
    for path in (f"/rooms/{room_id}", f"/rooms/{room_id}/participants"):
        assert (await counted.send("GET", path)).status == 200
    assert (len(proxy.seen), counted.acs.received) == (2, [])
