"""Writes meetings for tests."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from simulator.meeting import Meeting
from simulator.script import MAX_SPEED, write

START = datetime(2026, 5, 4, 10, tzinfo=UTC)
LATER = datetime(2026, 5, 5, tzinfo=UTC)
"""A time when all calls of the meetings are over."""

SEEDS = st.integers(0, 2**32)
PEOPLE = st.one_of(st.integers(2, 30), st.just(350))
SPEEDS = st.sampled_from([1, 7.5, 60, MAX_SPEED])


@st.composite
def meetings(draw: st.DrawFn) -> Meeting:
    """Draws meetings of every size and speed."""
    return write(draw(SEEDS), draw(PEOPLE), START, draw(SPEEDS))
