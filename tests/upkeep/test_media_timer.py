"""When the timer of the media server is there, and when it runs."""

import json
from collections.abc import Mapping

import azure.functions as func
import pytest

from rooms.app import App
from rooms.upkeep import media_timer

SERVER = {"ROOMS_MEDIA_URL": "wss://media.example", "ROOMS_MEDIA_KEY__devkey": 32 * "s"}


@pytest.mark.parametrize(("settings", "schedules"), [(SERVER, ["2 * * * * *"]), ({}, [])])
def test_it_runs_each_minute_if_there_is_a_media_server(
    settings: Mapping[str, str], schedules: list[str]
) -> None:
    app = func.FunctionApp()
    media_timer.register(app, App(settings))
    bindings = [json.loads(raw) for f in app.get_functions() for raw in f.get_raw_bindings()]
    assert [binding["schedule"] for binding in bindings] == schedules
