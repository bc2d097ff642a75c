"""How much tests try that could go on for ever."""

import os

THOROUGH = os.environ.get("THOROUGH") == "1"

KILLS_APART = 1 if THOROUGH else 5
"""Requests between those at which a test kills what it tests, or lets the storage fail."""
