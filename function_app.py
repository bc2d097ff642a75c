"""The function app: the blueprints, and nothing else."""

import azure.functions as func

from rooms import clients
from rooms.api import openapi
from rooms.api.acs import participants, rooms
from rooms.api.extension import (
    admission,
    attendance,
    calls,
    details,
    log,
    overview,
    quarantine,
    roles,
)
from rooms.console import routes as console
from rooms.intake import event_grid as events
from rooms.upkeep import timer as upkeep

clients.settings()  # a setting that cannot be used stops the app here, with a message that names it

app = func.FunctionApp()
for concern in (
    rooms,
    participants,
    admission,
    events,
    calls,
    attendance,
    details,
    overview,
    roles,
    log,
    quarantine,
    upkeep,
    console,
    openapi,
):
    app.register_functions(concern.blueprint)
