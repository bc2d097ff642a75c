"""`rooms log`, and `rooms log --follow`."""

import sys
import time
from collections.abc import Iterator
from datetime import datetime

from rooms_cli.client import Client, Json, Query
from rooms_cli.failures import TemporaryFailure
from rooms_cli.lists import newest
from rooms_cli.words import plain

POLL_SECONDS = 2


def tail(client: Client, room_id: str, query: Query, limit: int, quiet: bool) -> list[Json]:
    """Returns the newest `limit` records, the oldest of them first."""
    return newest(client.log_pages(room_id, query), limit, quiet)[::-1]


def follow(client: Client, room_id: str, query: Query, limit: int, quiet: bool) -> Iterator[Json]:
    """Yields the newest `limit` records, and then new ones as they arrive, without end.

    Those of who looks only if that kind is asked for: this looks itself, every two seconds.
    """
    from rooms.domain.log_kinds import is_access  # imported here because it loads all rules

    chosen = {name: query.get(name) for name in ("kind", "actor")}
    start, accesses = query.get("from"), is_access(query.get("kind") or "")
    cursor = client.arrivals(room_id, {**chosen, "since": "now"})["cursor"]
    records = tail(client, room_id, query, limit, quiet)
    yield from records
    shown = {record["id"] for record in records}  # what arrived meanwhile comes again, once
    last_failure, more = "", False
    while True:
        if not more:
            time.sleep(POLL_SECONDS)
        try:
            page = client.arrivals(room_id, {**chosen, "since": cursor})
        except TemporaryFailure as failure:
            more = False
            if str(failure) != last_failure:
                last_failure = str(failure)
                print(f"rooms: {plain(last_failure)} Retrying ...", file=sys.stderr, flush=True)
            continue
        last_failure, cursor, more = "", page["cursor"], page["more"]
        for record in page["value"]:
            if record["id"] in shown:
                shown.remove(record["id"])
            elif is_access(record["kind"]) and not accesses:
                continue
            elif start is None or _time(record["time"]) >= _time(start):
                yield record


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
