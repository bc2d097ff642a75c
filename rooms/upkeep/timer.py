"""The timer of the upkeep."""

import logging

import azure.functions as func

from rooms.app import App
from rooms.storage.errors import StorageUnavailable

_log = logging.getLogger(__name__)


def register(function_app: func.FunctionApp, app: App) -> None:
    """Registers the timer."""

    @function_app.timer_trigger("timer", "17 8-58/10 * * * *")
    async def erasures(timer: func.TimerRequest) -> None:
        """Goes on with the erasures of persons that are not over."""
        try:
            for erasure in await app.erasures.run_open(app.limits.upkeep_seconds):
                outcome = erasure.phase if erasure.is_over else f"{erasure.rows:,} rows read"
                _log.info("erasure %s: %s", erasure.id, outcome)
        except StorageUnavailable:
            _log.error("erasures: no storage")

    @function_app.timer_trigger("timer", _upkeep_times(app.settings.upkeep_minutes))
    async def upkeep(timer: func.TimerRequest) -> None:
        """Goes on with a pass over the table; a new one begins each day."""
        try:
            report = await app.upkeep.run(app.limits.upkeep_seconds)
        except StorageUnavailable:
            _log.error("upkeep: no storage")
        else:
            _log.log(logging.ERROR if report.unavailable else logging.INFO, "upkeep: %s", report)


def _upkeep_times(minutes: int) -> str:
    """Returns the schedule of a run in so many minutes: other minutes than other timers have."""
    return f"47 {3 % minutes}-59/{minutes} * * * *"
