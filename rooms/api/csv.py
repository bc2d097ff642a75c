"""CSV for spreadsheets: UTF-8 with a byte order mark, and without formulas."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# Where a program may see the start of a cell: also after a semicolon or a tab, which separate cells
# where decimals have a comma, and after a line end, where the quotes of the cell no longer count.
_BEFORE_FORMULA = re.compile(
    r"""^(?=[\t\r\n])|(^|[;\t\r\n])"""
    r"""(?=[\s\x00-\x20"\u200b\ufeff]{0,99}[=+\-@\uff1d\uff0b\uff0d\uff20])"""
)
"""The last four characters are wide forms, which some programs accept."""


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Returns a header and a line for each row. Lists and objects are JSON; None is empty."""
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
    # Strangers choose their names: =HYPERLINK(...) must not run on the reader's machine.
    return _BEFORE_FORMULA.sub(r"\1'", text)
