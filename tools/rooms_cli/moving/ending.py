"""How commands end that compare two sides: a script has to tell a difference from a side that
cannot be asked."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from rooms_cli.failures import Failure
from rooms_cli.words import plain


@contextmanager
def exit_3_if_unreachable() -> Iterator[None]:
    """Ends the command with 3 and the message, if it fails inside."""
    try:
        yield
    except Failure as failure:
        print(f"rooms: {plain(str(failure))}", file=sys.stderr, flush=True)
        raise typer.Exit(3) from None
