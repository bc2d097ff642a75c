"""What keeps devhost from running an app."""


class CannotStart(Exception):
    """The app cannot be run. The message is for the developer: what is wrong and what to do, in one
    line."""
