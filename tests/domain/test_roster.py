import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.errors import TooManyParticipants
from rooms.domain.limits import LIMITS
from rooms.domain.roster import (
    Roster,
    RosterPatch,
    check_size,
    first_unsupported,
    patched_roster,
    roster_difference,
)
from testkit.identifiers import raw_id

roles = st.sampled_from(["Presenter", "Attendee", "Consumer", "Collaborator"])
few_users = st.integers(0, 6).map(raw_id)
rosters = st.dictionaries(few_users, roles)
acs_users = st.builds(lambda resource, user: f"8:acs:{resource}_{user}", st.uuids(), st.uuids())
patches = st.dictionaries(few_users, st.none() | roles)

ALICE, BOB, CAROL = raw_id(1), raw_id(2), raw_id(3)


@given(rosters, patches)
def test_a_patch_gives_each_the_role_it_names_and_removes_whom_it_nulls(
    roster: Roster, patch: RosterPatch
) -> None:
    after = patched_roster(roster, patch)
    for user in roster.keys() | patch.keys():
        assert after.get(user) == patch.get(user, roster.get(user))


@given(rosters, patches)
def test_who_stays_keeps_the_place_and_who_is_new_comes_last(
    roster: Roster, patch: RosterPatch
) -> None:
    after = patched_roster(roster, patch)
    stayed = [user for user in roster if user in after]
    new = [user for user, role in patch.items() if role is not None and user not in roster]
    assert list(after) == stayed + new


@given(rosters, patches)
def test_a_patch_applied_twice_changes_nothing_more(roster: Roster, patch: RosterPatch) -> None:
    once = patched_roster(roster, patch)
    assert not roster_difference(once, patched_roster(once, patch))


@given(rosters, rosters)
def test_a_difference_leads_from_one_roster_to_the_other(before: Roster, after: Roster) -> None:
    difference = roster_difference(before, after)
    patch = {
        **dict.fromkeys(difference.removed),
        **{user: role for user, (_, role) in difference.changed.items()},
        **difference.added,
    }
    assert patched_roster(before, patch) == after
    assert bool(difference) == (before != after)
    assert all(
        before[user] == was != becomes for user, (was, becomes) in difference.changed.items()
    )


def test_the_order_of_a_recorded_change() -> None:
    roster: Roster = {ALICE: "Presenter", CAROL: "Attendee"}
    after = patched_roster(roster, {ALICE: "Consumer", BOB: "Consumer"})
    assert list(after.items()) == [(ALICE, "Consumer"), (CAROL, "Attendee"), (BOB, "Consumer")]


@given(st.lists(acs_users))
def test_acs_users_are_supported(raw_ids: list[str]) -> None:
    assert first_unsupported(raw_ids) is None


@pytest.mark.parametrize(
    "user",
    [
        "",
        "wrong_mri",
        "8:acs:nonExistentParticipant",
        "4:+14255550123",
        "8:orgid:00000000-0000-0000-0000-000000000001",
        ALICE + " ",
        ALICE + "\n",
        ALICE + "0",
        ALICE[:-1],
        ALICE.upper(),
        ALICE.replace("_", "-"),
    ],
)
def test_who_is_no_acs_user_is_not_supported(user: str) -> None:
    assert first_unsupported([ALICE, user, "also wrong"]) == user


def test_a_roster_has_a_limit_and_the_error_names_it() -> None:
    check_size({raw_id(n): "Attendee" for n in range(LIMITS.participants)})
    with pytest.raises(TooManyParticipants) as caught:
        check_size({raw_id(n): "Attendee" for n in range(LIMITS.participants + 1)})
    assert caught.value.limit == LIMITS.participants
