"""What is written to the standard output."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from rooms_cli.words import plain


def show_json(value: Any) -> None:
    """One JSON document on one line, in ASCII."""
    print(json.dumps(value, separators=(",", ":")), flush=True)


def say(*parts: tuple[str, str] | str) -> None:
    """A line; a part may come with its style. Nothing is cut or folded, so that an id stays in one
    piece."""
    styled = (part if isinstance(part, tuple) else (part, "") for part in parts)
    Console(highlight=False).print(
        Text.assemble(*((plain(text), style) for text, style in styled)), soft_wrap=True
    )


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table, without lines, and without blanks at their ends."""
    lines = [columns, *([plain(cell) for cell in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for number, line in enumerate(lines):
        say(("  ".join(map(set_cell_size, line, widths)).rstrip(), "" if number else "dim"))
