"""Every recorded request of ACS Rooms, sent to our app: the answers are the recorded ones."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from testkit.identifiers import raw_id
from testkit.raw import Raw
from testkit.raw_http import Answer
from testkit.running import RunningApp
from tests.contract.recorded import Exchange, Recording, recordings
from tests.contract.tally import TALLY, Tally

RAW_ID = re.compile(r"8:acs:sanitized(\d)|\bSanitized\b")
ROOM_ID = re.compile(r"\b994\d{13,14}\b")
TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)((?:\.\d+)?(?:Z|\+00:00))")

NEW_ROOM_ID = re.compile(r"994\d{13,14}")
TIME_OUT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,6}[1-9])?\+00:00")
VALIDITY = timedelta(days=180)


class Replay:
    """Knows which ids and times of the app stand for those of the recording."""

    def __init__(self, recording: Recording, raw: Raw) -> None:
        self.raw = raw
        self.rooms: dict[str, str] = {}
        self.times: dict[str, str] = {}
        self.next_link = ""
        self.newest_room: str | None = None
        self.shift = datetime.now(UTC).replace(microsecond=0) - recording.day

    def differences(self, exchange: Exchange) -> list[str]:
        """Sends the request; what is wrong with the answer."""
        before = datetime.now(UTC)
        answer = self.send(exchange)
        after = datetime.now(UTC)
        if answer.status != exchange.status:
            return [f"status {answer.status}, recorded {exchange.status}: {answer.body!r}"]
        if exchange.is_list:
            wrong = self.list_differences(exchange, answer)
        elif exchange.status == 201:
            wrong = self.creation_differences(exchange, answer, before, after)
        elif exchange.response is None:
            wrong = [f"a body: {answer.body!r}"] if answer.body else []
        else:
            wrong = self.body_differences(exchange, answer)
        return wrong + self.header_differences(exchange, answer)

    def send(self, exchange: Exchange) -> Answer:
        raw = Raw(self.raw.endpoint, self.raw.key, exchange.version)
        if exchange.follows_next_link:
            return Raw(raw.endpoint, raw.key, version=None).get(
                self.next_link.removeprefix(raw.endpoint)
            )
        headers = {}
        if exchange.content_type:
            headers["Content-Type"] = exchange.content_type
        if exchange.method == "POST":
            headers |= {
                "Repeatability-Request-ID": str(uuid4()),
                "Repeatability-First-Sent": formatdate(usegmt=True),
            }
        body = None if exchange.request is None else self.ours(exchange.request)
        return raw.send(exchange.method, self.ours(exchange.path), body, headers)

    def ours(self, recorded: Any) -> Any:
        """What was recorded, in terms of our rooms, users and day."""
        text = RAW_ID.sub(lambda match: raw_id(int(match[1] or 0)), json.dumps(recorded))
        text = ROOM_ID.sub(lambda match: self.rooms.get(match[0], match[0]), text)
        return json.loads(
            TIME.sub(lambda match: self.times.get(match[0]) or self.shifted(match), text)
        )

    def shifted(self, match: re.Match[str]) -> str:
        """The recorded time, as long before or after our day; its fraction and the rest stay to the
        letter."""
        return (datetime.fromisoformat(match[1]) + self.shift).isoformat() + match[2]

    def header_differences(self, exchange: Exchange, answer: Answer) -> list[str]:
        expected = self.ours(exchange.binding_headers(self.newest_room))
        actual = {name: answer.headers.get(name) for name in expected}
        return [
            f"header {name}: {actual[name]!r}, recorded {expected[name]!r}"
            for name in expected
            if actual[name] != expected[name]
        ]

    def body_differences(self, exchange: Exchange, answer: Answer) -> list[str]:
        # As text, so that the order of keys counts.
        expected = json.dumps(self.ours(exchange.binding_body(exchange.request)))
        actual = json.dumps(answer.json())
        return [] if actual == expected else [f"body {actual}\n  recorded {expected}"]

    def creation_differences(
        self, exchange: Exchange, answer: Answer, before: datetime, after: datetime
    ) -> list[str]:
        """Learns the new room's id and the times that the request left to the service; these go by
        rule."""
        recorded, room = exchange.response, answer.json()
        left_to_us = [
            "createdAt",
            *(name for name in ("validFrom", "validUntil") if not exchange.request.get(name)),
        ]
        wrong = [f"id {room['id']}"] if not NEW_ROOM_ID.fullmatch(room["id"]) else []
        wrong += [
            f"{name} {room[name]}" for name in left_to_us if not TIME_OUT.fullmatch(room[name])
        ]
        created, start, end = (
            datetime.fromisoformat(room[name]) for name in ("createdAt", "validFrom", "validUntil")
        )
        if not before <= created <= after:
            wrong.append(f"createdAt {created}, sent between {before} and {after}")
        if "validFrom" in left_to_us and not before <= start <= created:
            wrong.append(f"validFrom {start}, sent at {before} and created at {created}")
        if "validUntil" in left_to_us and end - start != VALIDITY:
            wrong.append(f"open for {end - start}")
        self.newest_room = self.rooms[recorded["id"]] = room["id"]
        self.times |= {recorded[name]: room[name] for name in left_to_us}
        return wrong + self.body_differences(exchange, answer)

    def list_differences(self, exchange: Exchange, answer: Answer) -> list[str]:
        """Other rooms are listed here than were there: what can be the same is the shape, the order
        and the paging."""
        recorded, page = exchange.response, answer.json()
        wrong = (
            [f"keys {list(page)}, recorded {list(recorded)}"]
            if list(page) != list(recorded)
            else []
        )
        wrong += [f"{len(page['value'])} rooms"] if not 0 < len(page["value"]) <= 30 else []
        keys = list(recorded["value"][0])
        wrong += [f"room {room}" for room in page["value"] if list(room) != keys]
        created = [datetime.fromisoformat(room["createdAt"]) for room in page["value"]]
        wrong += [f"{b} after {a}" for a, b in pairwise(created) if b > a + timedelta(seconds=1)]
        if self.newest_room and self.newest_room not in [room["id"] for room in page["value"]]:
            wrong.append(f"{self.newest_room} is not on the first page")
        self.next_link = page.get("nextLink", "")
        link = (
            re.escape(f"{self.raw.endpoint}/rooms?nextLink=")
            + r"[A-Za-z0-9_-]+"
            + f"&api-version={exchange.version}"
        )
        wrong += [f"nextLink {self.next_link}"] if not re.fullmatch(link, self.next_link) else []
        return wrong


@pytest.fixture(scope="session")
def tally(pytestconfig: pytest.Config) -> Tally:
    return pytestconfig.stash[TALLY]


@pytest.mark.parametrize(
    "recording", [pytest.param(recording, id=recording.name) for recording in recordings()]
)
def test_answers_as_recorded(
    recording: Recording, app: RunningApp, raw: Raw, many_rooms: list[str], tally: Tally
) -> None:
    replay, wrong = Replay(recording, raw), []
    for exchange in recording.exchanges:
        differences = replay.differences(exchange)
        tally.match += not differences
        tally.differ += bool(differences)
        wrong += [
            f"{exchange.n} {exchange.method} {exchange.path}: {difference}"
            for difference in differences
        ]
    assert not wrong, "\n".join(wrong)
