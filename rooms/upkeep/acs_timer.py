"""The timer of the passes over the rooms at ACS."""

import azure.functions as func

from rooms.app import App


def register(function_app: func.FunctionApp, app: App) -> None:
    """Registers the timer, if this service has to do with rooms at ACS."""
    if app.settings.moving is None:
        return

    @function_app.timer_trigger("timer", "32 * * * * *")
    async def pull(timer: func.TimerRequest) -> None:
        """Finds what was changed at ACS, and settles what is in doubt, each minute."""
        passes = app.passes
        assert passes is not None
        await passes.run()
