"""The OpenAPI document of this service."""

import azure.functions as func

from rooms import clients
from rooms.api.routing import respond_with_text

blueprint = func.Blueprint()


@blueprint.route("openapi.json", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def get_openapi(req: func.HttpRequest) -> func.HttpResponse:
    """GET /openapi.json. Anyone gets it: it has no secret in it, and tools fetch it without a key."""
    return respond_with_text(clients.openapi(), "application/json", {})
