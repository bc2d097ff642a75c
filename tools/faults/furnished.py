"""An app with something in it for each branch: rooms, people, details, calls, events in quarantine;
and what there is to name."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from schemathesis import Case, Response

from faults.client import IDENTITY_VERSION
from rooms.domain.time import DAY, HOUR, SECOND, format_time, now
from testkit.events import Meeting, live_meeting
from testkit.insight import Insight
from testkit.livekit_double import LiveKitDouble
from testkit.raw import Raw
from testkit.running import RunningApp

PEOPLE = 12
QUARANTINED = 40
REDRIVABLE = 5
"""Events in quarantine that can be taken in ten seconds later."""
SPARE = 5
PAGED = 40
"""Rooms, so that lists have more than one page."""


@dataclass
class Furnished:
    """What can be named in requests."""

    people: Sequence[str]
    rooms: list[str]
    """Those with people, details and calls first."""
    lasting: str
    """A room that is open, with people, and that no request changes."""
    deleted: str
    calls: Sequence[tuple[str, str]]
    """Room and call."""
    quarantined: Sequence[str]
    """Ids of events that stay there, but for those that can be redriven."""
    droppable: list[str]
    """Others, which may be dropped."""
    spare: list[str]
    """Rooms that may be deleted."""
    users: list[str]
    """Raw ids of users that the app made, and that are not deleted."""
    spare_users: list[str]
    """Those who may be deleted."""
    access_tokens: list[str]
    """Tokens of both."""
    links: Mapping[str, str]
    """Tokens of join links to the lasting room, by the method of requests that send them: a POST
    binds its link to a browser."""
    enter: Callable[[], str]
    """Lets somebody join the call of the lasting room, and returns their raw id."""
    tokens: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Those of a nextLink, by the path that it leads to."""

    def room(self, random: Random, change: bool) -> str:
        """A room that is there, was deleted, or never was."""
        if not change and random.random() < 0.2:
            return self.lasting
        return random.choice(
            [
                *self.rooms[:3] * 3,
                *self.rooms[-3:],
                self.deleted,
                self.calls[-1][0],
                "99400000000000000",
            ]
        )

    def user(self, random: Random) -> str:
        """A user who was made by the app, here or elsewhere."""
        return random.choice([*self.users * 2, *self.spare_users[-3:], *self.people[:3]])

    def is_linked(self, case: Case[Any]) -> bool:
        """Whether a request is about the room of the join links."""
        return (case.path_parameters or {}).get("roomId") == self.lasting

    def remember(self, path: str, answer: Response) -> None:
        """Keeps what an answer to that path names."""
        self.spare += answer.headers.get("location", [])  # of a room that was made
        if not answer.headers.get("content-type", [""])[0].startswith("application/json"):
            return
        match body := answer.json():
            case {"nextLink": link}:
                self.tokens[path].append(link.partition("nextLink=")[2].partition("&")[0])
            case {"token": token}:
                self.access_tokens.append(token)
            case {"identity": {"id": raw_id}}:
                self.spare_users.append(raw_id)
                if made := body.get("accessToken"):
                    self.access_tokens.append(made["token"])


def furnished(app: RunningApp, server: LiveKitDouble, random: Random) -> Furnished:
    """Makes all of it."""
    raw, insight = Raw(app.http, app.manage_key), Insight(app, app.manage_key)
    people = [
        f"8:acs:{UUID(int=random.getrandbits(128))}_{UUID(int=random.getrandbits(128))}"
        for _ in range(PEOPLE)
    ]
    start = now()
    invited = {
        person: {"role": role}
        for person, role in zip(
            people[:4], ("Presenter", "Attendee", "Consumer", None), strict=True
        )
    }
    opened = raw.new_room({"participants": invited, "pstnDialOutEnabled": True})["id"]
    later = {
        "validFrom": format_time(start + DAY),
        "validUntil": format_time(start + 2 * DAY),
        "participants": invited,
    }
    rooms = [opened, raw.new_room(later)["id"], *(raw.new_room()["id"] for _ in range(PAGED))]
    names = {
        person: {"name": f"Person {number}", "externalId": f"P-{number}"}
        for number, person in enumerate(people[:3])
    }
    times = {"scheduledStart": format_time(start - HOUR), "scheduledEnd": format_time(start + HOUR)}
    for number, room_id in enumerate(rooms[:3]):
        insight.patch(
            f"/rooms/{room_id}/details",
            {"title": f"Lesson {number}", "participants": names, **times},
        )
    raw.patch(
        f"/rooms/{opened}/participants",
        {"participants": {people[4]: {"role": "Presenter"}, people[1]: None}},
    )
    raw.patch(f"/rooms/{opened}", {"pstnDialOutEnabled": False})
    insight.send("POST", f"/rooms/{opened}/admission", {"rawId": people[0], "displayName": "Ines"})
    insight.send("POST", f"/rooms/{opened}/admission", {"rawId": people[7]})
    deleted = raw.new_room({"participants": invited})["id"]
    calls = [
        _played(insight, room_id, people, start)
        for room_id in (opened, opened, deleted, "room_of_events_only")
    ]
    live = live_meeting(opened, 600)
    insight.deliver(
        live.started(),
        live.added(5, people[0], "Ines", "Presenter"),
        live.added(9, None, "=cmd", None, "phone"),
    )
    raw.delete(f"/rooms/{deleted}")
    odd = [
        {
            "id": str(number),
            "eventType": "Microsoft.Communication.CallStarted",
            "data": {"isRoomsCall": True},
        }
        for number in range(QUARANTINED)
    ]
    insight.deliver_bytes(json.dumps(odd).encode())
    soon = Meeting(opened, now() + DAY + 10 * SECOND)
    insight.deliver(
        *(soon.added(number / 10, people[number], "Later") for number in range(REDRIVABLE))
    )
    held = insight.all("/quarantine")
    redrivable, others = (
        [event["id"] for event in held if ("ahead" in event["reason"]) == early]
        for early in (True, False)
    )
    assert (len(redrivable), len(others)) == (REDRIVABLE, QUARANTINED), (
        "these are not in quarantine"
    )
    identities = Raw(app.http, app.manage_key, IDENTITY_VERSION)
    users = [
        identities.post("/identities", {"createTokenWithScopes": ["voip"]}).json()
        for _ in range(SPARE)
    ]
    lasting = raw.new_room({"participants": invited})["id"]
    guest = people[0]

    def link() -> str:
        made = insight.send("POST", f"/rooms/{lasting}/joinLinks", {"rawId": guest}).json()
        token: str = made["url"].partition("#")[2]
        return token

    def enter() -> str:
        path, asked = f"/rooms/{lasting}/admission", {"rawId": guest, "device": "phone"}
        server.join(insight.send("POST", path, asked).json()["media"]["token"])
        return guest

    return Furnished(
        people=people,
        rooms=rooms,
        lasting=lasting,
        deleted=deleted,
        calls=[(opened, live.id), *calls],
        quarantined=[*redrivable, *others[::2]],
        droppable=others[1::2],
        spare=[raw.new_room()["id"] for _ in range(SPARE)],
        users=[user["identity"]["id"] for user in users],
        spare_users=[],
        access_tokens=[user["accessToken"]["token"] for user in users],
        links={"GET": link(), "POST": link()},
        enter=enter,
    )


def _played(insight: Insight, room_id: str, people: Sequence[str], start: int) -> tuple[str, str]:
    """A call that was in that room two hours ago, with estimated ends, and somebody nameless."""
    meeting = Meeting(room_id, start - 2 * HOUR)
    insight.deliver(
        meeting.started(by=people[0]),
        *meeting.stay(1, 1800, people[0], "Ines"),
        *meeting.stay(60, 600, people[2], 'O"Neil, =SUM(A1)'),
        meeting.added(90, people[9], "Stranger", "Consumer"),
        meeting.ended(2000, by=people[0], reason={"code": 0, "subCode": 7, "phrase": "Call ended"}),
    )
    return room_id, meeting.id
