import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.errors import ValidationFailed
from rooms.rules.roster import (
    MAX_PARTICIPANTS,
    Roster,
    RosterPatch,
    check_size,
    first_unsupported,
    patched_roster,
    roster_difference,
)
from tests.identifiers import acs_user, acs_users

roles = st.sampled_from(["Presenter", "Attendee", "Consumer", "Collaborator"])
few_users = st.integers(0, 6).map(acs_user)
rosters = st.dictionaries(few_users, roles)
patches = st.dictionaries(few_users, st.none() | roles)

ALICE, BOB, CAROL = acs_user(1), acs_user(2), acs_user(3)


@given(rosters, patches)
def test_a_patch_gives_each_the_role_it_names_and_removes_whom_it_nulls(roster: Roster, patch: RosterPatch) -> None:
    after = patched_roster(roster, patch)
    for raw_id in roster.keys() | patch.keys():
        assert after.get(raw_id) == patch.get(raw_id, roster.get(raw_id))


@given(rosters, patches)
def test_who_stays_keeps_the_place_and_who_is_new_comes_last(roster: Roster, patch: RosterPatch) -> None:
    after = patched_roster(roster, patch)
    stayed = [raw_id for raw_id in roster if raw_id in after]
    new = [raw_id for raw_id, role in patch.items() if role is not None and raw_id not in roster]
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
        **{raw_id: role for raw_id, (_, role) in difference.changed.items()},
        **difference.added,
    }
    assert patched_roster(before, patch) == after
    assert bool(difference) == (before != after)
    assert all(before[raw_id] == was != becomes for raw_id, (was, becomes) in difference.changed.items())


def test_the_order_of_a_recorded_change() -> None:
    roster: Roster = {ALICE: "Presenter", CAROL: "Attendee"}
    after = patched_roster(roster, {ALICE: "Consumer", BOB: "Consumer"})
    assert list(after.items()) == [(ALICE, "Consumer"), (CAROL, "Attendee"), (BOB, "Consumer")]


@given(st.lists(acs_users))
def test_acs_users_are_supported(raw_ids: list[str]) -> None:
    assert first_unsupported(raw_ids) is None


@pytest.mark.parametrize(
    "raw_id",
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
def test_who_is_no_acs_user_is_not_supported(raw_id: str) -> None:
    assert first_unsupported([ALICE, raw_id, "also wrong"]) == raw_id


def test_a_roster_has_a_limit_and_the_error_names_it() -> None:
    check_size({acs_user(n): "Attendee" for n in range(MAX_PARTICIPANTS)})
    with pytest.raises(ValidationFailed) as caught:
        check_size({acs_user(n): "Attendee" for n in range(MAX_PARTICIPANTS + 1)})
    assert [(d.message, d.target) for d in caught.value.details] == [("A room has at most 5,000 participants.", "$.participants")]
