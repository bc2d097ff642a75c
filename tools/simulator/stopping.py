"""Lets a program be stopped."""

import asyncio
import signal
import threading
from collections.abc import Coroutine
from typing import Any


def run[T](work: Coroutine[Any, Any, T]) -> T:
    """Runs it, and returns its result. Ctrl-C and SIGTERM cancel it.

    Raises:
        KeyboardInterrupt: it was cancelled.
    """

    async def stoppable() -> T:
        task = asyncio.current_task()
        assert task
        if threading.current_thread() is threading.main_thread():  # only there are signals seen
            for number in (signal.SIGINT, signal.SIGTERM):
                if signal.getsignal(number) is not signal.SIG_IGN:  # as behind & in a script
                    asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        return await work

    try:
        return asyncio.run(stoppable())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
