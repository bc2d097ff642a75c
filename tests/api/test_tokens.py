import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.api.tokens import from_token, to_token
from rooms.domain.time import MAX_TIME
from rooms.storage.errors import InvalidCursor
from rooms.storage.keys import INDEX_ROW, index_row

rows = st.builds(index_row, st.integers(10**15, 10**17 - 1).map(str), st.integers(0, MAX_TIME))


@given(rows)
def test_a_token_leads_back_to_its_row(row: str) -> None:
    token = to_token(row)
    assert re.fullmatch("[A-Za-z0-9_-]+", token)
    assert from_token(token, INDEX_ROW) == row


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "====",
        "a b",
        "ä",
        "\0",
        "A" * 100_000,
        to_token(".index:1:2"),
        to_token("room:room"),
        "_w",
        "-",
    ],
)
def test_a_token_that_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(InvalidCursor):
        from_token(token, INDEX_ROW)


@given(st.text())
def test_any_text_is_a_token_of_a_row_or_refused(token: str) -> None:
    try:
        assert INDEX_ROW.fullmatch(from_token(token, INDEX_ROW))
    except InvalidCursor:
        pass
