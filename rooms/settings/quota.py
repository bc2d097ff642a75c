"""The settings of how much one caller may ask."""

from collections.abc import Mapping
from dataclasses import dataclass

from rooms.settings.values import number

MAX_RATE = 10_000
"""Most requests a second, and at once, that the settings can allow."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What each caller may ask of one process: `rate` requests a second, `burst` at once."""

    rate: int
    burst: int


def read_quota(env: Mapping[str, str], in_azure: bool) -> Quota | None:
    """Reads the quota of each caller, or None for no bound. A laptop has none by default.

    Raises:
        SettingsError: a setting cannot be used.
    """
    default = 100 if in_azure else 0
    rate = number(env, "ROOMS_KEY_RATE", default, "requests a second", 0, MAX_RATE)
    burst = number(env, "ROOMS_KEY_BURST", 2 * rate or 1, "requests", 1, 2 * MAX_RATE)
    return Quota(rate, burst) if rate else None
