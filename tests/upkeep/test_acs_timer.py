"""When the timer of the passes over the rooms at ACS is there, and when it runs."""

import json
from collections.abc import Mapping

import azure.functions as func
import pytest

from rooms.app import App
from rooms.upkeep import acs_timer

RESOURCE = {"ROOMS_ACS__endpoint": "https://contoso.communication.azure.com"}


@pytest.mark.parametrize(
    ("settings", "schedules"),
    [
        ({**RESOURCE, "ROOMS_ACS_MODE": "observe"}, ["32 * * * * *"]),
        ({**RESOURCE, "ROOMS_ACS_MODE": "through"}, ["32 * * * * *"]),
        (RESOURCE, []),
        ({}, []),
    ],
)
def test_it_runs_each_minute_if_there_is_a_mode(
    settings: Mapping[str, str], schedules: list[str]
) -> None:
    app = func.FunctionApp()
    acs_timer.register(app, App(settings))
    bindings = [json.loads(raw) for f in app.get_functions() for raw in f.get_raw_bindings()]
    assert [binding["schedule"] for binding in bindings] == schedules
