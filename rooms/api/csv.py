"""Answers as CSV that a spreadsheet opens right: UTF-8 with a byte order mark, and no cell that it
takes for a formula."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# What a program may take for the beginning of a cell: also that behind a semicolon or a tab, which
# are the separators where the comma is for decimals, and behind a line's end, as the quotes around
# the cell are then none.
_BEFORE_FORMULA = re.compile(
    r"""^(?=[\t\r\n])|(^|[;\t\r\n])(?=[\s\x00-\x20"\u200b\ufeff]{0,99}[=+\-@\uff1d\uff0b\uff0d\uff20])"""
)
"""The last four are wide ones, which some programs take, too."""


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A line of names, and a line for each row. What is no text, number or truth value is JSON in
    its cell; None is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # A name is a stranger's text: =HYPERLINK(...) must not be run by who reads the report.
    return _BEFORE_FORMULA.sub(r"\1'", text)
