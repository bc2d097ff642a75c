"""What ACS answers."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AcsAnswer:
    """An answer of ACS. The names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
