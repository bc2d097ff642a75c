"""One check of what the service needs: what was found, and what to do."""

from dataclasses import dataclass
from typing import Literal

type Status = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Check[Name: str]:
    """One check. `advice` says what to do; it is empty if there is nothing to do."""

    name: Name
    status: Status
    text: str
    advice: str = ""
