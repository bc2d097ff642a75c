"""How the help of a command looks."""

from typing import Any

from typer.core import TyperCommand


class Command(TyperCommand):
    """A command whose arguments have plain names, where typer writes `{ROOM}` and `ROOM <str>`."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What stands in the line of the usage."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def get_help(self, ctx: Any) -> str:
        """The whole help; what is in columns stays there."""
        return super().get_help(ctx).replace(" <str>", " " * len(" <str>"))
