"""Which digits move where."""

from itertools import pairwise

import pytest

from rooms.storage.growth.plan import even


def moved(before: str, after: str) -> int:
    return sum(one != other for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize("count", range(1, 6))
def test_accounts_get_alike_of_the_digits(count: int) -> None:
    after = even("0000000000", count)
    sizes = [after.count(str(account)) for account in range(count)]
    assert sum(sizes) == 10
    assert max(sizes) - min(sizes) <= 1


def test_no_digit_moves_that_may_stay() -> None:
    evens = [even("0000000000", 1)]
    for count in range(2, 6):
        evens.append(even(evens[-1], count))
    assert [moved(before, after) for before, after in pairwise(evens)] == [5, 3, 2, 2]


def test_what_is_even_stays() -> None:
    assert even("0120120120", 3) == "0120120120"


def test_an_account_that_is_left_out_is_emptied() -> None:
    assert set(even("0120120120", 2)) == {"0", "1"}
