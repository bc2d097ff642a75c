"""People who are found by a part of their name."""

from collections.abc import Mapping
from typing import Any

import pytest

from rooms.domain.limits import LIMITS
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_invalid, assert_is
from testkit.raw import Raw

KAREN, KAREN_AGAIN, LEVIN = raw_id(), raw_id(), raw_id()


def new_room(raw: Raw, insight: Insight, people: Mapping[str, Any]) -> str:
    room_id: str = raw.new_room({"participants": {each: {} for each in people}})["id"]
    body = {"participants": people}
    assert insight.patch(f"/rooms/{room_id}/details", body).status == 200
    return room_id


@pytest.fixture(scope="module")
def rooms(raw: Raw, insight: Insight) -> list[str]:
    """Rooms of people of one family, the oldest first."""
    older = {KAREN: {"name": "K. Shcherbatskaya", "externalId": "K-1"}}
    newer = {
        KAREN_AGAIN: {"name": "Karen Shcherbatskaya", "externalId": "K-1"},
        LEVIN: {"name": "Levin-Shcherbatsky"},
    }
    return [new_room(raw, insight, people) for people in (older, newer)]


def test_people_are_found_with_all_their_raw_ids_the_newest_first(
    insight: Insight, rooms: list[str]
) -> None:
    karen = {
        "name": "Karen Shcherbatskaya",
        "externalId": "K-1",
        "rawIds": [KAREN_AGAIN, KAREN],
        "rooms": 2,
    }
    levin = {"name": "Levin-Shcherbatsky", "externalId": None, "rawIds": [LEVIN], "rooms": 1}
    assert_is(insight.all("/people?name=SHCHERBATSK"), [karen, levin])


def test_people_of_a_deleted_room_are_not_found(raw: Raw, insight: Insight) -> None:
    room_id = new_room(raw, insight, {raw_id(): {"name": "Kapitonich"}})
    assert len(insight.all("/people?name=kapitonich")) == 1
    raw.delete(f"/rooms/{room_id}")
    assert insight.all("/people?name=kapitonich") == []


def test_a_page_has_so_many_people_at_most(raw: Raw, insight: Insight) -> None:
    crowd = {raw_id(): {"name": f"Chorister {n}"} for n in range(LIMITS.people_page + 1)}
    new_room(raw, insight, crowd)
    assert len(insight.json("/people?name=chorister")["value"]) == LIMITS.people_page
    assert len(insight.all(f"/people?name=chorister+{LIMITS.people_page}")) == 1


@pytest.mark.parametrize("query", ["", "?name=", f"?name={'x' * (LIMITS.text + 1)}"])
def test_a_name_is_needed(insight: Insight, query: str) -> None:
    answer = insight.get(f"/people{query}")
    assert assert_invalid(answer, "name") == f"Must have 1 to {LIMITS.text} characters."
