"""The settings of a move from ACS: what this service does with the rooms of the resource."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rooms.domain.room import RoomCarrier
from rooms.settings.acs import AcsResource
from rooms.settings.error import SettingsError
from rooms.settings.values import number

type Mode = Literal["observe", "through"]
"""`observe`: rooms are changed at ACS, and pulled. `through`: they are changed by requests to this
service, which asks ACS first."""

MODE, NEW, READS = "ROOMS_ACS_MODE", "ROOMS_ACS_NEW", "ROOMS_ACS_READS"
REQUESTS, FULL_MINUTES = "ROOMS_ACS_REQUESTS", "ROOMS_ACS_FULL_MINUTES"


@dataclass(frozen=True, slots=True)
class Moving:
    """What is done with the rooms of the ACS resource."""

    mode: Mode
    new: RoomCarrier
    """Where rooms are made in mode `through`."""
    reads: RoomCarrier
    """Whose answer a read of a room gets in mode `through`."""
    requests: int
    """Background requests to ACS, a second, at most."""
    full_minutes: int
    """Minutes between two comparisons of all rooms."""

    @property
    def makes_rooms_at_acs(self) -> bool:
        """Returns whether a room that is made here is made at ACS first."""
        return self.mode == "through" and self.new == "acs"


def read_moving(env: Mapping[str, str], acs: AcsResource | None) -> Moving | None:
    """Reads what is done with the rooms at ACS, or None: nothing, only users are made there.

    Raises:
        SettingsError: a setting cannot be used.
    """
    mode = env.get(MODE) or "own"
    if mode not in ("own", "observe", "through"):
        raise SettingsError(f"{MODE}: must be own, observe or through.")
    new, reads = _carrier(env, NEW, "acs"), _carrier(env, READS, "own")
    requests = number(env, REQUESTS, 5, "requests a second", 1, 100)
    full_minutes = number(env, FULL_MINUTES, 60, "minutes", 5, 1440)
    for name in (NEW, READS):
        if env.get(name) and mode != "through":
            raise SettingsError(f"{name}: needs {MODE}=through.")
    if new == "own" and reads == "acs":
        raise SettingsError(f"{READS}: must be own if {NEW} is own: ACS does not have those rooms.")
    if mode == "own":
        for name in (REQUESTS, FULL_MINUTES):
            if env.get(name):
                raise SettingsError(f"{name}: needs {MODE}=observe or {MODE}=through.")
        return None
    if acs is None:
        raise SettingsError(
            f"{MODE}: needs ROOMS_ACS_CONNECTION_STRING or ROOMS_ACS__endpoint, the resource whose "
            "rooms are meant."
        )
    return Moving("observe" if mode == "observe" else "through", new, reads, requests, full_minutes)


def _carrier(env: Mapping[str, str], setting: str, default: RoomCarrier) -> RoomCarrier:
    match env.get(setting) or default:
        case "own":
            return "own"
        case "acs":
            return "acs"
    raise SettingsError(f"{setting}: must be acs or own.")
