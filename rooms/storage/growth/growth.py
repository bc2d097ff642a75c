"""Moves the rooms of digits between accounts, one digit after another, while the service runs."""

import asyncio
from dataclasses import replace

from azure.core.exceptions import AzureError

from rooms.storage.growth.accounts import check_accounts, prepare_accounts
from rooms.storage.growth.digit_move import DigitMove
from rooms.storage.growth.erasures import erasure_is_open
from rooms.storage.growth.errors import ErasureOpen, FirstPassOpen, Unsure
from rooms.storage.growth.partition_move import clear
from rooms.storage.growth.run import Run, left
from rooms.storage.growth.upkeep import first_pass_goes_on
from rooms.storage.parallel import in_parallel
from rooms.storage.retry import backoff

TRIES = 5
"""How often a run that gets nothing done is begun, if the storage fails."""


async def grow(run: Run, accounts: str) -> None:
    """Moves digits until they are in these accounts, and removes what is left behind.

    Args:
        accounts: the account of each digit, ten characters.

    Raises:
        Held: another run moves digits.
        TakenOver: another run has taken over, as this one seemed to be dead.
        AccountRefused: an account has a table of another deployment.
        ErasureOpen: an erasure of a person is not over.
        FirstPassOpen: upkeep has not looked at all rows yet.
        AzureError: the storage does not answer. Another run goes on from there.
    """
    try:
        await _tried(run, accounts)
    finally:
        await run.end()


async def _tried(run: Run, accounts: str) -> None:
    """Does all that is to be done; from the begin of a step again if the storage fails."""
    failures, delays, done = 0, backoff(), -1
    while True:
        try:
            await run.hold()
            await check_accounts(run.clients, run.spread)
            while await _step(run, accounts):
                pass
            return
        except (AzureError, Unsure):
            so_far = run.counts.copied + run.counts.removed
            failures = failures + 1 if so_far == done else 1
            if failures == TRIES:
                raise
            done = so_far
        await asyncio.sleep(next(delays))


async def _step(run: Run, accounts: str) -> bool:
    """Does the next thing that is to be done. Returns False if there is none."""
    spread, state = run.spread, run.state
    if spread.moving is not None:
        if accounts[int(spread.moving)] == str(spread.to):
            await DigitMove(run).go_on()
        else:
            await _take_back(run)
        return True
    for digit, (now, then) in enumerate(zip(spread.accounts, accounts, strict=True)):
        if now != then:
            if str(digit) in state.left.get(int(then), ""):
                await _remove_left(run, int(then))
            await _begin(run, str(digit), int(then))
            return True
    for account in state.left:
        await _remove_left(run, account)
        return True
    return False


async def _begin(run: Run, digit: str, target: int) -> None:
    await _wait_for_upkeep(run, int(run.spread.accounts[int(digit)]))
    if await erasure_is_open(run.clients[0]):
        raise ErasureOpen
    known = run.spread.with_account(target)
    await run.note(replace(run.state, spread=replace(run.spread, id=known.id)))
    await prepare_accounts(run.clients, known)
    await run.change(moving=digit, to=target, phase="copying", count=known.count)
    # An erasure that begins from here on sees that a digit moves, and waits.
    if await erasure_is_open(run.clients[0]):
        await _take_back(run)
        raise ErasureOpen


async def _wait_for_upkeep(run: Run, account: int) -> None:
    """Waits until upkeep has looked at all rows of the account, if that takes no longer than a run
    of it."""
    until = run.monotonic() + run.limits.settle_seconds
    while await first_pass_goes_on(run.clients[account], account):
        if run.monotonic() >= until:
            raise FirstPassOpen
        await run.alive()
        await asyncio.sleep(1)


async def _take_back(run: Run) -> None:
    """Leaves the digit that moves where it is. What was copied is left behind, and the journal."""
    spread = run.spread
    assert spread.moving is not None
    source = int(spread.accounts[int(spread.moving)])
    left_behind = run.state.with_left(spread.to, spread.moving).with_left(source, "")
    await run.change(left_behind, moving=None, to=0, phase=None)
    run.tell("taken back", spread.moving, spread.to)


async def _remove_left(run: Run, account: int) -> None:
    """Removes what moves have left behind in an account, when nobody reads it any more."""
    digits = run.state.left[account]
    run.tell("waiting", digits, account)
    await run.wait(run.limits.settle_seconds)
    (fences,) = await run.fences([account])
    run.tell("removing", digits, account)
    await in_parallel(clear(fence, digits, run.counts, run.alive) for fence in fences)
    await run.note(run.state.without_left(account))
    await left([fences])
