"""What a long run is doing: in place on a terminal, else a line now and then."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from faults.result import Tell

_LINE_SECONDS = 20


@contextmanager
def progress(console: Console, name: str) -> Iterator[Tell]:
    """Takes lines of progress of what is called so."""
    with console.status(name) as status:
        told = time.monotonic()

        def tell(line: str) -> None:
            nonlocal told
            status.update(f"{name}: {line}")
            if not console.is_terminal and time.monotonic() > told + _LINE_SECONDS:
                told = time.monotonic()
                console.print(f"{name}: {line}")

        yield tell
