"""Why a setting cannot be used."""


class SettingsError(ValueError):
    """A setting that cannot be used. The message names it and never contains its value."""
