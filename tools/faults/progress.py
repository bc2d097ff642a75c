"""How far a long run has come: shown in place, and, where there is no terminal, a line now and
then."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from faults.result import Tell

LINE_SECONDS = 20
"""How often a line is printed where it cannot be shown in place."""


@contextmanager
def progress(console: Console, name: str) -> Iterator[Tell]:
    """Takes lines about what has this name."""
    printed = time.monotonic()
    with console.status(name) as status:

        def tell(line: str) -> None:
            nonlocal printed
            status.update(f"{name}: {line}")
            if not console.is_terminal and time.monotonic() > printed + LINE_SECONDS:
                printed = time.monotonic()
                console.print(f"{name}: {line}")

        yield tell
