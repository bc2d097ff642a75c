"""Answers as CSV that a spreadsheet opens right: UTF-8 with a byte order mark, and no cell that it takes for a formula."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 (some programs take the wide ones, too)


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A line of names, and a line for each row. What is no text, number or truth value is JSON in its cell; None is empty."""
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
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA_STARTS) else text
