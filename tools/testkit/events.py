"""Call events as the documentation's samples have them, for tests over HTTP."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from rooms.domain.time import SECOND, Ticks, format_time, now, parse_time

type Element = dict[str, Any]
"""An event as it stands in the body of a delivery, in Event Grid's schema."""

LONG_AGO = parse_time("2025-03-03T10:00:00Z")


@dataclass(frozen=True, slots=True)
class Meeting:
    """A call of a room. Its methods return its events; seconds count from `start`."""

    room_id: str
    start: Ticks = LONG_AGO
    id: str = field(default_factory=lambda: str(uuid4()))

    def at(self, seconds: float) -> str:
        """Returns the time `seconds` after the start, as answers write it."""
        return format_time(self.start + round(seconds * SECOND))

    def started(self, seconds: float = 0, by: str | None = None) -> Element:
        return self._event("CallStarted", seconds, {"startedBy": by and {"rawId": by}})

    def added(
        self,
        seconds: float,
        who: str | None,
        name: str | None = None,
        role: str | None = None,
        device: str = "web",
    ) -> Element:
        return self._event(
            "CallParticipantAdded", seconds, self._participation(who, name, role, device)
        )

    def removed(self, seconds: float, who: str | None, device: str = "web") -> Element:
        return self._event(
            "CallParticipantRemoved", seconds, self._participation(who, None, None, device)
        )

    def ended(
        self,
        seconds: float,
        by: str | None = None,
        reason: object = None,
        as_participant: bool = False,
        length: float | None = None,
    ) -> Element:
        ender = by and {"rawId": by, "type": "Participant" if as_participant else None}
        return self._event(
            "CallEnded",
            seconds,
            {"endedBy": ender, "reason": reason, "durationOfCall": length},
        )

    def phones(self, seconds: float, *numbers: str) -> Element:
        """Returns what Call Automation tells, with the room."""
        participants = [
            {"identifier": {"phoneNumber": {"value": number}}, "isMuted": False}
            for number in numbers
        ]
        return self._event("ParticipantsUpdated", seconds, {"participants": participants})

    def stay(self, start: float, end: float, who: str, name: str | None = None) -> list[Element]:
        """Returns the events of a person who joins and leaves."""
        return [self.added(start, who, name), self.removed(end, who)]

    def whole(self, end: float, *stays: list[Element]) -> list[Element]:
        """Returns all events of the call, from its start to its end."""
        return [self.started(), *(event for stay in stays for event in stay), self.ended(end)]

    def _participation(
        self, who: str | None, name: str | None, role: str | None, device: str
    ) -> Element:
        user = {"rawId": who, "role": role}
        return {
            "user": user,
            "displayName": name,
            "participantId": participant_id(who, device),
            "endpointType": device,
        }

    def _event(self, kind: str, seconds: float, data: Element) -> Element:
        place = {
            "room": {"id": self.room_id},
            "correlationId": self.id,
            "isRoomsCall": True,
            "serverCallId": "a",
        }
        return {
            "id": str(uuid4()),
            "topic": "/subscriptions/a",
            "subject": "call/a",
            "eventType": f"Microsoft.Communication.{kind}",
            "eventTime": self.at(seconds),
            "dataVersion": "1.0",
            "metadataVersion": "1",
            "data": place | data,
        }


def participant_id(who: str | None, device: str = "web") -> str:
    """Returns the participant id of a device: each device of a person has its own."""
    return f"{device} of {who}"


def live_meeting(room_id: str, seconds: float = 60) -> Meeting:
    """Returns a call that began `seconds` ago."""
    return Meeting(room_id, now() - round(seconds * SECOND))


def in_cloud_events(event: Element) -> Element:
    """Returns the same event in the CloudEvents schema."""
    return {
        "specversion": "1.0",
        "id": event["id"],
        "source": event["topic"],
        "subject": event["subject"],
        "type": event["eventType"],
        "time": event["eventTime"],
        "data": event["data"],
    }


def room_of_another_service() -> str:
    """Returns a new room id, of a form that this service does not create."""
    return f"room_{uuid4().hex}-X"
