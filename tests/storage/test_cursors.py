import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.limits import LIMITS
from rooms.domain.time import MAX_TIME
from rooms.storage import keys
from rooms.storage.cursors import read_cursor, read_start, to_cursor
from rooms.storage.errors import InvalidCursor
from rooms.storage.keys import INDEX_ROW, index_row

rows = st.builds(index_row, st.integers(10**15, 10**17 - 1).map(str), st.integers(0, MAX_TIME))


@given(rows)
def test_a_cursor_leads_back_to_its_row(row: str) -> None:
    cursor = to_cursor(row)
    assert re.fullmatch("[A-Za-z0-9_-]+", cursor)
    assert read_cursor(cursor, INDEX_ROW) == row


def test_a_cursor_of_all_partitions_of_all_accounts_fits_into_a_url() -> None:
    place = keys.arrival(MAX_TIME, MAX_TIME, "f" * 16)
    text = " ".join([keys.ARRIVED_START, *[place] * 10 * LIMITS.accounts])
    cursor = to_cursor(text)
    assert read_cursor(cursor, re.compile(".*")) == text
    assert len(cursor) < 4096, "half of the host's 8 KiB"


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "====",
        "a b",
        "ä",
        "\0",
        "A" * 100_000,
        to_cursor(".index:1:2"),
        to_cursor("room:room"),
        "_w",
        "-",
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        read_cursor(cursor, INDEX_ROW)


@given(st.text())
def test_any_text_is_a_cursor_of_a_row_or_refused(cursor: str) -> None:
    try:
        assert INDEX_ROW.fullmatch(read_cursor(cursor, INDEX_ROW))
    except InvalidCursor:
        pass


FIRST, NOW = 10**18, 10**18 + 1


def test_a_first_page_is_as_of_now() -> None:
    start = read_start(None, "row", NOW)
    assert (start.as_of, start.after) == (NOW, None)


def test_later_pages_are_as_of_the_time_of_the_first() -> None:
    cursor = read_start(None, "row", FIRST).cursor("row")
    start = read_start(cursor, "row", NOW)
    assert (start.as_of, start.after) == (FIRST, "row")


def test_the_last_page_has_no_cursor() -> None:
    assert read_start(None, "row", NOW).cursor(None) is None


@pytest.mark.parametrize("text", ["row", f"{FIRST} other", f"{FIRST} row ", f"{10**17 - 1} row"])
def test_a_cursor_of_another_list_or_without_a_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        read_start(to_cursor(text), "row", NOW)
