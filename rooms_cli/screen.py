"""What is written to the standard output."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rooms_cli.words import plain

_NO_END = 100_000
"""Columns: nothing is cut or folded, so that an id stays in one piece where a terminal wraps it."""


def show_json(value: Any) -> None:
    """One JSON document on one line, in ASCII."""
    print(json.dumps(value, separators=(",", ":")), flush=True)


def say(*parts: tuple[str, str] | str) -> None:
    """A line; a part may come with its style."""
    styled = (part if isinstance(part, tuple) else (part, "") for part in parts)
    _console().print(Text.assemble(*((plain(text), style) for text, style in styled)), soft_wrap=True)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table, without lines."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))
    _console().print(table)


def _console() -> Console:
    return Console(highlight=False, width=_NO_END)
