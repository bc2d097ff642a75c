"""CSV for spreadsheets: UTF-8 with a byte order mark, without formulas and invisible signs."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rooms.domain.shown_text import END_ISOLATE, ISOLATE, ISOLATED, cleaned

# Where a program may see the start of a cell: also after a semicolon, which separates cells where
# decimals have a comma. Tabs and line ends are blanks by then.
_BEFORE_FORMULA = re.compile(
    r"""(^|;)(?=[\s"\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c\u200d\u2068\u2069\u2800\u3164"""
    r"""\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]*[=+\-@\uff1d\uff0b\uff0d\uff20])"""
)
"""Between are blanks, quotes and letters that nobody sees. The last four characters are wide forms,
which some programs accept."""


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
    # Strangers choose their names: =HYPERLINK(...) must not run on the reader's machine.
    return _BEFORE_FORMULA.sub(r"\1'", _cleaned(value) if isinstance(value, str) else _json(value))


def _cleaned(text: str) -> str:
    """Returns the text cleaned. The names that a sentence isolates stay so."""
    return "".join(
        f"{ISOLATE}{cleaned(part)}{END_ISOLATE}" if number % 2 else cleaned(part)
        for number, part in enumerate(ISOLATED.split(text))
    )


def _json(value: Any) -> str:
    """Returns the value as JSON, in which every sign is seen."""
    return "".join(
        letter if letter.isprintable() else json.dumps(letter)[1:-1]
        for letter in json.dumps(value, ensure_ascii=False)
    )
