"""The timer that exports the log."""

import logging

import azure.functions as func

from rooms.app import App
from rooms.archive.places import ArchiveUnavailable
from rooms.storage.errors import StorageUnavailable

_log = logging.getLogger(__name__)


def register(function_app: func.FunctionApp, app: App) -> None:
    """Registers the timer."""

    @function_app.timer_trigger("timer", "17 7-59/10 * * * *")
    async def export_log(timer: func.TimerRequest) -> None:
        """Exports the days that have passed, every ten minutes until there is none left. Without
        a container in the settings it does nothing."""
        try:
            report = await app.export_log()
        except StorageUnavailable:
            _log.error("export of the log: the storage is not available")
        except ArchiveUnavailable as error:
            _log.error("export of the log: %s", error)
        else:
            if report is not None and (report.days or not report.done):
                _log.info("export of the log: %s", report)
