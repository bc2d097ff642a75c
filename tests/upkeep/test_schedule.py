"""When the upkeep runs."""

import json

import azure.functions as func
import pytest

from rooms.app import App
from rooms.upkeep import timer


@pytest.mark.parametrize(
    ("minutes", "schedule"),
    [("", "47 3-59/10 * * * *"), ("10", "47 3-59/10 * * * *"), ("1", "47 0-59/1 * * * *")],
)
def test_it_runs_as_often_as_the_setting_says(minutes: str, schedule: str) -> None:
    app = func.FunctionApp()
    timer.register(app, App({"ROOMS_UPKEEP_MINUTES": minutes}))
    bindings = [json.loads(raw) for f in app.get_functions() for raw in f.get_raw_bindings()]
    assert schedule in {binding["schedule"] for binding in bindings}
