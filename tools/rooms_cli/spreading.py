"""`rooms spread`: shows which storage account has which rooms, and moves rooms."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from rooms_cli.failures import Failure
from rooms_cli.options import Json, Table
from rooms_cli.progress import progress_cleared, show_progress
from rooms_cli.screen import say, show_json, show_table
from rooms_cli.words import number

if TYPE_CHECKING:
    from rooms.storage.growth.progress import Progress
    from rooms.storage.growth.run import Run
    from rooms.storage.growth.state import State
    from rooms.storage.spread import Spread
    from rooms_cli.storage import Storage

EVEN = "even"


def _what(text: str) -> str:
    """Returns the text, if it is a digit, or `even`."""
    if text == EVEN or (len(text) == 1 and text in "0123456789"):
        return text
    raise typer.BadParameter("must be a digit, or even")


What = Annotated[
    str | None,
    typer.Argument(
        metavar="even|DIGIT",
        parser=_what,
        help="even: move digits until all accounts of the settings have alike. DIGIT: move this "
        "one, the second-to-last of the ids of its rooms.",
    ),
]
To = Annotated[
    int | None,
    typer.Argument(metavar="ACCOUNT", min=0, help="The account that the digit moves to."),
]


def spread(
    what: What = None, account: To = None, table: Table = None, as_json: Json = False
) -> None:
    """Show which storage account has which rooms, or move rooms while the service runs.

    If it was interrupted, run it again: it goes on. The settings are those of `rooms check`.
    """
    from rooms_cli.storage import storage
    from rooms_cli.storage_clock import check_clock

    if (what in (None, EVEN)) != (account is None):
        raise typer.BadParameter("a digit needs an account, and nothing else does")
    with storage(os.environ, table) as stored:
        if account is not None and account >= len(stored.accounts):
            raise Failure(f"There is no account {account}: set ROOMS_STORAGE__{account}.")
        if what is not None:
            check_clock(stored.accounts[0])
        asyncio.run(_spread(stored, what, account, as_json))


async def _spread(stored: Storage, what: str | None, account: int | None, as_json: bool) -> None:
    from rooms.domain.time import now
    from rooms.storage.growth.run import Run
    from rooms_cli.storage import asynchronous, check_accounts
    from rooms_cli.storage_failures import failures_of_any

    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(asynchronous(each)) for each in stored.accounts]
        run = Run(clients, now, tell=_tell_json if as_json else _tell)
        with failures_of_any(stored.accounts, writes=what is not None), progress_cleared():
            state = await run.read()
            check_accounts(stored.accounts, state.spread.count)
            if what is not None:
                await _move(run, stored, _wanted(state.spread, what, account, len(clients)))
                state = await run.read()
    show_json(_as_json(state, stored)) if as_json else _show(state, stored)


def _wanted(spread: Spread, what: str, account: int | None, accounts: int) -> str:
    """Returns the accounts that the digits are to be in."""
    from rooms.storage.growth.plan import even, with_digit

    going_to = spread.accounts
    if spread.moving is not None:  # another run has begun that, and this one ends it
        going_to = with_digit(going_to, spread.moving, spread.to)
    return even(going_to, accounts) if account is None else with_digit(going_to, what, account)


async def _move(run: Run, stored: Storage, accounts: str) -> None:
    """Moves digits. Raises Failure if that cannot be."""
    from rooms.storage.entities import stored_time
    from rooms.storage.growth.errors import (
        AccountRefused,
        ErasureOpen,
        FirstPassOpen,
        Held,
        TakenOver,
    )
    from rooms.storage.growth.growth import grow

    try:
        await grow(run, accounts)
    except Held as error:
        raise Failure(
            "Another process moves rooms. If it was killed, run this command again after "
            f"{stored_time(error.until)}."
        ) from None
    except TakenOver:
        raise Failure("Another process moves rooms by now, as this one did not go on.") from None
    except FirstPassOpen:
        raise Failure(
            "Upkeep has not looked at all rows since the upgrade, and would not find rooms that "
            "move meanwhile. Run this command again when its log line says: nothing overdue."
        ) from None
    except ErasureOpen:
        raise Failure(
            "A person is being erased, and rooms cannot move meanwhile. "
            "Run this command again when that is done."
        ) from None
    except AccountRefused as error:
        refused = stored.accounts[error.account]
        raise Failure(
            f"The table {stored.table} at {refused.address} is not that of account "
            f"{error.account} of this deployment, and is not empty. Check {refused.setting}, and "
            "ROOMS_TABLE."
        ) from None


def _tell(progress: Progress) -> None:
    of = f"digit {progress.digits}"
    match progress.doing:
        case "moved":
            source, target = progress.accounts
            say(
                f"Moved the {of} from account {source} to account {target}. "
                f"Its rooms could not be changed for {progress.refused_seconds:.1f} s."
            )
        case "taken back":
            say(f"Took the {of} back.")
        case _:
            copied = number(progress.counts.copied, "row", "rows")
            show_progress(f"{of}: {progress.doing}, {copied} copied")


def _tell_json(progress: Progress) -> None:
    if progress.refused_seconds is not None:
        source, target = progress.accounts
        show_json(
            {
                "moved": progress.digits,
                "from": source,
                "to": target,
                "refusedSeconds": round(progress.refused_seconds, 3),
            }
        )


def _show(state: State, stored: Storage) -> None:
    spread = state.spread
    rows = [
        (str(number), " ".join(_digits(spread, number)) or "none", account.address)
        for number, account in enumerate(stored.accounts)
    ]
    show_table(("account", "digits", "table"), rows)
    if spread.moving is not None:
        digit, source = spread.moving, spread.accounts[int(spread.moving)]
        say(
            f"The digit {digit} is moving to account {spread.to}. To end a move that was "
            f"interrupted: rooms spread {digit} {spread.to}. To take it back: rooms spread "
            f"{digit} {source}"
        )
    for account in state.left:
        say(
            f"Account {account} has rows that nobody reads any more. The next move removes them; "
            "`rooms spread even` does, too."
        )


def _as_json(state: State, stored: Storage) -> dict[str, object]:
    spread = state.spread
    return {
        "accounts": [
            {"account": number, "digits": _digits(spread, number), "table": account.address}
            for number, account in enumerate(stored.accounts)
        ],
        "moving": spread.moving,
        "to": spread.to if spread.moving is not None else None,
        "phase": spread.phase,
        "accountsWithUnreadRows": sorted(state.left),
    }


def _digits(spread: Spread, account: int) -> str:
    return "".join(str(digit) for digit, its in enumerate(spread.accounts) if its == str(account))
