"""The function app: the blueprints, and nothing else."""

import azure.functions as func

from rooms import clients
from rooms.functions import participants, rooms

clients.settings()  # a setting that cannot be used stops the app here, with a message that names it

app = func.FunctionApp()
app.register_functions(rooms.blueprint)
app.register_functions(participants.blueprint)
