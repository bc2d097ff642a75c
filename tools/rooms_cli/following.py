"""`rooms log`, and `rooms log --follow`."""

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from rooms_cli.client import Client, Json, Query
from rooms_cli.failures import TemporaryFailure
from rooms_cli.lists import newest
from rooms_cli.words import plain

POLL_SECONDS = 2

LATE = timedelta(minutes=5)
"""Events that arrive later than this are not shown. ACS may report a leave two minutes late."""


def tail(client: Client, room_id: str, query: Query, limit: int, quiet: bool) -> list[Json]:
    """Returns the newest `limit` records, the oldest of them first."""
    return newest(client.log_pages(room_id, query), limit, quiet)[::-1]


def follow(client: Client, room_id: str, query: Query, limit: int, quiet: bool) -> Iterator[Json]:
    """Yields the newest `limit` records, and then new ones as they arrive, without end."""
    since = _since(query)
    shown = _ids(_recent(client, room_id, query, since))
    records = tail(client, room_id, query, limit, quiet)
    yield from records
    shown |= _ids(records)
    last_failure = ""
    while True:
        time.sleep(POLL_SECONDS)
        since = max(since, _since(query))
        try:
            records = _recent(client, room_id, query, since)
        except TemporaryFailure as failure:
            if str(failure) != last_failure:
                last_failure = str(failure)
                print(f"rooms: {plain(last_failure)} Retrying ...", file=sys.stderr, flush=True)
            continue
        last_failure = ""
        yield from (record for record in records if record["id"] not in shown)
        shown = _ids(records)


def _recent(client: Client, room_id: str, query: Query, since: datetime) -> list[Json]:
    pages = client.log_pages(room_id, {**query, "from": since.isoformat()})
    return [record for page in pages for record in page][::-1]


def _since(query: Query) -> datetime:
    """Returns the time from which on to read records now."""
    start, latest = query.get("from"), datetime.now(UTC) - LATE
    return latest if start is None else max(latest, datetime.fromisoformat(start))


def _ids(records: list[Json]) -> set[str]:
    return {record["id"] for record in records}
