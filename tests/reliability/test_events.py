"""An app that is killed again and again while Event Grid delivers."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from azure.data.tables import TableClient

from rooms.rules.events import CallEvent
from rooms.rules.time import SECOND, format_time
from rooms.storage.entities import event_of
from simulator.delivery import Manner, Progress, deliver
from simulator.faults import Faults
from tests.ports import free_port
from tests.rules.histories import BASE
from tests.running import RunningApp, running_app
from tests.whole import stored_rooms

EVENTS = int(os.environ.get("EVENTS", "300"))
KILLS = int(os.environ.get("KILLS", "3"))
ROOMS = 10


class Restarted:
    """The app, which is started again whenever it was killed."""

    def __init__(self, folder: Path, table: str, azurite: str) -> None:
        self.port = free_port(3)
        self.killed = 0
        self._folder = folder
        self._settings = {"ROOMS_STORAGE": azurite, "ROOMS_TABLE": table}
        self._app: RunningApp | None = None
        self._answers = threading.Event()
        self._over = threading.Event()
        self._dead = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            assert self._answers.wait(60)
            yield
        finally:
            self._over.set()
            self._dead.set()
            thread.join()

    def kill(self) -> None:
        """Kill it; it is started again by the thread that has started it."""
        if self._app and self._answers.is_set():
            self._answers.clear()
            self.killed += 1
            os.kill(self._app.process.pid, signal.SIGKILL)
            self._dead.set()

    def _run(self) -> None:
        while not self._over.is_set():
            with running_app(self._folder / str(self.killed), self._settings, self.port) as self._app:
                self._answers.set()
                self._dead.wait()
                self._dead.clear()
                if not self._over.is_set():
                    self._app.process.wait()


def event(number: int, random: Random) -> tuple[str, CallEvent]:
    """An event, and of which room."""
    kind = random.choice(("ParticipantAdded", "ParticipantAdded", "ParticipantRemoved", "CallEnded"))
    participant = f"p{random.randrange(50)}" if kind != "CallEnded" else None
    call = f"call-{random.randrange(5)}"
    at = BASE + random.randrange(7200) * SECOND
    room = f"9940000000000000{random.randrange(ROOMS)}"
    return room, CallEvent(kind, f"event-{number}", f"{room}-{call}", at, participant)  # type: ignore[arg-type]


def element(room: str, event: CallEvent) -> dict[str, Any]:
    """As Event Grid delivers it."""
    data = {"room": {"id": room}, "correlationId": event.call, "participantId": event.participant_id}
    kind = event.kind if event.kind.startswith("Call") else f"Call{event.kind}"
    return {
        "id": event.id,
        "eventType": f"Microsoft.Communication.{kind}",
        "eventTime": format_time(event.at),
        "subject": "call",
        "dataVersion": "1.0",
        "data": data,
    }


async def test_an_app_killed_among_deliveries_loses_nothing_and_doubles_nothing(azurite: str, tmp_path: Path) -> None:
    random = Random(20261121)
    sent = [event(number, random) for number in range(EVENTS)]
    app = Restarted(tmp_path, "killedevents", azurite)

    def kill_in_time(progress: Progress) -> None:
        if app.killed < KILLS and progress.delivered > progress.of * (app.killed + 1) / (KILLS + 1):
            app.kill()

    with app.running():
        outcome = await deliver(
            [element(*each) for each in sent],
            f"http://localhost:{app.port}/runtime/webhooks/EventGrid?functionName=call_events",
            Faults(shuffle=True, copies=2),
            on_progress=kill_in_time,
            manner=Manner(longest_pause_seconds=1),
        )
    assert app.killed == KILLS
    assert outcome.progress.retries > 0
    assert outcome.refused == {}
    with TableClient.from_connection_string(azurite, "killedevents") as client:
        rows = list(client.list_entities())
    stored_rooms(rows)
    stored = sorted((row["RowKey"].partition(":")[0], event_of(row).key) for row in rows if "event" in row)
    assert stored == sorted((room, event.key) for room, event in sent)
    print(f"{EVENTS} events, each delivered twice; killed {app.killed} times, {outcome.progress.retries} retries")
