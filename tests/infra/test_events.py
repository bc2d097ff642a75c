"""What Event Grid delivers by infra/, and whether the app takes it."""

import re

import azure.functions as func

from rooms.app import App
from rooms.intake import event_grid
from rooms.intake.models import MODELS
from tests.infra.bicep import INFRA

SUBSCRIPTION = (INFRA / "events" / "subscription.bicep").read_text()


def functions() -> set[str | None]:
    """Returns the names of functions that events start."""
    app = func.FunctionApp()
    event_grid.register(app, App({}))
    return {function.get_function_name() for function in app.get_functions()}


def test_events_go_to_a_function_that_is_there() -> None:
    named = re.findall(r"/functions/(\w+)'", SUBSCRIPTION)
    scaled = re.findall(r"'function:(\w+)'", (INFRA / "app" / "function-app.bicep").read_text())
    (waited_for,) = re.findall(
        r"/functions/(\w+)\?", (INFRA / "events" / "wait-for-function.sh").read_text()
    )
    assert {*named, *scaled, waited_for} == functions()


def test_the_filter_lets_in_what_the_app_understands() -> None:
    types = re.findall(r"'Microsoft\.Communication\.(\w+)'", SUBSCRIPTION)
    assert len(types) == 4
    assert set(types) <= set(MODELS)
