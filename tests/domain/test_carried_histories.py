"""Calls of a media server in generated histories, with webhooks that are late, doubled or lost, a
server that is killed, and the repair: against an oracle, and against what truly happened."""

from collections.abc import Callable
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.call import Call
from rooms.domain.events import CallEvent
from rooms.domain.time import SECOND, Ticks
from tests.domain.carried_histories import (
    MINUTE,
    Carried,
    Session,
    Visit,
    as_carried,
    carried,
    visits_of,
)
from tests.domain.folded import fold_calls
from tests.domain.histories import HISTORIES, History, histories
from tests.domain.test_histories import (
    answers,
    check_against_the_oracle,
    check_invariants,
    thorough,
)

KINDS = ("ParticipantAdded", "ParticipantRemoved", "CallEnded")

AT_MOST: Ticks = 3 * MINUTE
"""How late a leave of which nobody told may be: a look, a minute of quiet, and another look."""


def each_history(check: Callable[[Carried, Random], None]) -> None:
    for seed in range(HISTORIES):
        try:
            check(carried(seed), Random(seed))
        except AssertionError as error:
            error.add_note(f"history {seed}")
            raise


def test_the_answers_are_the_oracles_whatever_the_order_and_however_often() -> None:
    def check(room: Carried, random: Random) -> None:
        history = room.history(random)
        for now in history.nows:
            events = history.deliveries(random)
            assert answers(events, None, now, 1) == answers(history.events, None, now, 1)
            check_against_the_oracle(events, None, now, random)
            check_invariants(events, None, now)

    each_history(check)


@thorough
@given(histories(), st.randoms(use_true_random=False))
def test_any_events_amount_to_something_consistent_whatever_the_order(
    history: History, random: Random
) -> None:
    events = [as_carried(event, random) for event in history.events if event.kind in KINDS]
    for now in history.nows:
        shuffled = random.sample(events, len(events))
        assert answers(shuffled, None, now, 1) == answers(events, None, now, 1)
        check_invariants(events, None, now)


def test_what_is_told_is_what_truly_happened_and_what_is_not_sure_is_marked() -> None:
    def check(room: Carried, random: Random) -> None:
        calls = {call.id: call for call in fold_calls(room.events, when_all_is_told(room))}
        assert calls.keys() == {event.call for event in room.events if is_move(event)}
        for session in room.sessions:
            if session.id in calls:
                check_call(room, session, calls[session.id])
            else:
                assert all(is_unseen(room, visit) for visit in session.visits)

    each_history(check)


def check_call(room: Carried, session: Session, call: Call) -> None:
    visits = {visit.device.participant_id: visit for visit in session.visits}
    legs = {leg.participant_id: leg for leg in call.legs}
    assert len(legs) == len(call.legs)
    assert legs.keys() <= visits.keys()
    for device, visit in visits.items():
        leg = legs.get(device)
        if leg is None:
            assert is_unseen(room, visit)
            continue
        assert (leg.raw_id, leg.joined_at, leg.join_estimated) == (
            visit.device.raw_id,
            visit.joined_at,
            False,
        )
        assert leg.left_at is not None
        if f"EV_{device}_left" in room.lost:
            known_at = max(visit.left_at, first_heard_of(room, device))
            latest = known_at + AT_MOST + silence(room, known_at)
            assert visit.left_at - SECOND < leg.left_at <= latest
            assert leg.leave_estimated
        else:
            assert visit.left_at - SECOND < leg.left_at <= visit.left_at
            assert not leg.leave_estimated
    assert call.started_at == min(leg.joined_at for leg in call.legs)
    assert call.ended_at == max(leg.left_at or 0 for leg in call.legs)
    if not {id for id in room.lost if id.startswith(f"EV_{session.id}")} | {
        id for id in room.lost if id.startswith(f"EV_PA_{session.id}_")
    }:
        assert not call.has_gaps


def first_heard_of(room: Carried, device: str) -> Ticks:
    """When the first event of it came, which may be after it had left."""
    return min(at for at, event in room.inserted if event.participant_id == device)


def is_unseen(room: Carried, visit: Visit) -> bool:
    """Whether nothing of a visit came, and no look at the server fell into it but for its first
    seconds."""
    device = visit.device.participant_id
    return {f"EV_{device}_joined", f"EV_{device}_left"} <= room.lost and not any(
        visit.joined_at + 20 * SECOND <= look < visit.left_at for look in room.looks
    )


def silence(room: Carried, at: Ticks) -> Ticks:
    """How long the server did not answer from then on."""
    return sum(end - start for start, end in room.downtimes if start <= at + MINUTE and at <= end)


def is_move(event: CallEvent) -> bool:
    return event.kind in ("ParticipantAdded", "ParticipantRemoved")


def when_all_is_told(room: Carried) -> Ticks:
    ends = [session.over_at for session in room.sessions]
    return max([*ends, *(at for at, _ in room.inserted)]) + 10 * MINUTE


def test_the_histories_have_every_fault() -> None:
    rooms = [carried(seed) for seed in range(120)]
    assert any(not room.lost for room in rooms)
    assert any(room.lost for room in rooms)
    assert any(room.downtimes for room in rooms)
    assert any(not visits_of(room.sessions) for room in rooms)
    repaired = {event.id.partition(":")[0] for room in rooms for event in room.events}
    assert {"seen", "gone"} <= repaired
