"""Following a log when the service fails for a while."""

from collections.abc import Iterator, Mapping
from itertools import islice

import pytest

from rooms_cli import following
from rooms_cli.client import Client, Json
from rooms_cli.connection import Connection
from rooms_cli.failures import Failure, TemporaryFailure


class Logs(Client):
    """Answers with one log after the other, or fails."""

    def __init__(self, *answers: str | Failure) -> None:
        super().__init__(Connection("http://localhost:1", "YQ=="))
        self._answers = iter(answers)

    def log_pages(self, room_id: str, query: Mapping[str, str | None]) -> Iterator[list[Json]]:
        answer = next(self._answers)
        if isinstance(answer, Failure):
            raise answer
        yield []
        yield [{"id": letter} for letter in answer]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "POLL_SECONDS", 0)


def test_it_goes_on_over_a_temporary_failure_and_says_so_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    away, busy = TemporaryFailure("Away."), TemporaryFailure("Busy.")
    client = Logs("", "a", away, away, busy, "cba", away, "dcba")
    shown = [
        record["id"] for record in islice(following.follow(client, "1", {}, 10, quiet=False), 4)
    ]
    assert shown == ["a", "b", "c", "d"]
    trouble = capsys.readouterr()
    assert trouble.out == ""
    assert [line.removesuffix(" Retrying ...") for line in trouble.err.splitlines()] == [
        f"rooms: {said}" for said in ("Away.", "Busy.", "Away.")
    ]


def test_it_ends_with_another_failure() -> None:
    records = following.follow(Logs("", "a", Failure("Denied.")), "1", {}, 10, quiet=False)
    assert next(records)["id"] == "a"
    with pytest.raises(Failure, match="Denied"):
        next(records)


def test_what_comes_while_the_first_are_read_is_shown_once_and_what_was_too_many_never() -> None:
    client = Logs("cba", "d", "edcba")  # of which one is asked for
    assert [
        record["id"] for record in islice(following.follow(client, "1", {}, 1, quiet=True), 2)
    ] == ["d", "e"]


def test_a_late_record_is_shown_though_later_ones_were() -> None:
    client = Logs("ca", "ca", "cba")
    assert [
        record["id"] for record in islice(following.follow(client, "1", {}, 10, quiet=False), 3)
    ] == ["a", "c", "b"]
