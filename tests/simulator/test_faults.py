from collections import Counter
from itertools import chain
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simulator.faults import Faults, plan

ELEMENTS: list[dict[str, Any]] = [
    {"id": place, **({"specversion": "1.0"} if place % 3 else {})} for place in range(100)
]

FAULTS = st.builds(
    Faults,
    st.booleans(),
    st.integers(1, 3),
    st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    st.sampled_from([0.0, 2.0]),
)


@given(faults=FAULTS, seed=st.integers(), batch=st.integers(1, 40))
def test_what_is_not_dropped_is_delivered_as_often_as_asked(
    faults: Faults, seed: int, batch: int
) -> None:
    planned = plan(ELEMENTS, faults, seed, batch)
    copies = Counter(chain.from_iterable(delivery.places for delivery in planned.deliveries))
    assert copies == {
        place: faults.copies for place in range(len(ELEMENTS)) if place not in planned.dropped
    }
    assert all(
        0 <= delivery.after_seconds <= faults.delay_seconds for delivery in planned.deliveries
    )


@given(faults=FAULTS, seed=st.integers(), batch=st.integers(1, 40))
def test_a_delivery_has_one_schema_and_no_more_events_than_a_batch(
    faults: Faults, seed: int, batch: int
) -> None:
    for delivery in plan(ELEMENTS, faults, seed, batch).deliveries:
        assert 1 <= len(delivery.places) <= batch
        assert len({"specversion" in ELEMENTS[place] for place in delivery.places}) == 1


@given(faults=FAULTS, seed=st.integers())
def test_the_same_seed_makes_the_same_faults(faults: Faults, seed: int) -> None:
    assert plan(ELEMENTS, faults, seed) == plan(ELEMENTS, faults, seed)


def test_without_faults_events_come_in_their_order() -> None:
    planned = plan(ELEMENTS[:1] * 50, Faults(), 1)
    assert [delivery.places for delivery in planned.deliveries] == [(place,) for place in range(50)]


def test_events_of_the_present_are_delivered_when_they_happen() -> None:
    planned = plan(ELEMENTS[:1] * 3, Faults(copies=2), 1, due_seconds=[2.0, 0.5, 1.0])
    assert [(delivery.after_seconds, delivery.places) for delivery in planned.deliveries] == [
        (0.5, (1,)),
        (0.5, (1,)),
        (1.0, (2,)),
        (1.0, (2,)),
        (2.0, (0,)),
        (2.0, (0,)),
    ]


def test_shuffled_events_come_in_another_order() -> None:
    planned = plan(ELEMENTS[:1] * 50, Faults(shuffle=True), 1)
    assert [delivery.places for delivery in planned.deliveries] != [(place,) for place in range(50)]
