"""Which rooms a list shows, against what its parameters say in plain words."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.room import ROOM_STATES, Room, RoomState, state_at
from rooms.domain.room_filter import RoomFilter, RoomInList, RoomQuery
from rooms.domain.time import MAX_TIME, Ticks

AT = 639_000_000_000_000_000

near = st.integers(AT - 3, AT + 3)
moments = st.one_of(near, near, st.integers(1, MAX_TIME - 1))
"""Close together, so that borders meet, or anywhere."""

optional = st.none() | moments | st.sampled_from([0, 1, MAX_TIME - 1, MAX_TIME])
states = st.none() | st.sampled_from(ROOM_STATES)


def room(valid_from: Ticks, valid_until: Ticks) -> Room:
    return Room("99400000000000000", AT, valid_from, valid_until, False)


def called(room: Room, title: str | None = None) -> RoomInList:
    return RoomInList(room, title)


rooms = st.builds(lambda times: room(*sorted(times)), st.tuples(moments, moments))


def is_shown(
    room: Room, state: RoomState | None, at: Ticks, start: Ticks | None, end: Ticks | None
) -> bool:
    """What a list promises, in the words of the rules of rooms."""
    if state is not None and state_at(room, at) != state:
        return False
    if start is not None and room.valid_until <= start:  # over before that time
        return False
    return end is None or room.valid_from < end  # else it begins after it


@given(rooms, states, moments, optional, optional)
def test_a_list_shows_the_rooms_that_its_parameters_say(
    room: Room, state: RoomState | None, at: Ticks, start: Ticks | None, end: Ticks | None
) -> None:
    assert RoomQuery(state, start, end).at(at).fits(called(room)) == is_shown(
        room, state, at, start, end
    )


@given(rooms, moments)
def test_each_room_is_in_one_state_at_a_time(room: Room, at: Ticks) -> None:
    assert [state for state in ROOM_STATES if RoomQuery(state).at(at).fits(called(room))] == [
        state_at(room, at)
    ]


@given(rooms, moments, moments)
def test_a_room_in_a_time_can_be_joined_at_some_moment_of_it(
    room: Room, start: Ticks, end: Ticks
) -> None:
    shown = RoomQuery(None, start, end).at(AT).fits(called(room))
    if room.valid_from < room.valid_until and start < end:
        first = max(room.valid_from, start)
        assert shown == (state_at(room, first) == "open" and first < end)


SHORT = room(AT, AT + 36)
NO_LENGTH = room(AT, AT)
type Filter = Callable[[Ticks], RoomFilter]


def in_state(state: RoomState) -> Filter:
    return lambda at: RoomQuery(state).at(at)


@pytest.mark.parametrize(
    ("filter_at", "moment", "before", "then"),
    [
        pytest.param(
            in_state("upcoming"),
            SHORT.valid_from,
            True,
            False,
            id="upcoming until just before validFrom",
        ),
        pytest.param(in_state("open"), SHORT.valid_from, False, True, id="open from validFrom on"),
        pytest.param(
            in_state("open"), SHORT.valid_until, True, False, id="open until just before validUntil"
        ),
        pytest.param(
            in_state("expired"), SHORT.valid_until, False, True, id="expired from validUntil on"
        ),
        pytest.param(
            lambda at: RoomQuery(None, at, None).at(0), SHORT.valid_until, True, False, id="from"
        ),
        pytest.param(
            lambda at: RoomQuery(None, None, at).at(0),
            SHORT.valid_from + 1,
            False,
            True,
            id="until",
        ),
    ],
)
def test_a_border_is_where_it_is_to_the_tick(
    filter_at: Filter, moment: Ticks, before: bool, then: bool
) -> None:
    assert [filter_at(at).fits(called(SHORT)) for at in (moment - 1, moment)] == [before, then]


def test_a_room_of_no_length_is_never_open() -> None:
    shown = [
        [at - AT for at in range(AT - 2, AT + 3) if in_state(state)(at).fits(called(NO_LENGTH))]
        for state in ROOM_STATES
    ]
    assert dict(zip(ROOM_STATES, shown, strict=True)) == {
        "open": [],
        "upcoming": [-2, -1],
        "expired": [0, 1, 2],
    }


def test_a_room_of_no_length_is_in_a_time_that_begins_before_it_and_goes_on_after_it() -> None:
    times = [(AT - 1, AT + 1), (AT, AT + 1), (AT - 1, AT)]
    assert [RoomQuery(None, start, end).at(AT).fits(called(NO_LENGTH)) for start, end in times] == [
        True,
        False,
        False,
    ]


ROOM = room(AT - 1, AT + 1)


@pytest.mark.parametrize(
    ("title", "text", "shown"),
    [
        ("A tea party", "tea", True),
        ("A TEA party", "Tea P", True),
        ("Tea", "tea", True),
        ("Te a", "tea", False),
        ("Stra\u00dfe", "STRASSE", True),
        ("STRASSE", "\u00df", True),
        ("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2", True),
        ("50% off", "0% O", True),
        ("tea", "t.a", False),
        (None, "tea", False),
        (None, "none", False),
    ],
)
def test_a_title_contains_the_text_in_whatever_case(
    title: str | None, text: str, shown: bool
) -> None:
    assert RoomQuery(title=text).at(AT).fits(called(ROOM, title)) is shown


@given(st.text(min_size=1), st.text(), st.text())
def test_a_title_is_found_by_each_of_its_parts(part: str, before: str, behind: str) -> None:
    assert RoomQuery(title=part).at(AT).fits(called(ROOM, before + part + behind))


def test_title_state_and_time_have_to_fit_all() -> None:
    wanted = RoomQuery("open", AT, AT + 1, "tea").at(AT)
    assert wanted.fits(called(ROOM, "Tea"))
    assert not wanted.fits(called(ROOM, "Coffee"))
    assert not wanted.fits(called(room(AT - 2, AT), "Tea"))
