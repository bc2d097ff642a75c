"""Which digits move where, so that accounts have alike."""

from collections import Counter

DIGITS = "0123456789"


def even(accounts: str, count: int) -> str:
    """Returns the accounts of the ten digits when `count` accounts have alike of them: as many
    digits as possible stay where they are."""
    have = Counter(map(int, accounts))
    by_digits = sorted(range(count), key=lambda account: (-have[account], account))
    share, more = divmod(len(DIGITS), count)
    may_have = {account: share + (number < more) for number, account in enumerate(by_digits)}
    after = list(accounts)
    leaving = []
    for digit, account in enumerate(map(int, accounts)):
        if may_have.get(account, 0):
            may_have[account] -= 1
        else:
            leaving.append(digit)
    for digit in leaving:
        account = next(account for account in sorted(may_have) if may_have[account])
        may_have[account] -= 1
        after[digit] = str(account)
    return "".join(after)


def with_digit(accounts: str, digit: str, account: int) -> str:
    """Returns the accounts of the ten digits when this one is in `account`."""
    at = int(digit)
    return f"{accounts[:at]}{account}{accounts[at + 1 :]}"
