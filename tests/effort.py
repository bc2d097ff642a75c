"""How much tests try that could go on for ever."""

import os
from typing import Any

import pytest

THOROUGH = os.environ.get("THOROUGH") == "1"

KILLS_APART = 1 if THOROUGH else 8
"""Requests between those at which a test kills what it tests, or lets the storage fail."""


def thorough(*values: object) -> list[Any]:
    """Returns values of a parameter that are left out unless THOROUGH=1, as others stand for
    them."""
    return [pytest.param(value, marks=pytest.mark.thorough) for value in values]
