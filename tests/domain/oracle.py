"""What the events of a room amount to, told a second time: slowly and in another way than
rooms.domain, to compare with it.

Nothing here is taken from rooms.domain but its values. Who is there is never kept account of: every
question is asked anew of every leg at every moment that could matter.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from rooms.domain.events import CallEvent
from rooms.domain.roster import Roster
from rooms.domain.time import Ticks

SECOND = 10_000_000
FOREVER = 10**30
RANK = {
    "CallStarted": "1",
    "ParticipantAdded": "2",
    "ParticipantRemoved": "3",
    "PhonesUpdated": "4",
    "CallEnded": "5",
}


class ToldLeg(NamedTuple):
    participant_id: str | None
    raw_id: str | None
    display_name: str | None
    role: str | None
    joined_at: Ticks
    join_estimated: bool
    left_at: Ticks | None
    leave_estimated: bool

    @property
    def person(self) -> str:
        name = self.raw_id if self.raw_id is not None else self.participant_id
        assert name is not None
        return name

    @property
    def estimated(self) -> bool:
        return True in (self.join_estimated, self.leave_estimated)

    def covers(self, at: Ticks) -> bool:
        return self.joined_at <= at < (FOREVER if self.left_at is None else self.left_at)


class ToldCall(NamedTuple):
    id: str
    started_at: Ticks
    start_estimated: bool
    ended_at: Ticks | None
    end_estimated: bool
    people: int
    peak: int
    peak_at: Ticks | None
    peak_estimated: bool
    has_gaps: bool
    legs: tuple[ToldLeg, ...]

    def is_on(self, at: Ticks) -> bool:
        return self.started_at <= at < (FOREVER if self.ended_at is None else self.ended_at)


def told_calls(
    events: Iterable[CallEvent], now: Ticks, planned_end: Ticks | None
) -> dict[str, ToldCall]:
    """Every call that has an event by `now`, by its id."""
    known = {event.key: event for event in events if event.at <= now}
    history = sorted(
        known.values(), key=lambda event: f"{event.at:040d} {RANK[event.kind]} {event.key}"
    )
    ids = {event.call for event in history if event.source == "acs" or _move(event)}
    starts = {call: _told_start([event for event in history if event.call == call]) for call in ids}
    return {
        call: _told_call(
            [event for event in history if event.call == call],
            now,
            planned_end,
            starts[call],
            any((starts[other], other) > (starts[call], call) for other in ids),
        )
        for call in ids
    }


def _move(event: CallEvent) -> bool:
    return event.kind in ("ParticipantAdded", "ParticipantRemoved")


def _told_start(history: Sequence[CallEvent]) -> Ticks:
    """When a call began: that may be told only by how long it was."""
    if history[0].source == "livekit":
        return min(event.at - (event.duration or 0) for event in history if _move(event))
    first = min(event.at for event in history)
    lengths = [event for event in history if event.kind == "CallEnded" and event.duration]
    if lengths and "CallStarted" not in {event.kind for event in history}:
        longest_before = first - 24 * 60 * 60 * SECOND
        begun = lengths[-1].at - (lengths[-1].duration or 0)
        if begun in range(longest_before, first + 1):
            return begun
    return first


def _told_call(
    history: Sequence[CallEvent],
    now: Ticks,
    planned_end: Ticks | None,
    start: Ticks,
    another_started_later: bool,
) -> ToldCall:
    last = history[-1].at
    moves = [event for event in history if _move(event)]
    if history[0].source == "livekit":
        return _told_carried(history, now, start, another_started_later)
    legs = [
        leg
        for who in {_who(event) for event in moves}
        for leg in _told_legs([event for event in moves if _who(event) == who], start)
        if not _is_told_by_participant_id(leg, moves)
    ]
    snapshots = [event for event in history if event.kind == "PhonesUpdated"]
    for phone in {phone for event in snapshots for phone in event.phones}:
        legs += _told_phone_legs(phone, snapshots)
    ends = [event.at for event in history if event.kind == "CallEnded"]
    legs += _only_mentioned(history, legs, start, max(ends, default=None))
    silence = now - last
    given_up = (
        not any(leg.left_at is None for leg in legs) and silence >= 120 * SECOND,
        another_started_later,
        silence >= 24 * 60 * 60 * SECOND,
        planned_end is not None and min(silence, now - planned_end) >= 4 * 60 * 60 * SECOND,
    )
    end = max(ends) if ends else last if any(given_up) else None
    if end is not None:
        legs = [
            leg._replace(
                joined_at=min(leg.joined_at, end),
                left_at=end if leg.left_at is None else min(leg.left_at, end),
                leave_estimated=leg.leave_estimated or leg.left_at is None,
            )
            for leg in legs
        ]
    peak, peak_at, peak_estimated = _told_peak(legs)
    start_estimated = not any(event.kind == "CallStarted" for event in history)
    return ToldCall(
        id=history[0].call,
        started_at=start,
        start_estimated=start_estimated,
        ended_at=end,
        end_estimated=end is not None and not ends,
        people=len({leg.person for leg in legs}),
        peak=peak,
        peak_at=peak_at,
        peak_estimated=peak_estimated,
        has_gaps=start_estimated
        or (end is not None and not ends)
        or True in [leg.estimated for leg in legs],
        legs=tuple(sorted(legs, key=repr)),
    )


def _told_carried(
    history: Sequence[CallEvent], now: Ticks, start: Ticks, another_started_later: bool
) -> ToldCall:
    """A call of the media server, of whose devices each comes once."""
    moves = [event for event in history if _move(event)]
    devices = {event.participant_id for event in moves}
    legs = [_told_visit([one for one in moves if one.participant_id == who]) for who in devices]
    end, end_estimated = _told_end_of_carried(history, legs)
    silence = now - history[-1].at
    if end is None and (
        another_started_later
        or silence >= 24 * 60 * 60 * SECOND
        or (silence >= 120 * SECOND and not any(leg.left_at is None for leg in legs))
    ):
        times = [history[-1].at if leg.left_at is None else leg.left_at for leg in legs]
        end, end_estimated = max(times), True
    if end is not None:
        legs = [
            leg._replace(
                left_at=min(end, FOREVER if leg.left_at is None else leg.left_at),
                leave_estimated=leg.leave_estimated or leg.left_at is None,
            )
            for leg in legs
        ]
    peak, peak_at, peak_estimated = _told_peak(legs)
    return ToldCall(
        id=history[0].call,
        started_at=start,
        start_estimated=False,
        ended_at=end,
        end_estimated=end_estimated,
        people=len({leg.person for leg in legs}),
        peak=peak,
        peak_at=peak_at,
        peak_estimated=peak_estimated,
        has_gaps=end_estimated or True in [leg.estimated for leg in legs],
        legs=tuple(sorted(legs, key=repr)),
    )


def _told_visit(moves: Sequence[CallEvent]) -> ToldLeg:
    """The one stay of a device. Any of its true events tells its join."""
    leaves = [event for event in moves if event.kind == "ParticipantRemoved"]
    true_leaves = [event.at for event in leaves if not event.estimated]
    guesses = [event.at for event in leaves]
    return ToldLeg(
        moves[0].participant_id,
        moves[0].raw_id,
        moves[0].display_name,
        moves[0].role,
        min(event.at - (event.duration or 0) for event in moves),
        False,
        min(true_leaves or guesses, default=None),
        bool(guesses) and not true_leaves,
    )


def _told_end_of_carried(
    history: Sequence[CallEvent], legs: Sequence[ToldLeg]
) -> tuple[Ticks | None, bool]:
    """When it ended, and whether that is a guess: a guess does not count if news came after it."""
    true_ends = [event for event in history if event.kind == "CallEnded" and not event.estimated]
    silent = history[
        max(
            (
                number + 1
                for number, event in enumerate(history)
                if not event.estimated or event.kind == "ParticipantAdded"
            ),
            default=0,
        ) :
    ]
    guesses = [event for event in silent if event.kind == "CallEnded"]
    ends = true_ends[-1:] or guesses[:1]
    if not ends:
        return None, False
    leaves = [leg.left_at for leg in legs if leg.left_at is not None]
    if len(leaves) == len(legs):
        last = max(leaves)
        return last, {leg.leave_estimated for leg in legs if leg.left_at == last} == {True}
    return max(ends[0].at, *leaves, *(leg.joined_at for leg in legs)), ends[0].estimated


def _told_peak(legs: Sequence[ToldLeg]) -> tuple[int, Ticks | None, bool]:
    counts = {
        at: len(there(legs, at))
        for leg in legs
        for at in (leg.joined_at, leg.left_at)
        if at is not None
    }
    peak = max(counts.values(), default=0)
    if not peak:
        return 0, None, any(leg.estimated for leg in legs)
    peak_at = min(at for at, count in counts.items() if count == peak)
    return peak, peak_at, any(leg.estimated for leg in legs if leg.covers(peak_at))


def _who(event: CallEvent) -> tuple[bool, str | None]:
    has_participant_id = event.participant_id is not None
    return has_participant_id, event.participant_id if has_participant_id else event.raw_id


def _told_legs(moves: Sequence[CallEvent], call_started_at: Ticks) -> list[ToldLeg]:
    """The moves as a word of A and R, in which a leg is what a pattern finds."""
    word = "".join("A" if event.kind == "ParticipantAdded" else "R" for event in moves)
    raw_id = next((event.raw_id for event in moves if event.raw_id is not None), None)

    def leg(
        telling: Sequence[CallEvent], joined_at: Ticks, left_at: Ticks | None, guess: str = ""
    ) -> ToldLeg:
        names = [event.display_name for event in telling if event.display_name is not None]
        roles = [event.role for event in telling if event.role is not None]
        name, role = names[-1] if names else None, roles[-1] if roles else None
        return ToldLeg(
            moves[0].participant_id,
            raw_id,
            name,
            role,
            joined_at,
            guess == "join",
            left_at,
            guess == "leave",
        )

    legs, begin = [], 0
    if word.startswith("R"):
        begin = 1
        if word.startswith("RA") and moves[1].at - moves[0].at <= 2 * SECOND:
            if not word.startswith("RAR"):
                begin = 2
                legs.append(leg(moves[1:2], moves[1].at, moves[1].at, "leave"))
        else:
            legs.append(
                leg(moves[:1], call_started_at, moves[0].at, "join")
            )  # the leave tells the name where no join does
    for found in re.compile("(A+)(R?)").finditer(word, begin):
        left_at = moves[found.start(2)].at if found[2] else None
        legs.append(leg(moves[found.start(1) : found.end(1)], moves[found.start(1)].at, left_at))
    return legs


def _is_told_by_participant_id(leg: ToldLeg, moves: Sequence[CallEvent]) -> bool:
    """Whether it is known only from a leave without a participant id, of somebody who had come with
    one by then."""
    if leg.participant_id is not None or not leg.join_estimated or leg.left_at is None:
        return False
    devices = {event.participant_id for event in moves if event.participant_id is not None}
    raw_ids = {
        device: next(
            (event.raw_id for event in moves if event.participant_id == device and event.raw_id),
            None,
        )
        for device in devices
    }
    return any(
        event.kind == "ParticipantAdded"
        and event.at <= leg.left_at
        and event.participant_id is not None
        and raw_ids[event.participant_id] == leg.raw_id
        for event in moves
    )


def _told_phone_legs(phone: str, snapshots: Sequence[CallEvent]) -> list[ToldLeg]:
    """The snapshots as a word of Y and N, in which a leg is what a pattern finds."""
    word = "".join("Y" if phone in event.phones else "N" for event in snapshots)
    return [
        ToldLeg(
            None,
            phone,
            None,
            None,
            snapshots[found.start()].at,
            False,
            snapshots[found.end() - 1].at if found[0].endswith("N") else None,
            False,
        )
        for found in re.finditer("Y+N?", word)
    ]


def _only_mentioned(
    history: Sequence[CallEvent], legs: Sequence[ToldLeg], start: Ticks, end: Ticks | None
) -> list[ToldLeg]:
    """Those of whom nothing else is known than that they started or ended the call."""
    at_start = {event.started_by for event in history}
    enders = [event for event in history if event.kind == "CallEnded" and event.ended_by]
    at_end = {event.ended_by for event in enders[-1:] if event.ended_by_participant}
    told = []
    for who in (at_start | at_end) - {None} - {leg.person for leg in legs}:
        times = [
            at
            for at, people in ((start, at_start), (end, at_end))
            if who in people
            if at is not None
        ]
        told.append(ToldLeg(None, who, None, None, times[0], True, times[-1], True))
    return told


def there(legs: Iterable[ToldLeg], at: Ticks) -> set[str]:
    """Who is in at that moment."""
    return {leg.person for leg in legs if leg.covers(at)}


class ToldPresent(NamedTuple):
    person: str
    since: Ticks
    legs: int
    estimated: bool
    may_be_called: frozenset[tuple[str | None, str | None]]
    """Display name and role; several only if the person came with several devices in one moment."""


def told_presence(
    calls: Mapping[str, ToldCall], at: Ticks
) -> tuple[str, dict[str, ToldPresent]] | None:
    """The id of the call that is on, and who is in it."""
    on = sorted((call.started_at, call.id) for call in calls.values() if call.is_on(at))
    if not on:
        return None
    call = calls[on[-1][1]]
    return call.id, {
        person: ToldPresent(
            person=person,
            since=_unbroken_since([leg for leg in call.legs if leg.person == person], at),
            legs=sum(leg.person == person and leg.covers(at) for leg in call.legs),
            estimated=any(
                leg.person == person and leg.covers(at) and leg.estimated for leg in call.legs
            ),
            may_be_called=_may_be_called(
                leg for leg in call.legs if leg.person == person and leg.joined_at <= at
            ),
        )
        for person in there(call.legs, at)
    }


def _unbroken_since(legs: Sequence[ToldLeg], at: Ticks) -> Ticks:
    """Steps back from leg to leg for as long as one was on, or had only just ended."""
    while (
        earlier := min(
            leg.joined_at for leg in legs if leg.joined_at <= at and (leg.left_at or FOREVER) >= at
        )
    ) < at:
        at = earlier
    return at


def _may_be_called(legs: Iterable[ToldLeg]) -> frozenset[tuple[str | None, str | None]]:
    own = list(legs)
    some = [leg for leg in own if not (leg.join_estimated and leg.leave_estimated)] or own
    return frozenset(
        (leg.display_name, leg.role)
        for leg in some
        if leg.joined_at == max(leg.joined_at for leg in some)
    )


class ToldAttendee(NamedTuple):
    person: str
    invited_as: tuple[str, ...]
    came_as: frozenset[str]
    status: str
    guest: bool
    removed_at: Ticks | None
    intervals: tuple[tuple[Ticks, Ticks | None], ...]
    duration: Ticks
    alone: Ticks
    alone_estimated: bool
    joins: int
    late: Ticks | None
    left_early: Ticks | None
    estimated: bool
    may_be_called: frozenset[tuple[str | None, str | None]]


class ToldRoom(NamedTuple):
    """What is known of a room beside its calls."""

    invited: Roster
    was_open: bool = False
    removed: Mapping[str, Ticks] = {}
    external_ids: Mapping[str, str] = {}
    scheduled_start: Ticks | None = None
    was_deleted_before: bool = False
    has_dial_out: bool = False

    def person(self, raw_id: str) -> str:
        """The first whose external id is that of this one."""
        own = self.external_ids.get(raw_id)
        same = [other for other, theirs in self.external_ids.items() if theirs == own]
        return same[0] if same else raw_id


def told_of_people(call: ToldCall, room: ToldRoom) -> ToldCall:
    """The call as if each person had always come by the first of their raw ids."""
    legs = [leg._replace(raw_id=room.person(leg.person)) for leg in call.legs]
    peak, peak_at, peak_estimated = _told_peak(legs)
    return call._replace(
        people=len({leg.person for leg in legs}),
        peak=peak,
        peak_at=peak_at,
        peak_estimated=peak_estimated,
        legs=tuple(legs),
    )


def told_missing(call: ToldCall, room: ToldRoom, at: Ticks) -> dict[str, Ticks | None]:
    """Who of the invited is not in the call, and when events tell that they left it."""
    came = [leg for leg in told_of_people(call, room).legs if leg.joined_at <= at]
    missing: dict[str, Ticks | None] = {}
    for person in {room.person(raw_id) for raw_id in room.invited} - there(came, at):
        leaves = [
            leg.left_at or FOREVER
            for leg in came
            if leg.person == person and not (leg.join_estimated and leg.leave_estimated)
        ]
        missing[person] = max(leaves) if leaves else None
    return missing


def told_attendance(
    start: Ticks,
    end: Ticks | None,
    estimated: bool,
    calls: Iterable[ToldCall],
    room: ToldRoom,
    now: Ticks,
) -> dict[str, ToldAttendee]:
    """What each did from `start` to `end` (None: as long as the call goes on)."""
    over = end is not None and end <= now
    until = end if end is not None and over else now

    def lies_in_it(begin: Ticks, stop: Ticks | None) -> bool:
        if begin == stop:
            return start <= begin <= until
        if stop is None and not over:
            return max(start, begin) <= now
        return max(start, begin) < min(until, FOREVER if stop is None else stop)

    legs = [leg for call in calls for leg in call.legs if lies_in_it(leg.joined_at, leg.left_at)]
    on = [call for call in calls if lies_in_it(call.started_at, call.ended_at)]
    lossy = any(
        call.start_estimated
        or call.end_estimated
        or any(leg.join_estimated or leg.leave_estimated for leg in call.legs)
        for call in on
    )
    phones = any(str(leg.raw_id).startswith("4:") for call in on for leg in call.legs)
    to_come_at = min([max(start, call.started_at) for call in on] or [until])
    if start <= (room.scheduled_start or -1) < (FOREVER if end is None else end):
        to_come_at = room.scheduled_start or -1
    marks = {
        start,
        until,
        *(leg.joined_at for leg in legs),
        *(leg.left_at for leg in legs if leg.left_at is not None),
    }
    steps = sorted(mark for mark in marks if start <= mark <= until)
    slices = [
        (a, b, {room.person(leg.person) for leg in legs if leg.covers(a)})
        for a, b in pairwise(steps)
    ]
    told = {}
    for person in {room.person(who) for who in (*room.invited, *(leg.person for leg in legs))}:
        own = [leg for leg in legs if room.person(leg.person) == person]
        invited = [raw_id for raw_id in room.invited if room.person(raw_id) == person]
        still = [raw_id for raw_id in invited if raw_id not in room.removed]
        removals = [] if still else [room.removed[raw_id] for raw_id in invited]
        removed_at = max(removals, default=None)
        role = next((room.invited[raw_id] for raw_id in (*still, *invited)), None)
        if not own:
            if removed_at is not None and removed_at <= to_come_at:
                continue
            told[person] = ToldAttendee(
                person=person,
                invited_as=tuple(invited),
                came_as=frozenset(),
                status="cancelled" if room.was_deleted_before else "absent" if over else "expected",
                guest=False,
                removed_at=removed_at,
                intervals=(),
                duration=0,
                alone=0,
                alone_estimated=False,
                joins=0,
                late=None,
                left_early=None,
                estimated=lossy,
                may_be_called=frozenset({(None, role)}),
            )
            continue
        stays_on = not over and any(leg.left_at is None for leg in own)
        intervals: list[tuple[Ticks, Ticks | None]] = []
        for here in steps:
            after = next((b for a, b, who in slices if a == here and person in who), None)
            before = next((a for a, b, who in slices if b == here and person in who), None)
            moment = any(leg.joined_at == leg.left_at == here for leg in own) or (
                stays_on and here == now
            )
            if before is None and (after is not None or moment):
                intervals.append((here, here))
            if after is not None:
                intervals[-1] = (intervals[-1][0], after)
        if stays_on:
            intervals[-1] = (intervals[-1][0], None)
        last_leave = intervals[-1][1]
        told[person] = ToldAttendee(
            person=person,
            invited_as=tuple(invited),
            came_as=frozenset(leg.person for leg in own),
            status="attended" if room.was_open or invited else "uninvited",
            guest=room.was_open and not invited,
            removed_at=removed_at,
            intervals=tuple(intervals),
            duration=sum(b - a for a, b, who in slices if person in who),
            alone=sum(b - a for a, b, who in slices if who == {person}),
            alone_estimated=room.has_dial_out or phones or lossy,
            joins=len(own),
            late=intervals[0][0] - start,
            left_early=end - last_leave
            if over and end is not None and last_leave is not None
            else None,
            estimated=estimated or any(leg.join_estimated or leg.leave_estimated for leg in own),
            may_be_called=frozenset((name, said or role) for name, said in _may_be_called(own)),
        )
    return told
