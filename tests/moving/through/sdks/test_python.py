"""The tests of the newest Python SDK, against an app in mode through."""

import pytest

from tests.contract.test_python_sdk import *  # noqa: F403

pytestmark = [  # type: ignore[assignment]
    pytest.mark.thorough,
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
]
