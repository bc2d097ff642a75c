"""The older releases of the SDKs. test_python_sdk.py and test_javascript_sdk.py have the newest."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Release:
    """A release of the Rooms SDK, and the api-version that it speaks."""

    language: Literal["Python", "JavaScript"]
    number: str
    api_version: str
    in_each_run: Literal["connection_string", "endpoint"] | None = None
    """What its client is made from in each run. All else is run with THOROUGH=1."""

    @property
    def generation(self) -> Literal["2022", "2023"]:
        """Returns which of the two sessions it takes. SDKs of 2022 have no lists."""
        return "2022" if self.api_version == "2022-02-01" else "2023"


OLDER_RELEASES = (
    Release("Python", "1.0.0b1", "2022-02-01", in_each_run="connection_string"),
    Release("Python", "1.0.0b2", "2022-02-01"),
    Release("Python", "1.0.0b3", "2023-03-31-preview"),
    Release("Python", "1.0.0", "2023-06-14"),
    Release("Python", "1.1.0b1", "2023-10-30-preview"),
    Release("Python", "1.1.0", "2024-04-15"),
    Release("Python", "1.1.1", "2024-04-15"),
    Release("JavaScript", "1.0.0-alpha.20221017.1", "2022-02-01"),
    Release("JavaScript", "1.0.0", "2023-06-14"),
    Release("JavaScript", "1.1.0-beta.1", "2023-10-30-preview"),
    Release("JavaScript", "1.1.0", "2024-04-15"),
)
