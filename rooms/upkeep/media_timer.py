"""The timer that looks at all calls of the media server."""

import azure.functions as func

from rooms.app import App


def register(function_app: func.FunctionApp, app: App) -> None:
    """Registers the timer, if there is a media server."""
    if app.settings.media is None:
        return

    @function_app.timer_trigger("timer", "2 * * * * *")
    async def media(timer: func.TimerRequest) -> None:
        """Corrects all calls each minute, just after the full one, as rooms mostly close then."""
        await app.sweep.run()
