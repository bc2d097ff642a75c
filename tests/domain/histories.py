"""Call events for tests: made by hand, and histories of a room's calls that are generated, with all
that can befall events.

`HISTORIES` in the environment says how many histories the tests that generate them try; `make
histories` sets it. Else there are few, and some more with THOROUGH=1.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from hypothesis import strategies as st

from rooms.domain.events import EVENT_KINDS, CallEvent, EndReason, EventKind
from rooms.domain.time import DAY, HOUR, SECOND, Ticks, parse_time
from testkit.identifiers import raw_id
from tests.effort import THOROUGH

HISTORIES = int(os.environ.get("HISTORIES", "40" if THOROUGH else "10"))

BASE: Ticks = parse_time("2026-10-05T10:00:00Z")
ALICE, BOB, CAROL, DAN = raw_id(1), raw_id(2), raw_id(3), raw_id(4)
PHONE, OTHER_PHONE = "4:+4915110000001", "4:+4915110000002"
ROLES = ("Presenter", "Attendee", "Consumer", "Collaborator")


def moment(seconds: float) -> Ticks:
    """So many seconds after BASE."""
    return BASE + round(seconds * SECOND)


def started(seconds: float, call: str = "call", by: str | None = None) -> CallEvent:
    return CallEvent("CallStarted", "started", call, moment(seconds), started_by=by)


def ended(
    seconds: float,
    call: str = "call",
    by: str | None = None,
    reason: EndReason | None = None,
    event_id: str = "ended",
    as_participant: bool = False,
    length: float | None = None,
) -> CallEvent:
    return CallEvent(
        "CallEnded",
        event_id,
        call,
        moment(seconds),
        ended_by=by,
        end_reason=reason,
        ended_by_participant=as_participant,
        duration=None if length is None else round(length * SECOND),
    )


def phones(seconds: float, *numbers: str, call: str = "call") -> CallEvent:
    return CallEvent("PhonesUpdated", "phones", call, moment(seconds), phones=numbers)


def added(
    seconds: float,
    participant_id: str | None = "phone",
    raw_id: str | None = ALICE,
    name: str | None = None,
    role: str | None = None,
    call: str = "call",
    event_id: str = "added",
) -> CallEvent:
    return CallEvent(
        "ParticipantAdded", event_id, call, moment(seconds), participant_id, raw_id, name, role
    )


def removed(
    seconds: float,
    participant_id: str | None = "phone",
    raw_id: str | None = ALICE,
    name: str | None = None,
    role: str | None = None,
    call: str = "call",
) -> CallEvent:
    return CallEvent(
        "ParticipantRemoved", "removed", call, moment(seconds), participant_id, raw_id, name, role
    )


def stay(
    start: float,
    end: float,
    participant_id: str | None = "phone",
    raw_id: str | None = ALICE,
    call: str = "call",
) -> list[CallEvent]:
    """Comes and leaves."""
    return [
        added(start, participant_id, raw_id, call=call),
        removed(end, participant_id, raw_id, call=call),
    ]


@dataclass(frozen=True)
class History:
    """Different events of one room, the moments at which to look at them, and when calls of the
    room should be over."""

    events: tuple[CallEvent, ...]
    nows: tuple[Ticks, ...]
    planned_end: Ticks | None

    def deliveries(self, random: Random) -> list[CallEvent]:
        """Each event once to three times, in any order."""
        return shuffled(
            [replace(event) for event in self.events for _ in range(random.choice((1, 1, 2, 3)))],
            random,
        )


def shuffled[T](things: Sequence[T], random: Random) -> list[T]:
    return random.sample(list(things), len(things))


# Borders of the rules, in seconds, from one event to another and from an event to now.
_TICK = 1 / SECOND
_STEPS = (
    0,
    0,
    _TICK,
    1,
    2 - _TICK,
    2,
    2 + _TICK,
    3,
    30,
    120 - _TICK,
    120,
    120 + _TICK,
    3600,
    14400 - _TICK,
    14400,
    86400 - _TICK,
    86400,
)
_SHORT_STEPS = (0, 0, 1, 2, 3)


@st.composite
def histories(draw: st.DrawFn, max_events: int = 14) -> History:
    """Any events of three calls whatever, without sense but full of ties, in the ranges where rules
    change."""
    steps = draw(st.sampled_from((_STEPS, _SHORT_STEPS)))
    calls = st.sampled_from(("a", "a", "b", "c"))
    kinds = st.sampled_from((*EVENT_KINDS, "ParticipantAdded", "ParticipantRemoved"))
    events: list[CallEvent] = []
    at = BASE
    for number in range(draw(st.integers(1, max_events))):
        at += round(draw(st.sampled_from(steps)) * SECOND)
        kind: EventKind = draw(kinds)
        participant_id, who, name, role, endpoint = None, None, None, None, None
        if kind in ("ParticipantAdded", "ParticipantRemoved"):
            participant_id = draw(st.sampled_from((None, "p1", "p1", "p2", "p3")))
            who = draw(
                st.sampled_from((ALICE, BOB) if participant_id is None else (None, ALICE, BOB))
            )
            name = draw(st.sampled_from((None, "one", "two")))
            role = draw(st.sampled_from((None, *ROLES[:2])))
            endpoint = draw(st.sampled_from((None, "azureCommunicationServices")))
        event = CallEvent(
            kind, f"e{number}", draw(calls), at, participant_id, who, name, role, endpoint
        )
        people = st.sampled_from((None, None, ALICE, CAROL, PHONE, "p1"))
        if kind == "CallEnded":
            # A length that fits an earlier event, or the longest that is believed, or another one.
            earlier = draw(st.sampled_from((BASE, *(one.at for one in events))))
            lengths = (None, at - earlier, at - earlier, at - earlier + DAY, SECOND, 3600 * SECOND)
            event = replace(
                event,
                ended_by=draw(people),
                ended_by_participant=draw(st.booleans()),
                duration=draw(st.sampled_from(lengths)) or None,
            )
        if kind == "PhonesUpdated":
            numbers = draw(st.sets(st.sampled_from((PHONE, OTHER_PHONE))))
            event = replace(event, phones=tuple(numbers))
        events.append(replace(event, started_by=draw(people)))
    planned_end = draw(st.sampled_from((None, BASE, *(event.at for event in events))))
    nows = {
        draw(st.sampled_from(events)).at + round(draw(st.sampled_from(steps)) * SECOND)
        for _ in range(2)
    }
    return History(
        tuple(events), (*sorted(nows), at + 120 * SECOND, at + 4 * HOUR, at + 2 * DAY), planned_end
    )


def played(seed: int) -> History:
    """Meetings of people who come, drop and come back, one call after another or at once, with all
    faults of delivery."""
    random = Random(seed)
    unit = random.choice((SECOND // 10, SECOND, SECOND, 10 * SECOND, 60 * SECOND, 3600 * SECOND))
    tidy = random.random() < 0.2
    events: list[CallEvent] = []
    start = BASE
    for number in range(random.randint(1, 4)):
        call = f"call-{random.randrange(10**6):06d}"
        start += random.choice((0, random.randint(0, 20) * unit, random.randint(0, 200) * unit))
        length = random.randint(0, 30)
        events += _call(random, call, start, unit, length, tidy)
        if random.random() < 0.3 and number:
            start += DAY
    lost = 0 if tidy else random.choice((0, 0, 0.1, 0.4))
    events = [event for event in events if random.random() >= lost] or [started(0)]
    if not tidy and random.random() < 0.3:  # told twice, under another envelope id
        events += [
            replace(event, id=f"{event.id}-again") for event in events if random.random() < 0.3
        ]
    planned_end = random.choice((None, None, BASE, start, start + random.randint(0, 100) * unit))
    return History(tuple(shuffled(events, random)), _nows(random, events, planned_end), planned_end)


def storm_of_rejoins(seed: int) -> tuple[CallEvent, ...]:
    """A call in which some people come back very often, on up to three devices at once, with old
    participant ids, new ones or none. No event is lost."""
    random = Random(seed)
    unit = random.choice((1, SECOND // 10, SECOND, 60 * SECOND))
    moves: list[CallEvent] = []
    for who in shuffled((ALICE, BOB, CAROL), random)[: random.randint(1, 3)]:
        for device in range(random.randint(1, 3)):
            participant_id = random.choice((f"{who[-3:]}-{device}", f"{who[-3:]}-{device}", None))
            is_new_each_time = random.random() < 0.5
            at = BASE + random.randint(0, 300) * unit
            for stay in range(random.choice((1, 3, 30, 60))):
                left_at = at + random.randint(1, 20) * unit
                if is_new_each_time:
                    participant_id = f"{who[-3:]}-{device}-{stay}"
                elif participant_id is None and device:
                    break  # events without participant ids tell no devices apart
                for kind, when in (("ParticipantAdded", at), ("ParticipantRemoved", left_at)):
                    moves.append(
                        _move(
                            random, kind, f"{stay}", "call", when, participant_id or "", who, True
                        )
                        if participant_id
                        else CallEvent(
                            "ParticipantAdded"
                            if kind == "ParticipantAdded"
                            else "ParticipantRemoved",
                            f"{stay}",
                            "call",
                            when,
                            raw_id=who,
                        )
                    )
                at = left_at + random.choice((1, 2, 5, 50)) * unit
    return (CallEvent("CallStarted", "started", "call", BASE), *moves)


def _call(
    random: Random, call: str, start: Ticks, unit: Ticks, length: int, tidy: bool
) -> list[CallEvent]:
    end = start + length * unit
    events = []
    if tidy or random.random() < 0.85:
        events.append(
            CallEvent(
                "CallStarted", f"{call}-s", call, start, started_by=random.choice((None, ALICE))
            )
        )
    for time in range(1 if tidy else random.choice((0, 0, 1, 1, 1, 2))):
        at = end if tidy else end + random.choice((0, 0, 1, -3)) * unit
        lengths = (None, at - start, at - start, at - start + DAY, random.randint(1, 30) * unit)
        events.append(
            CallEvent(
                "CallEnded",
                f"{call}-e{time}",
                call,
                at,
                ended_by=random.choice((None, BOB, PHONE)),
                ended_by_participant=random.random() < 0.5,
                duration=max(0, at - start if tidy else random.choice(lengths) or 0) or None,
            )
        )
    for update in range(random.choice((0, 0, 0, 1, 3))):
        at = start + random.randint(0, max(length, 1)) * unit
        numbers = tuple(number for number in (PHONE, OTHER_PHONE) if random.random() < 0.5)
        events.append(CallEvent("PhonesUpdated", f"{call}-t{update}", call, at, phones=numbers))
    for device in range(random.randint(0, 6)):
        who = random.choice((ALICE, BOB, CAROL, DAN))
        at = start + random.randint(0, max(length, 1)) * unit
        for leg in range(random.choice((1, 1, 2, 3))):
            left_at = at + random.choice((0, 1, 3, 10)) * unit
            if tidy:
                at, left_at = min(at, end), min(left_at, end)
            for kind, when in (("ParticipantAdded", at), ("ParticipantRemoved", left_at)):
                events.append(
                    _move(
                        random,
                        kind,
                        f"{call}-{device}-{leg}",
                        call,
                        when,
                        f"{call}-p{device}",
                        who,
                        tidy,
                    )
                )
            at = left_at + random.choice((0, 1, 2, 5)) * unit
    return events


def _move(
    random: Random,
    kind: str,
    event_id: str,
    call: str,
    at: Ticks,
    participant_id: str,
    who: str,
    tidy: bool,
) -> CallEvent:
    has_participant_id = tidy or random.random() < 0.9
    skew = 0 if tidy or random.random() < 0.8 else random.choice((-3, -2, -1, 1, 2, 3)) * SECOND
    return CallEvent(
        kind="ParticipantAdded" if kind == "ParticipantAdded" else "ParticipantRemoved",
        id=event_id,
        call=call,
        at=at + skew,
        participant_id=participant_id if has_participant_id else None,
        raw_id=who if tidy or not has_participant_id or random.random() < 0.8 else None,
        display_name=random.choice((None, "Dr. A", "Mr. B")),
        role=random.choice((None, *ROLES)),
        endpoint_type=random.choice((None, "azureCommunicationServices")),
        started_by=None if tidy or random.random() < 0.9 else random.choice((who, CAROL, PHONE)),
    )


def _nows(
    random: Random, events: Sequence[CallEvent], planned_end: Ticks | None
) -> tuple[Ticks, ...]:
    """Between the events, at them, and just before and at each border after the last."""
    last = max(event.at for event in events)
    silence = random.choice((120 * SECOND, 4 * HOUR, DAY))
    amid = random.choice(events).at
    late = last if planned_end is None else max(last, planned_end)
    return (
        amid,
        amid - 1 + random.choice((0, 2)),
        last,
        last + silence - 1,
        last + silence,
        late + 4 * HOUR - 1,
        late + 4 * HOUR,
    )
