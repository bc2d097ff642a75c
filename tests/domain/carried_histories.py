"""Histories of a room whose calls a media server carries: what truly happened, the webhooks of it
that came, and the repair that runs each minute."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from rooms.domain.connection import Connection
from rooms.domain.events import CallEvent
from rooms.domain.fold import fold_call
from rooms.domain.repairs import missing_end, missing_joins, missing_leaves
from rooms.domain.time import SECOND, Ticks
from tests.domain.histories import ALICE, BASE, BOB, CAROL, ROLES, History, shuffled

MILLISECOND: Ticks = SECOND // 1_000
MINUTE: Ticks = 60 * SECOND
DEPARTURE: Ticks = 20 * SECOND
"""How long the server waits for people to come back."""


@dataclass(frozen=True)
class Visit:
    """A device was in a call, truly."""

    call: str
    device: Connection
    left_at: Ticks

    @property
    def joined_at(self) -> Ticks:
        return self.device.joined_at


@dataclass(frozen=True)
class Session:
    """A call that the server had, truly. Of one that was killed with the server nothing is told."""

    id: str
    began_at: Ticks
    over_at: Ticks
    killed: bool
    visits: tuple[Visit, ...]

    def is_on(self, at: Ticks) -> bool:
        return self.began_at <= at < self.over_at

    def present(self, at: Ticks) -> list[Connection]:
        return [each.device for each in self.visits if each.joined_at <= at < each.left_at]

    def webhooks(self) -> Iterator[tuple[Ticks, CallEvent]]:
        """Yields what the server tells, and when."""
        for visit in self.visits:
            yield visit.joined_at, _join(visit)
            yield visit.left_at, _leave(visit)
        yield (
            self.over_at,
            CallEvent("CallEnded", f"EV_{self.id}", self.id, _cut(self.over_at), source="livekit"),
        )


@dataclass
class Carried:
    """A room: what truly happened in it, and the events that were inserted, at their times."""

    sessions: list[Session]
    inserted: list[tuple[Ticks, CallEvent]] = field(default_factory=list)
    downtimes: list[tuple[Ticks, Ticks]] = field(default_factory=list)
    """When the server did not answer."""
    looks: list[Ticks] = field(default_factory=list)
    """When the repair asked the server, and it answered."""

    @property
    def events(self) -> tuple[CallEvent, ...]:
        """Returns the different events."""
        return tuple({event.identity: event for _, event in self.inserted}.values())

    @property
    def lost(self) -> set[str]:
        """Returns the ids of events that the server told, or would have told, and that never
        came."""
        came = {event.id for _, event in self.inserted}
        told = {event.id for session in self.sessions for _, event in session.webhooks()}
        return told - came

    def history(self, random: Random) -> History:
        """Returns it as a history of events, to be looked at in its midst, and at its end."""
        events = self.events
        last = max((event.at for event in events), default=BASE)
        amid = random.choice(events).at if events else BASE
        return History(tuple(shuffled(events, random)), (amid, last + 10 * MINUTE), None)


def carried(seed: int) -> Carried:
    """A room of one to three calls. Webhooks are late, come twice, or are lost; the server may be
    killed, and the repair looks each minute until all is over."""
    random = Random(seed)
    room = Carried([])
    at = BASE + random.randrange(1000) * MILLISECOND
    for number in range(random.randint(1, 3)):
        session = _session(random, f"RM_{number}", at)
        room.sessions.append(session)
        at = session.over_at + random.randrange(1, 300_000) * MILLISECOND
        if session.killed and random.random() < 0.6:
            at += (downtime := random.randrange(1, 400) * SECOND)
            room.downtimes.append((session.over_at, session.over_at + downtime))
    room.inserted = sorted(_delivered(random, room.sessions), key=lambda each: each[0])
    _repair(random, room, at + 10 * MINUTE)
    return room


def _session(random: Random, id: str, began_at: Ticks) -> Session:
    unit = random.choice((SECOND // 2, SECOND, 10 * SECOND, MINUTE))
    visits: list[Visit] = []
    for number in range(random.randint(0, 6)):
        joined_at = began_at + random.randrange(20_000) * unit // 1_000
        joined_at -= joined_at % MILLISECOND
        left_at = joined_at + random.choice(
            (0, random.randrange(1_000) * MILLISECOND, random.randrange(1, 20_000) * unit // 1_000)
        )
        who, role = random.choice((ALICE, BOB, CAROL)), random.choice(ROLES[:3])
        device = Connection(
            f"{who}#{number}", f"PA_{id}_{number}", who, random.choice((None, "A")), role, joined_at
        )
        visits.append(Visit(id, device, left_at))
    ends = [visit.left_at for visit in visits]
    emptied_at = max(ends, default=began_at + 100 * SECOND) + DEPARTURE
    how = random.choice(("emptied", "emptied", "deleted", "killed"))
    if how == "emptied":
        return Session(id, began_at, emptied_at, False, tuple(visits))
    over_at = began_at + random.randrange(1, 1_000) * (emptied_at - began_at) // 1_000
    inside = [
        replace(visit, left_at=min(visit.left_at, over_at))
        for visit in visits
        if visit.joined_at < over_at
    ]
    return Session(id, began_at, over_at, how == "killed", tuple(inside))


def _delivered(random: Random, sessions: Iterable[Session]) -> Iterator[tuple[Ticks, CallEvent]]:
    """Yields the webhooks that come, at the times at which they do."""
    lost = random.choice((0, 0, 0.1, 0.4, 0.8))
    slowest = random.choice((1, 1, 15, 600))
    for session in sessions:
        for told_at, event in session.webhooks():
            comes_at = told_at + random.randrange(1_000 * slowest) * MILLISECOND
            if random.random() < lost or (session.killed and comes_at >= session.over_at):
                continue
            for _ in range(random.choice((1, 1, 1, 2))):
                yield comes_at, event


def _repair(random: Random, room: Carried, until: Ticks) -> None:
    """Inserts what the repair finds missing, each minute."""
    at = BASE + random.randrange(60_000) * MILLISECOND
    silent_since: Ticks | None = None
    while at < until:
        if any(start <= at < end for start, end in room.downtimes):
            silent_since = at if silent_since is None else silent_since
        else:
            room.looks.append(at)
            room.inserted += [(at, event) for event in _missing(room, at, silent_since)]
            silent_since = None
        at += MINUTE


def _missing(room: Carried, at: Ticks, silent_since: Ticks | None) -> list[CallEvent]:
    """Returns what is missing, as `rooms.media.repair` finds it."""
    by_call: defaultdict[str, list[CallEvent]] = defaultdict(list)
    for inserted_at, event in room.inserted:
        if inserted_at <= at:
            by_call[event.call].append(event)
    told = {session.id: fold_call(by_call[session.id], at) for session in room.sessions}
    unended = [call for call in told.values() if call is not None and call.ended_at is None]
    found: list[CallEvent] = []
    for session in room.sessions:
        call, present = told[session.id], session.present(at)
        if session.is_on(at):
            found += missing_joins(session.id, call, present, at)
        if call not in unended or call is None:
            continue
        if session.is_on(at):
            found += missing_leaves(call, present, at)
            continue
        later = [each.started_at for each in unended if each.start_order > call.start_order]
        end = missing_end(call, at, silent_since, min(later, default=None))
        if end is not None:
            found.append(end)
    return found


def _join(visit: Visit) -> CallEvent:
    device = visit.device
    return CallEvent(
        "ParticipantAdded",
        f"EV_{device.participant_id}_joined",
        visit.call,
        device.joined_at,
        device.participant_id,
        device.raw_id,
        device.display_name,
        device.role,
        "livekit",
        source="livekit",
    )


def _leave(visit: Visit) -> CallEvent:
    at = max(_cut(visit.left_at), visit.joined_at)
    return replace(
        _join(visit),
        kind="ParticipantRemoved",
        id=f"EV_{visit.device.participant_id}_left",
        at=at,
        duration=at - visit.joined_at,
    )


def _cut(at: Ticks) -> Ticks:
    """The whole second, as the server tells a time."""
    return at - at % SECOND


def visits_of(sessions: Iterable[Session]) -> Sequence[Visit]:
    return [visit for session in sessions for visit in session.visits]


def as_carried(event: CallEvent, random: Random) -> CallEvent:
    """Any event as one that the media server might tell, or the repair, though it makes no sense.
    Neither says who started or ended a call."""
    kinds = ("ParticipantRemoved", "CallEnded")
    return replace(
        event,
        source="livekit",
        started_by=None,
        ended_by=None,
        ended_by_participant=False,
        estimated=event.kind in kinds and random.random() < 0.4,
        duration=random.choice((None, 0, SECOND, MINUTE))
        if event.kind == "ParticipantRemoved"
        else None,
    )
