from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.details import details_difference, names_in, patched_details, scheduled
from rooms.domain.errors import DomainError, IncompleteSchedule, ReversedSchedule, TooManyNames
from rooms.domain.limits import LIMITS
from rooms.domain.time import HOUR, parse_time

FIRST, SECOND, THIRD = (f"2026-05-04T1{hour}:00:00+00:00" for hour in range(3))

texts = st.sampled_from(["a", "b", "c"])
people = st.dictionaries(
    texts, st.dictionaries(st.sampled_from(["name", "externalId"]), texts, min_size=1), min_size=1
)
all_details = st.fixed_dictionaries(
    {}, optional={"title": texts, "externalId": texts, "participants": people}
)
patches = st.fixed_dictionaries(
    {},
    optional={
        "title": texts | st.none(),
        "externalId": texts | st.none(),
        "participants": st.none()
        | st.dictionaries(
            texts,
            st.none() | st.dictionaries(st.sampled_from(["name", "externalId"]), texts | st.none()),
            max_size=3,
        ),
    },
)


@pytest.mark.parametrize(
    ("before", "patch", "after"),
    [
        ({}, {"title": "a"}, {"title": "a"}),
        ({"title": "a", "externalId": "b"}, {"title": "c"}, {"title": "c", "externalId": "b"}),
        ({"title": "a"}, {"title": None, "externalId": None}, {}),
        ({}, {"participants": {"x": {"name": "a"}}}, {"participants": {"x": {"name": "a"}}}),
        (
            {"participants": {"x": {"name": "a"}, "y": {"name": "b"}}},
            {"participants": {"x": {"externalId": "1"}, "y": None}},
            {"participants": {"x": {"name": "a", "externalId": "1"}}},
        ),
        ({"participants": {"x": {"name": "a"}}}, {"participants": {"x": {"name": None}}}, {}),
        ({"participants": {"x": {"name": "a"}}}, {"participants": None}, {}),
        (
            {"participants": {"x": {"name": "a"}}},
            {"participants": {"x": {}, "y": {}}},
            {"participants": {"x": {"name": "a"}}},
        ),
    ],
)
def test_a_merge_patch(
    before: dict[str, Any], patch: dict[str, Any], after: dict[str, Any]
) -> None:
    assert patched_details(before, patch) == after


@given(all_details, patches)
def test_a_patch_repeated_changes_nothing_and_what_it_names_is_as_it_says(
    before: Any, patch: Any
) -> None:
    after = patched_details(before, patch)
    assert patched_details(after, patch) == after
    assert patched_details(before, {}) == before
    for name in ("title", "externalId"):
        assert after.get(name) == (patch if name in patch else before).get(name)


@given(all_details, patches)
def test_details_are_not_changed_in_place(before: Any, patch: Any) -> None:
    copies = str(before), str(patch)
    patched_details(before, patch)
    assert (str(before), str(patch)) == copies


def facts(details: Any, path: str = "") -> set[tuple[str, str]]:
    """Every text in it, with where it stands."""
    if isinstance(details, str):
        return {(path, details)}
    return {fact for name, value in details.items() for fact in facts(value, f"{path}.{name}")}


@given(all_details, all_details)
def test_the_difference_is_what_the_one_has_and_the_other_has_not(before: Any, after: Any) -> None:
    was, becomes = details_difference(before, after)
    assert facts(was) == facts(before) - facts(after)
    assert facts(becomes) == facts(after) - facts(before)


@pytest.mark.parametrize(
    ("before", "patch", "error"),
    [
        ({}, {"scheduledStart": FIRST}, IncompleteSchedule),
        ({}, {"scheduledEnd": FIRST}, IncompleteSchedule),
        (
            {"scheduledStart": FIRST, "scheduledEnd": SECOND},
            {"scheduledStart": None},
            IncompleteSchedule,
        ),
        (
            {"scheduledStart": FIRST, "scheduledEnd": SECOND},
            {"scheduledEnd": FIRST},
            ReversedSchedule,
        ),
        (
            {"scheduledStart": FIRST, "scheduledEnd": SECOND},
            {"scheduledStart": THIRD},
            ReversedSchedule,
        ),
        (
            {},
            {"participants": {str(n): {"name": "a"} for n in range(LIMITS.names + 1)}},
            TooManyNames,
        ),
        (
            {"participants": {str(n): {"name": "a"} for n in range(LIMITS.names)}},
            {"participants": {"x": {"name": "a"}}},
            TooManyNames,
        ),
    ],
)
def test_what_cannot_be(
    before: dict[str, Any], patch: dict[str, Any], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        patched_details(before, patch)


@pytest.mark.parametrize("name", ["scheduledStart", "scheduledEnd"])
def test_an_error_names_the_scheduled_time_that_is_missing(name: str) -> None:
    (missing,) = {"scheduledStart", "scheduledEnd"} - {name}
    with pytest.raises(IncompleteSchedule) as caught:
        patched_details({}, {name: FIRST})
    assert caught.value.missing == missing


def test_who_goes_makes_room_for_who_comes() -> None:
    full = {"participants": {str(n): {"name": "a"} for n in range(LIMITS.names)}}
    after = patched_details(full, {"participants": {"0": None, "x": {"name": "a"}}})
    assert len(after["participants"]) == LIMITS.names


def test_when_the_room_is_meant_to_be_used() -> None:
    assert scheduled({"title": "a"}) is None
    start = parse_time(FIRST)
    assert scheduled({"scheduledStart": FIRST, "scheduledEnd": THIRD}) == (start, start + 2 * HOUR)


def test_only_who_has_a_name_is_called_so() -> None:
    assert names_in({}) == {}
    people = {"8:a": {"name": "Alice", "externalId": "1"}, "8:b": {"externalId": "2"}}
    assert names_in({"title": "a", "participants": people}) == {"8:a": "Alice"}
