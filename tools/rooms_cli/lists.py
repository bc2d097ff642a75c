"""The beginning of a list."""

import sys
from collections.abc import Iterable
from itertools import chain, islice

from rooms_cli.client import Json


def newest(pages: Iterable[list[Json]], limit: int, quiet: bool) -> list[Json]:
    """So many of what is on pages. If there are more, says so on the standard error, unless
    `quiet`."""
    found = list(islice(chain.from_iterable(pages), limit if quiet else limit + 1))
    if len(found) > limit:
        print(f"These are the newest {limit}; --limit shows more.", file=sys.stderr, flush=True)
    return found[:limit]
