"""The clock of a storage account."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from azure.core.pipeline import PipelineResponse
from azure.data.tables import TableClient

from rooms.domain.limits import LIMITS
from rooms_cli.failures import Failure
from rooms_cli.storage import Account
from rooms_cli.storage_failures import failures_of


def storage_time(client: TableClient) -> datetime:
    """Returns the time by the clock of the storage. One request."""
    dates: list[str] = []

    def hook(response: PipelineResponse[Any, Any]) -> None:
        dates.append(response.http_response.headers["Date"])

    rows = client.query_entities("", results_per_page=1, select=["RowKey"], raw_response_hook=hook)
    next(iter(rows), None)
    return parsedate_to_datetime(dates[-1])


def check_clock(account: Account) -> None:
    """Raises Failure if the clock of this machine is so wrong that the app would change nothing.
    One request."""
    with failures_of(account) as client:
        theirs = storage_time(client)
    ahead = round((datetime.now(UTC) - theirs).total_seconds())
    if abs(ahead) >= LIMITS.clock_refused_seconds:
        which = "ahead of" if ahead > 0 else "behind"
        raise Failure(
            f"The clock of this machine is {abs(ahead) // 60} min {which} that of "
            f"{account.address}. Set the clock."
        )
