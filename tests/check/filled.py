"""A table with something of everything, written by the service's own operations at chosen times."""

from dataclasses import replace

from azure.data.tables.aio import TableClient

from rooms.domain.events import CallEvent, EndReason, EventKind
from rooms.domain.join_link import JoinLink
from rooms.domain.limits import Limits
from rooms.domain.room import Room, RoomChange
from rooms.domain.roster import Role
from rooms.domain.time import DAY, HOUR, SECOND, Ticks, format_time, parse_time
from rooms.identity.local import LocalIdentities
from rooms.storage.admissions import Admissions
from rooms.storage.adoption import Adoption
from rooms.storage.calls import Calls
from rooms.storage.changes import Origin
from rooms.storage.creation import Repeatability, Seen
from rooms.storage.edits import Edit
from rooms.storage.identities import Identities
from rooms.storage.join_links import HeldLink
from rooms.storage.quarantine import Quarantine
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.identifiers import raw_id

BEGIN = parse_time("2026-05-04T10:30:00Z")
ORIGIN = Origin("tester", "request-1")
EVENTS_ONLY = "anywhere-7"
OF_ACS = "9949999999999999"
ALICE, BOB, CAROL = (raw_id(number) for number in range(1, 4))


class Filling:
    """Each operation happens a minute after the one before it."""

    def __init__(self, client: TableClient | Table) -> None:
        self.now = BEGIN
        table = client if isinstance(client, Table) else Table(client)
        self.rooms = Rooms(table, self._clock)
        self.calls = Calls(table, self._clock)
        self.quarantine = Quarantine(table, self._clock, Limits(quarantine_part_bytes=10_000))
        self.identities = LocalIdentities(Identities(table), self._clock)
        self.admissions = Admissions(table, self.calls, self._clock)
        self.adoption = Adoption(table, self._clock)

    def _clock(self) -> Ticks:
        self.now += 60 * SECOND
        return self.now

    async def a_room_of_acs(self) -> None:
        """A room that was made at ACS, found an hour after, and changed there."""
        made = self.now - HOUR
        room = Room(OF_ACS, made, BEGIN, BEGIN + DAY, False, carrier="acs")
        await self.adoption.adopt(room, {BOB: "Attendee"}, seen=Seen(self.now, "pull"))
        await self.rooms.patch_details(OF_ACS, {"title": "At ACS"}, ORIGIN)
        copy = await self.adoption.copy(OF_ACS)
        assert copy is not None
        longer = replace(room, valid_until=BEGIN + 2 * DAY)
        await self.adoption.follow(copy, longer, {CAROL: "Consumer"}, seen_by="tester")

    async def a_room_of_everything(self, create: str = "create") -> str:
        room = (
            await self.rooms.create(
                RoomChange(BEGIN, BEGIN + DAY),
                {ALICE: "Presenter", BOB: "Attendee"},
                Repeatability(create, "hash"),
                ORIGIN,
            )
        ).room
        for patch in (
            {"title": "Therapy", "externalId": "A-7", "participants": {ALICE: {"name": "Alice"}}},
            {
                "title": "Therapy 2",
                "participants": {ALICE: {"name": None}, BOB: {"name": "Bob", "externalId": "B"}},
            },
            {
                "externalId": None,
                "scheduledStart": "2026-05-04T11:00:00Z",
                "scheduledEnd": "2026-05-04T12:00:00Z",
            },
        ):
            await self.rooms.patch_details(room.id, patch, ORIGIN)
            await self.rooms.update(
                room.id, RoomChange(pstn_dial_out_enabled=not room.pstn_dial_out_enabled), ORIGIN
            )
            room = await self.rooms.get(room.id)
        rosters: list[dict[str, Role | None]] = [
            {CAROL: "Consumer", ALICE: "Attendee"},
            {BOB: None},
            {BOB: "Collaborator"},
        ]
        for roster in rosters:
            await self.rooms.patch_roster(room.id, roster, ORIGIN)
        await self.rooms.update(
            room.id, RoomChange(join_policy="CommunicationServiceUsers"), ORIGIN
        )
        longer = RoomChange(valid_until=BEGIN + 2 * DAY)
        await self.rooms.change(room.id, Edit(longer, {CAROL: "Presenter"}), ORIGIN)
        await self.admissions.record(
            room.id, self.now + 1, "Admitted", {"rawId": ALICE, "role": "Attendee"}, ORIGIN
        )
        await self._a_link_that_is_used(room.id)
        refused = {
            "rawId": "8:acs:x",
            "displayName": "X",
            "reasons": [{"code": "NotInvited", "subCode": 5828, "message": "."}],
        }
        await self.admissions.record(room.id, self.now + 2, "Refused", refused, ORIGIN)
        await self.meeting(room.id, "a call")
        return room.id

    async def _a_link_that_is_used(self, room_id: str) -> None:
        link = JoinLink("1" * 32, room_id, ALICE, None, BEGIN + DAY)
        made = {"rawId": ALICE, "expiresAt": format_time(link.expires_at), "link": link.id}
        await self.admissions.record(room_id, self.now + 1, "JoinLinkMade", made, ORIGIN)
        admitted = {"rawId": ALICE, "role": "Attendee", "guest": False, "link": link.id}
        held = HeldLink(link, "the secret of a browser")
        await self.admissions.record(room_id, self.now + 1, "Admitted", admitted, ORIGIN, held)

    async def a_deleted_room(self) -> str:
        room = (await self.rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN)).room
        await self.rooms.patch_details(room.id, {"title": "gone"}, ORIGIN)
        await self.rooms.delete(room.id, Origin("another", "the deletion"))
        return room.id

    async def a_room_of_many(self) -> str:
        room = (
            await self.rooms.create(
                RoomChange(), {raw_id(n): "Attendee" for n in range(100, 170)}, None, ORIGIN
            )
        ).room
        await self.rooms.patch_roster(room.id, {ALICE: "Presenter"}, ORIGIN)
        return room.id

    async def meeting(self, room_id: str, call: str) -> None:
        """Over two hours, with its end."""
        first = self.now
        events: list[tuple[EventKind, Ticks]] = [
            ("CallStarted", 0),
            ("ParticipantAdded", SECOND),
            ("ParticipantAdded", HOUR),
        ]
        for kind, after in events:
            who = None if kind == "CallStarted" else f"phone {after}"
            event = CallEvent(
                kind, f"event {after}", call, first + after, who, ALICE, "Alice", "Presenter", "web"
            )
            await self.calls.record(room_id, event, f"text {after}")
        ended = CallEvent(
            "CallEnded",
            "end",
            call,
            first + HOUR + SECOND,
            ended_by=ALICE,
            end_reason=EndReason(0, 7015, "over"),
        )
        self.now = ended.at
        await self.calls.record(room_id, ended, "text of the end")
