"""The least that a function app with a table can be: how soon it answers is what ours is measured
by."""

import os

import azure.functions as func
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables.aio import TableClient

app = func.FunctionApp()
table = TableClient.from_connection_string(os.environ["ROOMS_STORAGE"], os.environ["ROOMS_TABLE"])


@app.route("rooms/{roomId}/overview", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def get_row(req: func.HttpRequest) -> func.HttpResponse:
    """A row that is not there."""
    try:
        await table.get_entity("0", req.route_params["roomId"])
    except ResourceNotFoundError:
        return func.HttpResponse(status_code=404)
    return func.HttpResponse()
