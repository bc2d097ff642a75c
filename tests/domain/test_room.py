import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.room import (
    MAX_VALIDITY,
    RoomChange,
    check_room_id,
    faults_of_create,
    faults_of_update,
    new_room,
    updated_room,
)
from rooms.domain.time import DAY, SECOND, Ticks, parse_time
from rooms.errors import InvalidRoomId, InvalidRoomIdLength

NOW = parse_time("2026-05-04T10:00:00Z")
FAR = 1000 * DAY

times = st.integers(NOW - FAR, NOW + FAR)
changes = st.builds(RoomChange, st.none() | times, st.none() | times, st.none() | st.booleans())

PAST = ("ValidUntil", "The time range end is in the past.")
RANGE = ("ValidUntil", "The time range is incorrect, or larger than 180 days.")
START = ("ValidFrom", "Value is incorrect or more than 180 days in the future.")


def created(valid_from: Ticks | None, valid_until: Ticks | None) -> list[tuple[str, str]]:
    return [
        (fault.target, fault.message)
        for fault in faults_of_create(RoomChange(valid_from, valid_until), NOW)
    ]


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
    valid_from: Ticks | None, valid_until: Ticks | None, faults: list[tuple[str, str]]
) -> None:
    assert created(valid_from, valid_until) == faults


@given(changes)
def test_a_room_without_faults_ends_after_now_and_within_180_days_of_its_start(
    wanted: RoomChange,
) -> None:
    if faults_of_create(wanted, NOW):
        return
    room = new_room("99400000000000000", wanted, NOW)
    assert room.valid_until > NOW
    if wanted.valid_until is not None:
        assert 0 <= room.valid_until - room.valid_from <= MAX_VALIDITY


@given(changes)
def test_an_update_needs_both_times_or_neither(wanted: RoomChange) -> None:
    faults = [(fault.target, fault.message) for fault in faults_of_update(wanted, NOW)]
    if (wanted.valid_from is None) != (wanted.valid_until is None):
        assert faults == [("", "validFrom and validUntil should be set together.")]
    else:
        assert faults == created(wanted.valid_from, wanted.valid_until)


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
    for field in ("valid_from", "valid_until", "pstn_dial_out_enabled"):
        wish = getattr(second, field)
        assert getattr(after, field) == (getattr(room, field) if wish is None else wish)


@pytest.mark.parametrize(
    "room_id", ["99482221907697241", "9949839652796666", "78469124725336262", "0" * 16]
)
def test_16_or_17_digits_are_a_room_id(room_id: str) -> None:
    check_room_id(room_id)


@pytest.mark.parametrize(
    "room_id", ["1", "123", "invalid_id", "9" * 13, "9" * 14, "9" * 15, "9" * 19, "9" * 10_000]
)
def test_other_lengths_are_refused_for_their_length(room_id: str) -> None:
    with pytest.raises(InvalidRoomIdLength):
        check_room_id(room_id)


@pytest.mark.parametrize(
    "room_id", ["non-existingroomId", "9" * 18, "9948222190769724x", "٩" * 17, "9" * 16 + "\n"]
)
def test_16_to_18_others_are_refused(room_id: str) -> None:
    with pytest.raises(InvalidRoomId):
        check_room_id(room_id)


def test_a_tick_is_100_ns() -> None:
    assert SECOND == 10_000_000
