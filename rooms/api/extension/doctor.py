"""The doctor: what is wrong with the service, and what to do. Needs a key."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypedDict

import azure.functions as func

from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.app import App
from rooms.archive.days import next_day, start_of
from rooms.archive.places import ArchiveUnavailable
from rooms.domain import doctor
from rooms.domain.check import Check, Status
from rooms.domain.media_check import reach_check
from rooms.storage.archives import Archives
from rooms.storage.condition import (
    further_accounts,
    has_marker,
    is_denied,
    read_condition,
    try_to_write,
)
from rooms.storage.errors import AccountsMissing, ClockWrong, StorageUnavailable, TableMissing

routes = Routes()


_READ: Sequence[doctor.Name] = ("last event", "quarantine", "upkeep")
"""The checks that read the table."""


class CheckBody(TypedDict):
    """One check. `advice` is empty if there is nothing to do."""

    name: doctor.Name
    status: Status
    text: str
    advice: str


class Checks(TypedDict):
    """The checks that could be made. After one of the storage that failed there are no others."""

    value: list[CheckBody]


@routes.extension("GET", "doctor")
async def get_doctor(request: Request) -> func.HttpResponse:
    """Answers with what was found."""
    checks: Checks = {"value": [check_body(check) async for check in examine(request.app)]}
    return json_answer(200, checks)


async def examine(app: App) -> AsyncIterator[Check[doctor.Name]]:
    """Yields the checks of a service, until one finds that the others cannot be made."""
    try:
        async with asyncio.timeout(app.limits.health_seconds):
            marked = await has_marker(app.table)
    except TimeoutError:
        yield doctor.storage("unreachable")
        return
    except AccountsMissing as error:
        yield doctor.storage("reachable")
        yield doctor.accounts_missing(str(error))
        return
    except TableMissing as error:
        yield doctor.storage("reachable")
        yield doctor.table_missing(str(error))
        return
    except StorageUnavailable as error:
        yield doctor.storage(_why(app, error))
        return
    yield doctor.storage("reachable")
    yield doctor.table(app.settings.table, marked)
    yield await _rights(app)
    if len(app.settings.storages) > 1:
        yield await _accounts(app)
    state = app.table.state()
    if state.clock_ahead is not None:
        yield doctor.clock(state.clock_ahead)
    yield doctor.throttling(state.asked_in, state.refused_ago)
    if app.settings.media is not None:
        yield reach_check((await app.media.state()).reach)
    try:
        found = await read_condition(app.table)
    except StorageUnavailable:
        for name in _READ:
            yield doctor.unread(name)
        return
    yield doctor.last_event(found.last_event_hour)
    yield doctor.quarantine(found.quarantined, found.more_quarantined)
    yield doctor.upkeep(found.upkeep_began, app.clock())
    if app.settings.archive is not None:
        yield await _log_export(app)


async def _rights(app: App) -> Check[doctor.Name]:
    try:
        await try_to_write(app.table)
    except ClockWrong:
        return doctor.rights("not tried")
    except StorageUnavailable as error:
        return doctor.rights("denied" if is_denied(error) else "unknown")
    return doctor.rights("enough")


async def _accounts(app: App) -> Check[doctor.Name]:
    try:
        spread = await app.table.spread()
        found = await further_accounts(app.table)
    except StorageUnavailable:
        return doctor.unread("accounts")
    moving_to = None if spread.moving is None else spread.to
    return doctor.accounts(found, len(app.settings.storages), moving_to)


async def _log_export(app: App) -> Check[doctor.Name]:
    try:
        address = app.archive.address if app.archive else ""
    except ArchiveUnavailable as error:
        return doctor.no_archive(str(error))
    known = await Archives(app.table).known()
    days = [each.day for each in known.at(address)]
    end = start_of(next_day(max(days))) if days else None
    return doctor.log_export(end, app.clock())


def _why(app: App, error: StorageUnavailable) -> doctor.Storage:
    if not app.settings.storages:
        return "not set"
    return "denied" if is_denied(error) else "unreachable"


def check_body(check: Check[doctor.Name]) -> CheckBody:
    """Returns a check as it is answered."""
    return {
        "name": check.name,
        "status": check.status,
        "text": check.text,
        "advice": check.advice,
    }
