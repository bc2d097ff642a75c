"""The log of the module under test."""

import logging

import pytest


class Refusals:
    """What `rooms.auth` has logged."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog

    def only(self) -> str:
        """The text of the one warning that was logged since the last call."""
        (record,) = [r for r in self._caplog.records if r.name == "rooms.auth"]
        self._caplog.clear()
        assert record.levelno == logging.WARNING
        return record.getMessage()


@pytest.fixture
def refusals(caplog: pytest.LogCaptureFixture) -> Refusals:
    return Refusals(caplog)
