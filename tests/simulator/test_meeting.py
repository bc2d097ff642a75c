"""Plays meetings at the real app, through its webhook. Its answers are correct, except for dropped
events."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from subprocess import PIPE
from typing import Any

import pytest
from rich.console import Console

from devhost.azurite import PROJECT
from simulator.app import Address, App, AppFailed, connected
from simulator.arguments import Arguments
from simulator.command import run
from simulator.delivery import Manner, Progress
from simulator.events import Schema, Shape
from simulator.faults import Faults
from simulator.play import SETTLED, Performance, play
from simulator.reasons import Reason
from simulator.script import LONGEST, MAX_SPEED, write
from simulator.subjects import About, Subject
from simulator.together import together
from testkit.running import RunningApp, new_key
from testkit.waiting import HANG_SECONDS
from tests.effort import THOROUGH, thorough
from tests.simulator.webhook import Webhook, listening

# The SDK's own use of datetime.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


PEOPLE = 25 if THOROUGH else 12
MANY_PEOPLE, DROP = (60, 0.1) if THOROUGH else (24, 0.25)
"""So many that all events of a leg are dropped, too."""
LOSSES = 3 if THOROUGH else 2
"""Meetings that lose a third of their events."""

TABLES = ("Calls", "Attendance", "People", "Presence")


@pytest.fixture
async def meetings_at(app: RunningApp) -> AsyncIterator[App]:
    async with connected(Address.of(app.http, app.manage_key)) as connection:
        yield connection


def some_time_ago() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - LONGEST - SETTLED


@pytest.mark.parametrize(
    ("schema", "shape"),
    [
        pytest.param(
            schema,
            shape,
            # Of each schema another shape stands for both.
            marks=[] if (number + place) % 2 else [pytest.mark.thorough],
        )
        for number, schema in enumerate(Schema)
        for place, shape in enumerate(Shape)
    ],
)
async def test_the_app_knows_the_truth_in_either_schema_and_shape(
    meetings_at: App, schema: Schema, shape: Shape
) -> None:
    reports: list[Progress] = []
    performance = Performance(1, Faults(), Manner(), (schema,), (shape,))
    played = await play(
        meetings_at, write(1, 12, some_time_ago()), performance, on_progress=reports.append
    )
    assert played.differences == []
    assert len(played.answered) == len(played.truth)
    assert reports[-1].delivered == reports[-1].of > 60


async def test_the_app_knows_the_truth_whatever_the_order_and_the_number_of_deliveries(
    meetings_at: App,
) -> None:
    faults = Faults(shuffle=True, copies=3, delay_seconds=0.2)
    played = await play(
        meetings_at, write(2, PEOPLE, some_time_ago()), Performance(2, faults, Manner())
    )
    assert played.differences == []


async def test_what_was_dropped_is_marked_or_follows_from_legs_that_are_not_known(
    meetings_at: App,
) -> None:
    faults = Faults(shuffle=True, copies=2, drop=DROP)
    played = await play(
        meetings_at, write(3, MANY_PEOPLE, some_time_ago()), Performance(3, faults, Manner())
    )
    assert played.outcome.dropped
    assert played.unexplained == []
    of_legs = [
        difference.reason
        for difference in played.differences
        if difference.subject.about is About.LEG
    ]
    assert set(of_legs) == {Reason.ESTIMATED, Reason.UNHEARD}


async def test_with_a_third_of_the_events_lost_nobody_who_came_is_absent_without_a_mark(
    meetings_at: App,
) -> None:
    played = await together(
        *(
            play(
                meetings_at,
                write(seed, 16, some_time_ago()),
                Performance(seed, Faults(drop=0.3), Manner()),
            )
            for seed in range(LOSSES)
        )
    )
    assert [each.unexplained for each in played] == [[]] * LOSSES
    assert [each.wrongly_absent.unmarked for each in played] == [0] * LOSSES
    assert sum(each.wrongly_absent.estimated for each in played) > 0


@pytest.mark.parametrize(
    "key", [lambda app: new_key(), lambda app: app.read_key], ids=["not the app's", "only reads"]
)
async def test_a_wrong_or_read_only_key_is_reported(
    app: RunningApp, key: Callable[[RunningApp], str]
) -> None:
    async with connected(Address.of(app.http, key(app))) as connection:
        with pytest.raises(AppFailed, match="Use a manage key"):
            await play(connection, write(1, 2, some_time_ago()), Performance(1, Faults(), Manner()))


async def test_at_the_https_port_the_message_names_the_other_port(app: RunningApp) -> None:
    async with connected(
        Address.of(f"http://localhost:{app.port + 1}", app.manage_key)
    ) as connection:
        with pytest.raises(
            AppFailed,
            match=r"Server disconnected\. If this is the HTTPS port, use the port before it\.",
        ):
            await play(connection, write(1, 2, some_time_ago()), Performance(1, Faults(), Manner()))


async def test_an_app_that_got_nothing_is_wrong_about_everything(app: RunningApp) -> None:
    async with (
        listening(Webhook()) as webhook,
        connected(Address.of(app.http, app.manage_key, webhook.url)) as connection,
    ):
        played = await play(
            connection, write(1, 2, some_time_ago()), Performance(1, Faults(), Manner())
        )
    assert {difference.subject for difference in played.unexplained} >= {
        Subject(About.CALL, call.id) for call in played.meeting.calls
    }


async def test_a_live_meeting_is_seen_as_it_happens(meetings_at: App) -> None:
    counts: asyncio.Queue[int] = asyncio.Queue()

    def look(presence: dict[str, Any]) -> None:
        counts.put_nowait(presence["call"]["count"] if presence["call"] else 0)

    meeting = write(
        1, 12, datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1), MAX_SPEED
    )
    performance = Performance(1, Faults(), Manner(batch=1), live=True)
    stopped: list[str] = []
    playing = asyncio.create_task(
        play(meetings_at, meeting, performance, on_presence=look, on_stopped=stopped.append)
    )
    seen = [0]
    while seen[-1] < 3:
        seen.append(await asyncio.wait_for(counts.get(), HANG_SECONDS))
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing
    assert seen == sorted(seen)
    (room_id,) = stopped
    presence = await meetings_at.get(f"/rooms/{room_id}/presence")
    assert presence["live"] is False
    (call,) = (await meetings_at.get(f"/rooms/{room_id}/calls"))["value"]
    assert (call["startEstimated"], call["endEstimated"]) == (False, False)
    assert datetime.fromisoformat(call["endedAt"]) <= datetime.now(UTC)
    whole = await meetings_at.get(f"/rooms/{room_id}/calls/{call['id']}")
    assert not any(leg["leaveEstimated"] for leg in whole["legs"])


def line(app: RunningApp, *arguments: str) -> list[str]:
    """Returns the command line of `make meeting` with these arguments."""
    return [
        sys.executable,
        "-m",
        "simulator",
        "--endpoint",
        app.http,
        "--key",
        app.manage_key,
        *arguments,
    ]


def command(app: RunningApp, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        line(app, *arguments),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=HANG_SECONDS,
    )


def test_the_command_sums_up_each_meeting_in_ten_lines(app: RunningApp) -> None:
    ended = command(app, "--seed", "5", "--drop", "0", "0.2")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (
        len(
            re.findall(
                r"^\d+ answers compared, (?:all correct|\d+ differ from the truth)\.$",
                ended.stdout,
                re.M,
            )
        )
        == 2
    )
    assert re.search(r"^ +\d+  marked estimated$", ended.stdout, re.M)
    assert "NOT EXPLAINED" not in ended.stdout
    assert re.search(
        r"^Called absent, though they came: \d+ marked estimated, 0 not marked\.$",
        ended.stdout,
        re.M,
    )
    rooms = re.findall(r"^Room (\d+)$", ended.stdout, re.M)
    links = re.findall(r"^In the console: (\S+)$", ended.stdout, re.M)
    assert links == [f"{app.http}/console#/room/{room_id}" for room_id in rooms]
    assert app.manage_key not in ended.stdout
    assert re.search(
        r"^[\w ]+ \(seed 5\)\n"
        r"Room \d+\n"
        r"\d+ invited: \d+ came, 1 absent; 1 uninvited came\n"
        r"[23] calls: \d\d:\d\d to \d\d:\d\d, .* UTC\n"
        r"\d+ events: 0 dropped, \d+ delivered, 0 retries\n"
        r"Compared: [23] calls, \d+ sessions, [34] attendance reports, who was there at \d+ times\n"
        r"\d+ answers compared, all correct\.\n"
        r"In the console: ",
        ended.stdout,
        re.M,
    )


def test_the_command_fails_if_the_app_does_not_answer_as_it_should(app: RunningApp) -> None:
    ended = command(app, "--people", "2", "--key", new_key())
    assert ended.returncode == 1
    assert "Use a manage key" in " ".join(ended.stdout.split())
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, *thorough(signal.SIGTERM)])
def test_a_live_meeting_names_its_room_and_can_be_stopped(
    app: RunningApp, number: signal.Signals
) -> None:
    def listen() -> None:  # in the background of a shell, Ctrl-C is ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(
        line(app, "--live"), cwd=PROJECT, stdout=PIPE, stderr=PIPE, text=True, preexec_fn=listen
    ) as playing:
        assert playing.stdout
        title, room, where = (playing.stdout.readline() for _ in range(3))
        playing.send_signal(number)
        rest, errors = playing.communicate(timeout=HANG_SECONDS)
    assert (playing.returncode, errors) == (130, "")
    assert "(seed " in title
    room_id = room.removeprefix("Room ").strip()
    assert where == f"{app.http}/console#/room/{room_id}\n"
    assert f"Stopped. Room {room_id} stays. Its calls have ended." in " ".join(rest.split())
    assert " there" not in rest


async def test_on_request_the_command_shows_the_truth_beside_the_answers(app: RunningApp) -> None:
    console = Console(file=StringIO(), width=120)
    address = Address.of(app.http, app.manage_key)
    performance = Performance(1, Faults(), Manner())
    arguments = Arguments(address, 4, 1, (performance,), 0, verbose=True)
    await asyncio.to_thread(run, arguments, console)
    assert isinstance(console.file, StringIO)
    shown = console.file.getvalue()
    assert [title for title in TABLES if not re.search(f"^{title}", shown, re.M)] == []


async def test_the_last_failure_is_shown_beside_the_retries(app: RunningApp) -> None:
    console = Console(file=StringIO(), width=80)
    async with listening(Webhook(lambda number: 503 if number == 0 else 202)) as webhook:
        address = Address.of(app.http, app.manage_key, webhook.url)
        performance = Performance(1, Faults(), Manner(first_pause_seconds=0.001))
        await asyncio.to_thread(run, Arguments(address, 4, 1, (performance,), 0), console)
    assert isinstance(console.file, StringIO)
    assert "events, 1 retries: 503 answer" in console.file.getvalue()
