"""The tests of the newest JavaScript SDK, against an app in mode through."""

import pytest

from tests.contract.test_javascript_sdk import *  # noqa: F403

pytestmark = pytest.mark.thorough
