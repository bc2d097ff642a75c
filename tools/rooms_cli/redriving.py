"""`rooms redrive`: delivers dead-lettered events again, and shows what became of each."""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from rooms_cli.client import Client, Json
from rooms_cli.connection import connection
from rooms_cli.dead_letters import Entry, read_entries, same
from rooms_cli.failures import Failure, TemporaryFailure
from rooms_cli.screen import say, show_json, show_table
from rooms_cli.side_by_side import each
from rooms_cli.webhook import Webhook, is_temporary, webhook_key

AT_ONCE = 8
"""Requests that wait for their answers at the same time."""

GIVE_UP_AFTER = 20
"""The command ends if the service fails on so many entries in a row."""


class Outcome(StrEnum):
    """What became of an entry."""

    DELIVERED = "delivered"
    QUARANTINED = "in quarantine"
    REFUSED = "refused"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an entry, and why."""

    file: str
    number: int
    id: str
    outcome: Outcome
    detail: str = ""


def redrive(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            readable=True,
            help="Dead-letter blobs that you have downloaded.",
        ),
    ],
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="Maximum number of entries to show.")
    ] = 30,
    as_json: Annotated[
        bool, typer.Option("--json", help="For scripts: each entry, one JSON object a line.")
    ] = False,
) -> None:
    """Deliver the events of Event Grid's dead-letter files to the service again.

    In Azure, set EVENT_GRID_KEY to the system key eventgrid_extension of the Function App. The
    command can be repeated: the service keeps an event once. Exits with 1 unless every entry was
    delivered.
    """
    at = connection(os.environ)
    client, webhook = Client(at), Webhook(at.endpoint, webhook_key(os.environ))
    next(client.pages("/quarantine", {}))  # a wrong key is found before anything is sent
    entries = [entry for file in files for entry in read_entries(file)]
    results = _with_quarantine(client, entries, _delivered(webhook, entries))
    if as_json:
        for result in results:
            show_json(asdict(result))
    else:
        _show(results, limit)
    if any(result.outcome is not Outcome.DELIVERED for result in results):
        raise typer.Exit(1)


def _delivered(webhook: Webhook, entries: Sequence[Entry]) -> list[Result]:
    """Delivers what can be read, and returns what became of each entry.

    Raises:
        Failure: the service does not answer, or refuses the key, or fails again and again.
    """
    results, failures = list[Result](), 0

    def deliver(entry: Entry) -> str:
        return "" if entry.fault else webhook.deliver(entry.event)

    try:
        with closing(_each(deliver, entries, "events delivered")) as refusals:
            for entry, refusal in zip(entries, refusals, strict=True):
                outcome = Outcome.REFUSED if refusal else Outcome.DELIVERED
                if entry.fault:
                    outcome = Outcome.UNREADABLE
                results.append(_result(entry, outcome, entry.fault or refusal))
                failures = failures + 1 if is_temporary(refusal) else 0
                if failures == GIVE_UP_AFTER:
                    raise TemporaryFailure(
                        f"The service failed on {failures} entries in a row: {refusal}. "
                        "Try again later."
                    )
    except Failure as failure:
        done = sum(result.outcome is Outcome.DELIVERED for result in results)
        raise Failure(
            f"{failure} {done:,} of {len(entries):,} entries were delivered before. "
            "The command can be repeated."
        ) from failure
    return results


def _with_quarantine(
    client: Client, entries: Sequence[Entry], results: Sequence[Result]
) -> list[Result]:
    """Returns the results, with those that the service has put into quarantine."""
    if not any(result.outcome is Outcome.DELIVERED for result in results):
        return list(results)
    kept = [event for page in client.pages("/quarantine", {}) for event in page]

    def text_of(event: Json) -> str:
        excerpt: str = event["excerpt"]
        if event["size"] <= len(excerpt):
            return excerpt
        try:
            return client.quarantined(event["id"])
        except TemporaryFailure:
            raise
        except Failure:  # somebody has redriven or deleted it meanwhile
            return ""

    texts = _each(text_of, kept, "events in quarantine compared")
    found = {_same_text(text): event for event, text in zip(kept, texts, strict=True)}
    return [
        _result(
            entry, Outcome.QUARANTINED, f"{found[content]['reason']} (id {found[content]['id']})"
        )
        if result.outcome is Outcome.DELIVERED and (content := same(entry.event)) in found
        else result
        for entry, result in zip(entries, results, strict=True)
    ]


def _same_text(text: str) -> str:
    try:
        return same(json.loads(text))
    except (ValueError, RecursionError):
        return ""


def _result(entry: Entry, outcome: Outcome, detail: str) -> Result:
    return Result(entry.file, entry.number, entry.id, outcome, detail)


def _each[T, R](work: Callable[[T], R], things: Sequence[T], what: str) -> Generator[R]:
    """Yields the result of each, in order, and shows the progress."""
    with _progress(len(things), what) as advance, closing(each(work, things, AT_ONCE)) as results:
        for result in results:
            advance()
            yield result


@contextmanager
def _progress(total: int, what: str) -> Iterator[Callable[[], None]]:
    """Shows a bar on standard error, if that is a terminal."""
    columns = BarColumn(), MofNCompleteColumn(), TextColumn(what), TimeRemainingColumn()
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not sys.stderr.isatty()
    ) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


def _show(results: Iterable[Result], limit: int) -> None:
    others = [result for result in results if result.outcome is not Outcome.DELIVERED]
    if others:
        show_table(
            ("file", "entry", "id", "what became of it"),
            [
                (result.file, str(result.number), result.id, f"{result.outcome}: {result.detail}")
                for result in others[:limit]
            ],
        )
        if len(others) > limit:
            say(f"These are the first {limit:,}. --limit shows more, --json shows all.")
    counts = Counter(result.outcome for result in results)
    total = sum(counts.values())
    say(
        f"{total:,} {'entry' if total == 1 else 'entries'}: "
        + ", ".join(f"{counts[outcome]:,} {outcome}" for outcome in Outcome)
        + "."
    )
