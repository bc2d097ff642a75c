"""Runs Anteroom for the tests of a team, in a checkout of its own. Needs Python 3.9 and pytest."""

from pytest_anteroom.service import Anteroom, AnteroomFailed

__all__ = ["Anteroom", "AnteroomFailed"]
