"""The end of a room's log, and what comes to it."""

import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from rooms_cli.client import Client, Json
from rooms_cli.failures import TemporaryFailure
from rooms_cli.lists import newest
from rooms_cli.words import plain

POLL_SECONDS = 2

LATE = timedelta(minutes=5)
"""An event that comes later than that is not shown: ACS may tell of a leave two minutes late."""


def tail(
    client: Client, room_id: str, query: Mapping[str, str | None], limit: int, quiet: bool
) -> list[Json]:
    """So many of the newest records, the oldest of them first."""
    return newest(client.log_pages(room_id, query), limit, quiet)[::-1]


def follow(
    client: Client, room_id: str, query: Mapping[str, str | None], limit: int, quiet: bool
) -> Iterator[Json]:
    """The same, and then without end those that come, in the order in which they come."""
    since = _since(query)
    shown = _ids(_recent(client, room_id, query, since))
    records = tail(client, room_id, query, limit, quiet)
    yield from records
    shown |= _ids(records)
    trouble = ""
    while True:
        time.sleep(POLL_SECONDS)
        since = max(since, _since(query))
        try:
            records = _recent(client, room_id, query, since)
        except TemporaryFailure as failure:
            if str(failure) != trouble:
                trouble = str(failure)
                print(f"rooms: {plain(trouble)} Trying on ...", file=sys.stderr, flush=True)
            continue
        trouble = ""
        yield from (record for record in records if record["id"] not in shown)
        shown = _ids(records)


def _recent(
    client: Client, room_id: str, query: Mapping[str, str | None], since: datetime
) -> list[Json]:
    pages = client.log_pages(room_id, {**query, "from": since.isoformat()})
    return [record for page in pages for record in page][::-1]


def _since(query: Mapping[str, str | None]) -> datetime:
    """From when on records are looked at now."""
    asked, late = query.get("from"), datetime.now(UTC) - LATE
    return late if asked is None else max(late, datetime.fromisoformat(asked))


def _ids(records: list[Json]) -> set[str]:
    return {record["id"] for record in records}
