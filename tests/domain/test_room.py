from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.errors import InvalidValidity, ValidityFault
from rooms.domain.room import (
    JOIN_POLICIES,
    MAX_VALIDITY,
    RoomChange,
    check_changed_validity,
    check_new_validity,
    is_room_id,
    new_room,
    updated_room,
)
from rooms.domain.time import DAY, SECOND, Ticks, parse_time

NOW = parse_time("2026-05-04T10:00:00Z")
FAR = 1000 * DAY

times = st.integers(NOW - FAR, NOW + FAR)
changes = st.builds(
    RoomChange,
    st.none() | times,
    st.none() | times,
    st.none() | st.booleans(),
    st.none() | st.sampled_from(JOIN_POLICIES),
)

PAST = ValidityFault.END_IN_THE_PAST
RANGE = ValidityFault.BAD_RANGE
START = ValidityFault.STARTS_TOO_LATE


def faults_of(
    check: Callable[[RoomChange, Ticks], None], wanted: RoomChange
) -> list[ValidityFault]:
    try:
        check(wanted, NOW)
    except InvalidValidity as error:
        assert error.faults
        return list(error.faults)
    return []


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "faults"),
    [
        (None, None, []),
        (NOW - FAR, None, []),
        (NOW + 180 * DAY, None, []),
        (NOW + 180 * DAY + 1, None, [START]),
        (None, NOW + 180 * DAY, []),
        (None, NOW + 180 * DAY + 1, [RANGE]),
        (None, NOW + 1, []),
        (None, NOW, [PAST]),
        (NOW + DAY, NOW - 1, [PAST]),
        (NOW + 181 * DAY, NOW - 1, [PAST]),
        (NOW + 2 * DAY, NOW + DAY, [RANGE]),
        (NOW + DAY, NOW + DAY, []),
        (NOW + DAY, NOW + 181 * DAY, []),
        (NOW + DAY, NOW + 181 * DAY + 1, [RANGE]),
        (NOW - DAY, NOW + 179 * DAY + 1, [RANGE]),
        (NOW + 181 * DAY, NOW + 182 * DAY, [START]),
        (NOW + 181 * DAY, NOW + DAY, [START, RANGE]),
        (NOW + 181 * DAY, NOW + 400 * DAY, [START, RANGE]),
    ],
)
def test_faults_of_the_times_of_a_new_room(
    valid_from: Ticks | None, valid_until: Ticks | None, faults: list[ValidityFault]
) -> None:
    assert faults_of(check_new_validity, RoomChange(valid_from, valid_until)) == faults


@given(changes)
def test_a_room_without_faults_ends_after_now_and_within_180_days_of_its_start(
    wanted: RoomChange,
) -> None:
    if faults_of(check_new_validity, wanted):
        return
    room = new_room("99400000000000000", wanted, NOW)
    assert room.valid_until > NOW
    if wanted.valid_until is not None:
        assert 0 <= room.valid_until - room.valid_from <= MAX_VALIDITY


@given(changes)
def test_an_update_needs_both_times_or_neither(wanted: RoomChange) -> None:
    faults = faults_of(check_changed_validity, wanted)
    if (wanted.valid_from is None) != (wanted.valid_until is None):
        assert faults == [ValidityFault.ONLY_ONE_TIME]
    else:
        assert faults == faults_of(check_new_validity, wanted)


def test_a_room_of_no_wishes_is_valid_from_now_for_180_days() -> None:
    room = new_room("99400000000000000", RoomChange(), NOW)
    assert (room.created_at, room.valid_from, room.valid_until) == (NOW, NOW, NOW + 180 * DAY)
    assert room.pstn_dial_out_enabled is False


def test_without_an_end_a_room_ends_180_days_from_now_not_from_its_start() -> None:
    assert (
        new_room("99400000000000000", RoomChange(valid_from=NOW + 90 * DAY), NOW).valid_until
        == NOW + 180 * DAY
    )


@given(changes, changes)
def test_an_update_sets_what_is_given_and_leaves_the_rest(
    first: RoomChange, second: RoomChange
) -> None:
    room = new_room("99400000000000000", first, NOW)
    after = updated_room(room, second)
    assert (after.id, after.created_at) == (room.id, room.created_at)
    for field in ("valid_from", "valid_until", "pstn_dial_out_enabled", "join_policy"):
        wish = getattr(second, field)
        assert getattr(after, field) == (getattr(room, field) if wish is None else wish)


@pytest.mark.parametrize(
    "room_id", ["99482221907697241", "9949839652796666", "78469124725336262", "0" * 16]
)
def test_16_or_17_digits_are_a_room_id(room_id: str) -> None:
    assert is_room_id(room_id)


@pytest.mark.parametrize(
    "room_id",
    ["1", "9" * 15, "9" * 18, "9" * 10_000, "9948222190769724x", "٩" * 17, "9" * 16 + "\n"],
)
def test_other_texts_are_no_room_ids(room_id: str) -> None:
    assert not is_room_id(room_id)


def test_a_tick_is_100_ns() -> None:
    assert SECOND == 10_000_000
