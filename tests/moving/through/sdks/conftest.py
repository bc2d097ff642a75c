"""The app of the tests of the SDKs, in mode through. Rooms of other tests are at its ACS."""

from collections.abc import Iterator

import pytest

from testkit.acs_instance import AcsInstance
from testkit.raw import Raw
from testkit.running import UNHANDLED, RunningApp, running_app
from tests.contract.conftest import many_rooms

__all__ = ["many_rooms"]


@pytest.fixture(scope="session")
def app(
    acs_instance: AcsInstance, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    """The app. Nothing that is sent to it may go unhandled, and its ACS must have been asked."""
    acs_instance.forget()
    acs_instance.repeated.only_guids = False
    settings = {"ROOMS_ACS_MODE": "through", **acs_instance.settings}
    with running_app(tmp_path_factory.mktemp("through"), settings) as app:
        yield app
    assert UNHANDLED.findall(app.log()) == []
    assert acs_instance.count("POST", "/rooms") > 0
    assert acs_instance.key not in app.log()


@pytest.fixture(scope="session")
def raw(app: RunningApp) -> Raw:
    """Signed requests with the key that may do everything."""
    return Raw(app.http, app.manage_key)
