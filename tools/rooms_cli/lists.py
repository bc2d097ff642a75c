"""The newest entries of a list."""

import sys
from collections.abc import Iterable
from itertools import chain, islice

from rooms_cli.client import Json


def newest(pages: Iterable[list[Json]], limit: int, quiet: bool) -> list[Json]:
    """Returns the first `limit` entries of the pages. If there are more, says so on standard error,
    unless `quiet`."""
    entries = list(islice(chain.from_iterable(pages), limit if quiet else limit + 1))
    if len(entries) > limit:
        print(
            f"Only the newest {limit} are shown. --limit shows more.", file=sys.stderr, flush=True
        )
    return entries[:limit]
