from dataclasses import replace

import pytest

from rooms.domain.events import CallEvent, EndReason, is_call_room_id
from tests.domain.histories import ALICE, BOB, added, ended, moment, phones, removed, started


def test_two_deliveries_of_one_event_have_the_same_key_even_if_one_tells_more() -> None:
    event = added(5)
    more = replace(
        event, display_name="Alice", role="Attendee", endpoint_type="phone", started_by=BOB
    )
    assert event.key == more.key
    assert ended(5).key == ended(5, by=BOB, reason=EndReason(0, 0, "Done")).key


@pytest.mark.parametrize(
    "other",
    [
        replace(added(5), kind="ParticipantRemoved"),
        added(5, event_id="another"),
        added(5, call="another"),
        added(5, participant_id="another"),
        added(5, participant_id=None),
        added(5, raw_id=BOB),
        added(5, raw_id=None),
        added(5.0000001),
    ],
)
def test_events_that_differ_in_kind_id_call_participant_or_time_have_different_keys(
    other: CallEvent,
) -> None:
    assert other.key != added(5).key


def test_what_moves_from_one_identifier_to_the_next_changes_the_key() -> None:
    assert (
        added(5, participant_id="x", raw_id=None).key
        != added(5, participant_id=None, raw_id="x").key
    )


def test_a_key_is_64_hex_digits_whatever_the_identifiers_are() -> None:
    for event in (added(5), added(5, participant_id='a/b\\#?"\ud800\0', raw_id=ALICE * 1000)):
        assert len(event.key) == 64
        assert set(event.key) <= set("0123456789abcdef")


def test_events_are_taken_by_time_then_kind_then_key() -> None:
    twins = sorted(
        (added(5, event_id="one"), added(5, event_id="two")), key=lambda event: event.key
    )
    in_order = [
        ended(4.9999999),
        started(5),
        *twins,
        removed(5),
        phones(5),
        ended(5),
        started(5.0000001),
    ]
    backwards = in_order[::-1]
    assert sorted(backwards) == in_order


def test_the_time_of_an_event_is_kept_to_the_tick() -> None:
    assert added(5.0000001).at - moment(5) == 1


@pytest.mark.parametrize("text", ["9", "99412345678901234", "room_A-1", "a" * 64])
def test_what_can_name_a_room_of_a_call(text: str) -> None:
    assert is_call_room_id(text)


@pytest.mark.parametrize(
    "text", ["", "a" * 65, "a b", "a/b", "a:b", "a.b", "a\n", "ä", "٣", "a#", "a?", "a\\"]
)
def test_what_can_name_no_room_of_a_call(text: str) -> None:
    assert not is_call_room_id(text)
