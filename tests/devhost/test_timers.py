"""Timers: when they are due, and running them, also by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from devhost.errors import CannotStart
from devhost.timers import Every, read_schedule
from testkit.devhost import Devhost
from testkit.waiting import until

NOW = datetime(2026, 1, 1, 12, 34, 56, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("text", "following"),
    [
        ("*/10 * * * * *", "2026-01-01T12:35:00"),
        ("0 */5 * * * *", "2026-01-01T12:35:00"),
        ("*/5 * * * *", "2026-01-01T12:35:00"),
        ("30 9 * * 1-5", "2026-01-02T09:30:00"),
        ("0 0 0 13 * 5", "2026-02-13T00:00:00"),
        ("0 30 2 * * SUN", "2026-01-04T02:30:00"),
        ("00:05:00", "2026-01-01T12:39:56"),
        ("%SCHEDULE%", "2026-01-01T13:00:00"),
    ],
)
def test_a_schedule_is_read_as_the_host_reads_it(text: str, following: str) -> None:
    schedule = read_schedule("f", text, {"SCHEDULE": "0 0 * * * *"})
    assert schedule.after(NOW) == datetime.fromisoformat(following).replace(tzinfo=UTC)


def test_an_interval_may_have_days() -> None:
    assert read_schedule("f", "1.02:00:00", {}) == Every(timedelta(days=1, hours=2))


@pytest.mark.parametrize(
    "text",
    ["", "x", "* * * *", "* * * * * * *", "61 * * * * *", "00:00:00", "25:00:00", "%MISSING%"],
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(CannotStart, match="Function f: "):
        read_schedule("f", text, {})


def ticks(devhost: Devhost) -> list[str]:
    found: list[str] = devhost.get("/received").json()["ticks"]
    return found


def test_a_timer_runs_again_and_again(devhost: Devhost) -> None:
    until(lambda: ticks(devhost).count("each_second") > 1)


def test_a_function_can_be_run_by_hand(devhost: Devhost) -> None:
    for body in (b"{}", b'{"input": ""}'):
        assert devhost.request("POST", "/admin/functions/Yearly", body=body).status == 202
    until(lambda: ticks(devhost).count("yearly False ['Last', 'LastUpdated', 'Next']") == 2)


def test_an_event_can_be_delivered_by_hand(devhost: Devhost) -> None:
    assert (
        devhost.request(
            "POST", "/admin/functions/Receive", body=b'{"input": "{\\"by\\": \\"hand\\"}"}'
        ).status
        == 202
    )
    until(lambda: '{"by":"hand"}' in devhost.get("/received").json()["received"])


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [("yearly", b"", 400), ("yearly", b"{", 400), ("nothing", b"{}", 404)],
)
def test_running_by_hand_needs_a_function_and_a_body(
    devhost: Devhost, name: str, body: bytes, status: int
) -> None:
    assert devhost.request("POST", f"/admin/functions/{name}", body=body).status == status
