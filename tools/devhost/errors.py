"""The error of an app that devhost cannot run."""


class CannotStart(Exception):
    """The app does not start. The message says in one line what is wrong and what to do."""
