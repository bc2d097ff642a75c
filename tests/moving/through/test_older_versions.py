"""Changes in the api-versions before 2023, which ACS has retired, reach ACS as those of today."""

import json
from typing import Any

import pytest

from testkit.acs_faults import AcsFault
from tests.moving.through.sides import ALICE, BOB, CAROL, Sides


def listed(*people: tuple[str, str]) -> dict[str, Any]:
    """Participants of 2022."""
    return {
        "participants": [
            {"communicationIdentifier": {"communicationUser": {"id": raw_id}}, "role": role}
            for raw_id, role in people
        ]
    }


CASES = [
    ("POST", "/participants:add", "2022-02-01", listed((CAROL, "Consumer")), 1),
    ("POST", "/participants:update", "2022-02-01", listed((BOB, "Presenter")), 1),
    ("POST", "/participants:remove", "2022-02-01", listed((ALICE, "Attendee")), 1),
    ("PATCH", "", "2022-02-01", listed((CAROL, "Consumer"), (BOB, "Attendee")), 2),
    pytest.param(
        "PATCH",
        "",
        "2021-04-07",
        {"participants": {CAROL: {}, ALICE: None}},
        2,
        marks=pytest.mark.thorough,
    ),
    pytest.param("PATCH", "", "2022-02-01", {}, 1, marks=pytest.mark.thorough),
]


@pytest.mark.parametrize(("method", "path", "version", "body", "requests"), CASES)
async def test_a_change_reaches_acs_and_both_sides_agree(
    sides: Sides, method: str, path: str, version: str, body: object, requests: int
) -> None:
    room_id = await sides.make()
    answer = await sides.send(method, f"/rooms/{room_id}{path}", body, version=version)
    assert answer.status == 200, answer
    assert len(sides.acs.received) == requests
    assert all("2025-03-13" in each.target for each in sides.acs.received)
    await sides.agree(room_id)


async def test_participants_replace_the_roster_at_acs(sides: Sides) -> None:
    room_id = await sides.make()
    body = listed((CAROL, "Consumer"))
    await sides.send("PATCH", f"/rooms/{room_id}", body, version="2022-02-01")
    people = json.loads(sides.acs.received[-1].body)["participants"]
    assert people == {ALICE: None, BOB: None, CAROL: {"role": "Consumer"}}
    assert sides.there(room_id)[1] == {CAROL: "Consumer"}


async def test_a_room_of_2022_is_made_at_acs(sides: Sides) -> None:
    body = listed((ALICE, "Presenter"))
    answer = await sides.send("POST", "/rooms", body, version="2022-02-01")
    assert (answer.status, answer.json()["roomJoinPolicy"]) == (201, "InviteOnly")
    await sides.agree(answer.json()["id"])


async def test_what_is_carried_out_by_half_leaves_its_mark(sides: Sides) -> None:
    room_id = await sides.make()
    body: dict[str, Any] = {"participants": {CAROL: {}}}
    sides.acs.next(AcsFault.THROTTLED, "PATCH", "/participants")
    answer = await sides.send("PATCH", f"/rooms/{room_id}", body, version="2021-04-07")
    assert answer.status == 429
    (mark,) = await sides.changes()
    assert mark.patch == {CAROL: "Attendee"}
