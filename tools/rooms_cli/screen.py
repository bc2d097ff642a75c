"""Prints to standard output."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from rooms_cli.words import plain


def show_json(value: Any) -> None:
    """Prints one JSON document on one line, in ASCII."""
    print(json.dumps(value, separators=(",", ":")), flush=True)


def say(*parts: tuple[str, str] | str) -> None:
    """Prints a line; a part may be a pair of text and style. Long lines are not wrapped or cut, so
    that ids can be copied."""
    line = Text()
    for part in parts:
        text, style = part if isinstance(part, tuple) else (part, "")
        line.append(plain(text), style)
    Console(highlight=False).print(line, soft_wrap=True)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints a table.

    rich's Table fits a table to the terminal and fills each line with blanks. This one may be wider
    than the terminal, so that ids stay whole and `grep` and `cut` work.
    """
    lines = [columns, *([plain(cell) for cell in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for number, line in enumerate(lines):
        say(("  ".join(map(set_cell_size, line, widths)).rstrip(), "" if number else "dim"))
