"""The error of a package that cannot be built."""


class CannotBuild(Exception):
    """The package cannot be built. The message says what is wrong and what to do."""
