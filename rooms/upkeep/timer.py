"""The timer that removes what has had its time."""

import logging

import azure.functions as func

from rooms import clients
from rooms.errors import StorageUnavailable

blueprint = func.Blueprint()

_log = logging.getLogger(__name__)

TIME_BUDGET = 20.0
"""Seconds of a run; the host ends everything after 30."""


@blueprint.timer_trigger("timer", "47 3-59/10 * * * *")
async def upkeep(timer: func.TimerRequest) -> None:
    """Every ten minutes a part of the table, beginning anew each day."""
    try:
        report = await clients.upkeep().run(TIME_BUDGET)
    except StorageUnavailable:
        _log.error("upkeep: no storage")
    else:
        _log.log(logging.ERROR if report.unavailable else logging.INFO, "upkeep: %s", report)
