"""Waits for what a test has set going."""

import time
from collections.abc import Callable

HANG_SECONDS = 180
"""Bounds a hang and nothing else: whether a test passes does not depend on how fast the machine
is."""


def until(true: Callable[[], object]) -> None:
    """Waits until `true` returns something true. Raises AssertionError if that hangs."""
    deadline = time.monotonic() + HANG_SECONDS
    while not true():
        assert time.monotonic() < deadline, f"This has not become true in {HANG_SECONDS} s."
        time.sleep(0.02)
