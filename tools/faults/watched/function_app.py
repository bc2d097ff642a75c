"""The app, and beside it a route that tells which asyncio tasks there are: for the soak, never
deployed."""

import asyncio
import importlib.util
import json
from collections import Counter

import azure.functions as func

from devhost.azurite import PROJECT

_spec = importlib.util.spec_from_file_location(
    "function_app_of_the_project", PROJECT / "function_app.py"
)
assert _spec
assert _spec.loader
_project = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_project)
app: func.FunctionApp = _project.app


@app.route("faults/tasks", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def list_tasks(req: func.HttpRequest) -> func.HttpResponse:
    """GET /faults/tasks: how many tasks run each coroutine."""
    names = Counter(getattr(task.get_coro(), "__qualname__", "?") for task in asyncio.all_tasks())
    return func.HttpResponse(json.dumps(names), mimetype="application/json")
