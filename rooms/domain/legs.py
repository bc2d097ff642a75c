"""The legs of a call: from joins and leaves, from what is told of telephones, and from who is said
to have started or ended it.

docs/design/fold.md has the rules.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rooms.domain.call import Leg
from rooms.domain.events import CallEvent
from rooms.domain.time import MAX_TIME, SECOND, Ticks

CLOCK_SKEW: Ticks = 2 * SECOND
"""A leave may have a time this much before its join: the clocks of the calling service differ."""

PHONE = "phone"
"""The type of the endpoint of a leg of a telephone."""


def legs_of(
    history: Sequence[CallEvent], started_at: Ticks, ended_at: Ticks | None
) -> tuple[Leg, ...]:
    """Returns the legs of a call from its events in order, by the time of joining.

    Args:
        ended_at: None if no event tells of the end.
    """
    told = [*_legs_of_people(history, started_at), *_legs_of_phones(history)]
    known = {leg.person for leg in told}
    others = [
        leg for leg in _legs_by_evidence(history, started_at, ended_at) if leg.person not in known
    ]
    return tuple(sorted((*told, *others), key=_order))


def _order(leg: Leg) -> tuple[Ticks, str, str, Ticks]:
    return leg.joined_at, leg.person, leg.participant_id or "", leg.left_at or MAX_TIME


def _legs_of_people(history: Iterable[CallEvent], started_at: Ticks) -> list[Leg]:
    by_participant_id: defaultdict[str, list[CallEvent]] = defaultdict(list)
    by_raw_id: defaultdict[str | None, list[CallEvent]] = defaultdict(list)
    for event in history:
        if event.kind in ("ParticipantAdded", "ParticipantRemoved"):
            if event.participant_id:
                by_participant_id[event.participant_id].append(event)
            else:
                by_raw_id[event.raw_id].append(event)
    legs = [leg for moves in by_participant_id.values() for leg in _legs_of_one(moves, started_at)]
    joined: dict[str | None, Ticks] = {}
    for leg in legs:
        if not leg.join_estimated:
            joined[leg.raw_id] = min(leg.joined_at, joined.get(leg.raw_id, MAX_TIME))
    for raw_id, moves in by_raw_id.items():
        legs += _legs_of_one(moves, started_at, joined.get(raw_id, MAX_TIME))
    return legs


def _legs_of_phones(history: Iterable[CallEvent]) -> list[Leg]:
    """Returns a leg of each telephone from the event that first lists it until the next one that
    does not."""
    legs: list[Leg] = []
    there: dict[str, Ticks] = {}
    for event in history:
        if event.kind == "PhonesUpdated":
            for phone in there.keys() - set(event.phones):
                legs.append(_untold_leg(phone, there.pop(phone), event.at))
            for phone in event.phones:
                there.setdefault(phone, event.at)
    legs += (_untold_leg(phone, joined_at, None) for phone, joined_at in there.items())
    return [replace(leg, endpoint_type=PHONE) for leg in legs]


def _legs_by_evidence(
    history: Sequence[CallEvent], started_at: Ticks, ended_at: Ticks | None
) -> list[Leg]:
    """Returns a leg of each person who is said to have started the call, or to have ended it as one
    of its participants."""
    stays = {event.started_by: (started_at, started_at) for event in history if event.started_by}
    end = next((event for event in reversed(history) if event.ended_by), None)
    if ended_at is not None and end is not None and end.ended_by and end.ended_by_participant:
        start, _ = stays.get(end.ended_by, (ended_at, ended_at))
        stays[end.ended_by] = (start, ended_at)
    return [
        replace(_untold_leg(who, *stay), join_estimated=True, leave_estimated=True)
        for who, stay in stays.items()
    ]


def _untold_leg(raw_id: str, joined_at: Ticks, left_at: Ticks | None) -> Leg:
    """Returns a leg without a join or leave of its own."""
    return Leg(None, raw_id, None, None, None, joined_at, False, left_at, False, raw_id)


def _legs_of_one(
    moves: list[CallEvent], started_at: Ticks, joined_at: Ticks = MAX_TIME
) -> list[Leg]:
    """Returns the legs of one participant id, or of one raw id without any, from its joins and
    leaves in order.

    Args:
        joined_at: when the same raw id first joined by a participant id. A first leave from then on
            says nothing new.
    """
    raw_id = next((event.raw_id for event in moves if event.raw_id), None)
    legs: list[Leg] = []
    if moves[0].kind == "ParticipantRemoved":
        if not _is_skewed(moves):
            if moves[0].at < joined_at:
                legs.append(
                    _leg(raw_id, moves[:1], started_at, join_estimated=True, left_at=moves[0].at)
                )
        elif len(moves) < 3 or moves[2].kind == "ParticipantAdded":
            at = moves[1].at
            legs.append(replace(_leg(raw_id, moves[1:2], at, left_at=at), leave_estimated=True))
            moves = moves[1:]
        moves = moves[1:]
    stay: list[CallEvent] = []
    for event in moves:
        if event.kind == "ParticipantAdded":
            stay.append(event)
        elif stay:
            legs.append(_leg(raw_id, stay, stay[0].at, left_at=event.at))
            stay = []
    if stay:
        legs.append(_leg(raw_id, stay, stay[0].at))
    return legs


def _is_skewed(moves: list[CallEvent]) -> bool:
    """Returns whether a leave comes first, and a join so soon after it that their order is
    wrong."""
    return (
        len(moves) > 1
        and moves[1].kind == "ParticipantAdded"
        and moves[1].at - moves[0].at <= CLOCK_SKEW
    )


def _leg(
    raw_id: str | None,
    stay: Sequence[CallEvent],
    joined_at: Ticks,
    join_estimated: bool = False,
    left_at: Ticks | None = None,
) -> Leg:
    """Returns the leg of a stay from its joins, or from its leave if the joins were lost."""
    return Leg(
        participant_id=stay[0].participant_id,
        raw_id=raw_id,
        display_name=_last(stay, "display_name"),
        role=_last(stay, "role"),
        endpoint_type=_last(stay, "endpoint_type"),
        joined_at=joined_at,
        join_estimated=join_estimated,
        left_at=left_at,
        leave_estimated=False,
        person=raw_id or stay[0].participant_id or "",
    )


def _last(stay: Sequence[CallEvent], name: str) -> str | None:
    """Returns the last value that an event has of a field."""
    for event in reversed(stay):
        if text := getattr(event, name):
            return str(text)
    return None
