"""The function app: the blueprints, and nothing else."""

import azure.functions as func

from rooms import clients
from rooms.functions import (
    admission,
    attendance,
    calls,
    console,
    details,
    events,
    log,
    openapi,
    overview,
    participants,
    quarantine,
    roles,
    rooms,
    upkeep,
)

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
