"""The data that the console shows: rooms, meetings and events in an app."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from devhost.azurite import PROJECT
from devhost.settings import KEY_PREFIX
from rooms.domain.time import HOUR, format_time, now
from testkit.events import Meeting, live_meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw
from testkit.running import RunningApp
from testkit.waiting import HANG_SECONDS, until

type Json = dict[str, Any]

NAMES = {raw_id(1): "Dr. Khan", raw_id(2): "Nils Diallo", raw_id(3): "Salma Hansen"}


@dataclass
class Scenes:
    """Creates each scene when a test first needs it."""

    app: RunningApp
    raw: Raw = field(init=False)
    insight: Insight = field(init=False)

    def __post_init__(self) -> None:
        self.raw = Raw(self.app.http, self.app.manage_key)
        self.insight = Insight(self.app, self.app.manage_key)

    def room(
        self,
        title: str | None = None,
        people: dict[str, str] | None = None,
        names: dict[str, str] | None = None,
        scheduled: tuple[float, float] | None = None,
        dial_out: bool = False,
    ) -> str:
        """A room that is open, with who is invited in which role; its id. The schedule is in hours
        from now."""
        invited = {who: {"role": role} for who, role in (people or {}).items()}
        body = {"participants": invited, "pstnDialOutEnabled": dial_out}
        room_id: str = self.raw.new_room(body)["id"]
        details: Json = {
            "title": title,
            "participants": {who: {"name": name} for who, name in (names or {}).items()},
        }
        if scheduled:
            start, end = map(hours_from_now, scheduled)
            details |= {"scheduledStart": start, "scheduledEnd": end}
        if title or names or scheduled:
            self.set_details(room_id, details)
        return room_id

    def set_details(self, room_id: str, details: Json) -> None:
        assert self.insight.patch(f"/rooms/{room_id}/details", details).status == 200

    def play(self, *options: str) -> Json:
        """A meeting of the past, played by the simulator; its report."""
        line = [
            sys.executable,
            "-m",
            "simulator",
            "--json",
            "--endpoint",
            self.app.http,
            "--batch=50",
            *options,
        ]
        environment = {**os.environ, f"{KEY_PREFIX}meeting": self.app.manage_key}
        ended = subprocess.run(
            line, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=HANG_SECONDS
        )
        assert ended.stderr == ""
        report: Json = json.loads(ended.stdout.splitlines()[-1])
        assert report["kind"] == "report", report
        return report

    @cached_property
    def lesson(self) -> Json:
        """A meeting of twelve people without lost events. One of them never joins."""
        return self.play("--people=12", "--seed=11")

    @cached_property
    def lossy(self) -> Json:
        """A meeting that loses every fifth event, so that times are estimated."""
        return self.play("--people=12", "--seed=3", "--drop=0.2")

    @cached_property
    def live(self) -> Meeting:
        """A live call of three people. One of them was not invited."""
        people = {raw_id(1): "Presenter", raw_id(2): "Attendee"}
        call = live_meeting(self.room("Surgery hour", people, {raw_id(1): "Dr. Khan"}), seconds=120)
        self.insight.deliver(
            call.started(by=raw_id(1)),
            call.added(1, raw_id(1), "Ines", "Presenter"),
            call.added(30, raw_id(2), "Nils", "Attendee"),
            call.added(60, raw_id(3), "Salma", "Consumer"),
        )
        return call

    @cached_property
    def silent(self) -> Meeting:
        """A live call whose last event was two hours ago, when its time was over."""
        people = {raw_id(1): "Presenter", raw_id(2): "Attendee", raw_id(3): "Attendee"}
        room_id = self.room("Morning round", people, NAMES, scheduled=(-3, -2))
        call = live_meeting(room_id, seconds=3 * 3600)
        self.insight.deliver(
            call.started(by=raw_id(1)),
            call.added(60, raw_id(1), "Ines", "Presenter"),
            call.added(3_600, raw_id(2), "Nils", "Attendee"),
        )
        return call

    @cached_property
    def waiting(self) -> Meeting:
        """A live call, six minutes after it was to begin. One person has not come, one has left."""
        people = {raw_id(3): "Attendee", raw_id(2): "Attendee", raw_id(1): "Presenter"}
        room_id = self.room("Consultation", people, NAMES, scheduled=(-0.1, 0.4))
        call = live_meeting(room_id, seconds=420)
        self.insight.deliver(
            call.started(by=raw_id(2)),
            call.added(1, raw_id(2), "Nils", "Attendee"),
            call.added(60, raw_id(3), "Salma", "Attendee"),
            call.removed(230, raw_id(3)),
        )
        return call

    @cached_property
    def troubles(self) -> str:
        """A room that should have begun, one that starts soon, one to which somebody did not come,
        and somebody who was refused at the last."""
        people = {raw_id(1): "Presenter", raw_id(2): "Attendee"}
        self.room("Vaccination", people, NAMES, scheduled=(-0.1, 0.4))
        self.room("Physiotherapy", people, NAMES, scheduled=(0.5, 1))
        room_id = self.room("Allergy", people, NAMES, scheduled=(-20 / 3600, -10 / 3600))
        body = {"rawId": raw_id(9), "displayName": "Somebody else"}
        assert self.insight.send("POST", f"/rooms/{room_id}/admission", body).status == 403
        return room_id

    @cached_property
    def uncertain(self) -> Meeting:
        """A call whose start is lost. Dr. Khan came twice, each time with another raw id, and Nils
        did not come."""
        people = {raw_id(2): "Attendee", raw_id(1): "Presenter"}
        room_id = self.room("Rounds", people, NAMES, scheduled=(-2, -1))
        khan = {"name": "Dr. Khan", "externalId": "D-1"}
        self.set_details(room_id, {"participants": {raw_id(1): khan, raw_id(4): khan}})
        call = live_meeting(room_id, seconds=2 * 3600)
        self.insight.deliver(
            *call.stay(60, 900, raw_id(1)),
            *call.stay(1_200, 3_000, raw_id(4)),
            *call.stay(1_000, 3_000, raw_id(3), "Salma"),
            call.ended(3_000),
        )
        return call

    @cached_property
    def cancelled(self) -> str:
        """A room that was deleted before its time began."""
        people = {raw_id(1): "Presenter", raw_id(2): "Attendee"}
        room_id = self.room("Evening round", people, NAMES, scheduled=(1, 2))
        assert self.raw.delete(f"/rooms/{room_id}").status == 204
        return room_id

    @cached_property
    def deleted(self) -> str:
        """A deleted room, which still has its log."""
        room_id = self.room("Cancelled", {raw_id(1): "Presenter"}, {raw_id(1): "Dr. Khan"})
        assert self.raw.delete(f"/rooms/{room_id}").status == 204
        return room_id

    @cached_property
    def elsewhere(self) -> Meeting:
        """A call of a room that was not created here."""
        call = Meeting(room_of_another_service())
        self.insight.deliver(
            *call.whole(
                600, call.stay(1, 500, raw_id(1), "Ines"), call.stay(60, 600, raw_id(2), "Nils")
            )
        )
        return call

    @cached_property
    def played(self) -> Json:
        """A meeting with lost events, played by devhost; its report."""
        wanted = {"people": 8, "live": False, "seed": 3, "drop": 0.2}
        assert self.insight.send("POST", "/devhost/meeting", wanted).status == 202
        until(lambda: self.meeting()["state"] != "playing")
        return self.meeting()

    def meeting(self) -> Json:
        told: Json = self.insight.json("/devhost/meeting")
        return told

    @cached_property
    def quarantined(self) -> str:
        """The text of an event in quarantine."""
        event = Meeting(self.room()).added(1, raw_id(1)) | {"eventTime": "yesterday"}
        self.insight.deliver(event)
        return json.dumps(event)

    def many_rooms(self, count: int) -> list[str]:
        """Rooms, made in parallel."""
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda _: self.room(), range(count)))


def hours_from_now(hours: float) -> str:
    return format_time(now() + round(hours * HOUR))
