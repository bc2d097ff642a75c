"""How far a long command is, on a line of the terminal that is gone at the end."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


def show_progress(text: str) -> None:
    """Shows how far it is, in the place of what was shown before."""
    if sys.stderr.isatty():
        print(f"\r{text} ...", end="", file=sys.stderr, flush=True)


@contextmanager
def progress_cleared() -> Iterator[None]:
    """Clears at the end what `show_progress` has shown."""
    try:
        yield
    finally:
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
