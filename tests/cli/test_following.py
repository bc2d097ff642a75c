"""Following a log when the service fails for a while."""

from collections.abc import Iterator, Mapping
from itertools import islice

import pytest

from rooms_cli import following
from rooms_cli.client import Client, Json
from rooms_cli.connection import Connection
from rooms_cli.failures import Failure, TemporaryFailure

AWAY, BUSY = TemporaryFailure("Away."), TemporaryFailure("Busy.")


def record(letter: str) -> Json:
    """A record that happened on that day of May: a is the first."""
    time = f"2026-05-{ord(letter) - 96:02}T10:00:00+00:00"
    return {"id": letter, "time": time, "kind": "CallStarted"}


class Logs(Client):
    """Has one log, newest first, and answers with one batch of arrivals after the other, or
    fails."""

    def __init__(self, log: str, *arrivals: str | Failure) -> None:
        super().__init__(Connection("http://localhost:1", "YQ=="))
        self._log = log
        self._arrivals = arrivals
        self.asked: list[str | None] = []

    def log_pages(self, room_id: str, query: Mapping[str, str | None]) -> Iterator[list[Json]]:
        assert self.asked == ["now"], "else what arrives between the two would be missed"
        yield []
        yield list(map(record, self._log))

    def arrivals(self, room_id: str, query: Mapping[str, str | None]) -> Json:
        since = query["since"]
        self.asked.append(since)
        if since == "now":
            return {"value": [], "cursor": "0", "more": False}
        answer = self._arrivals[len(self.asked) - 2]
        if isinstance(answer, Failure):
            raise answer
        return {"value": list(map(record, answer)), "cursor": f"{since}{answer}", "more": True}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "POLL_SECONDS", 0)


def shown(client: Logs, count: int, limit: int = 10, start: str | None = None) -> list[str]:
    records = following.follow(client, "1", {"from": start}, limit, quiet=True)
    return [record["id"] for record in islice(records, count)]


def test_it_goes_on_over_a_temporary_failure_and_says_so_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    client = Logs("a", AWAY, AWAY, BUSY, "bc", AWAY, "d")
    assert shown(client, 4) == ["a", "b", "c", "d"]
    assert client.asked == ["now", "0", "0", "0", "0", "0bc", "0bc"]
    trouble = capsys.readouterr()
    assert trouble.out == ""
    assert [line.removesuffix(" Retrying ...") for line in trouble.err.splitlines()] == [
        f"rooms: {said}" for said in ("Away.", "Busy.", "Away.")
    ]


def test_it_ends_with_another_failure() -> None:
    records = following.follow(Logs("a", Failure("Denied.")), "1", {}, 10, quiet=False)
    assert next(records)["id"] == "a"
    with pytest.raises(Failure, match="Denied"):
        next(records)


def test_what_comes_while_the_first_are_read_is_shown_once() -> None:
    assert shown(Logs("dcba", "d", "e"), 2, limit=1) == ["d", "e"]


def test_a_late_record_is_shown_though_later_ones_were() -> None:
    assert shown(Logs("ca", "b"), 3) == ["a", "c", "b"]


def test_a_record_of_before_the_chosen_time_is_not_shown() -> None:
    assert shown(Logs("d", "b", "ce"), 3, start="2026-05-03T10:00:00+00:00") == ["d", "c", "e"]
