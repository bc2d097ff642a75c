"""Me: the caller."""

from openapi.operation import Answer, read
from rooms.api.extension import me

ME = {
    "get_me": read(
        "Get the caller, and what they may do",
        "A client that shows buttons asks this once, and leaves out those that would be refused.",
        Answer(200, "The caller.", me.Me, example={"actor": "frontdesk", "may": "read"}),
        errors=(),
    ),
}
