"""The short form of `make faults`: some kills of each change, a few dozen changes at random, and
some at ACS itself."""

from faults.moving.drift import LIMITS_OF_DRIFT, Drift
from faults.moving.kills import killed_everywhere
from faults.moving.together import Together
from testkit.acs_instance import AcsInstance
from testkit.two_sides import TwoSides
from tests.effort import KILLS_APART, THOROUGH

CHANGES = 50 if THOROUGH else 30
CHANGES_AT_ACS, ROUNDS = (30, 3) if THOROUGH else (16, 2)


async def test_a_change_that_was_killed_is_there_once_on_both_sides_or_on_none(
    sides: TwoSides,
) -> None:
    kills = await killed_everywhere(sides, every=2 * KILLS_APART - 1, seed=1)
    await sides.settle()
    sight = await sides.look()
    assert [problem for kill in kills for problem in kill.problems(sight)] == []
    assert list(sight.problems()) == []
    assert len(kills) > 5


async def test_changes_at_random_under_faults_leave_both_sides_alike(sides: TwoSides) -> None:
    together = Together(sides, seed=1, kills=3)
    await together.run(CHANGES)
    await sides.settle()
    assert list(together.problems(await sides.look())) == []
    assert sides.acs.met
    assert together.killed


async def test_changes_at_acs_are_found_and_told_of_nobody_here(own_acs: AcsInstance) -> None:
    sides = TwoSides(own_acs, limits=LIMITS_OF_DRIFT)
    drift = Drift(sides, seed=1)
    await drift.run(CHANGES_AT_ACS, ROUNDS)
    await sides.settle()
    assert list(drift.problems(await sides.look())) == []
