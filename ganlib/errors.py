"""The package's exceptions: each message says what is wrong, where, and what to do."""


class GanlibError(Exception):
    """Base of every error that ganlib raises on purpose."""


class DataError(GanlibError):
    """A data set is missing, damaged or of the wrong form."""


class WeightsError(DataError):
    """A weights file or its card is missing or damaged, or does not fit the network."""


class SettingsError(GanlibError, ValueError):
    """A parameter has an unknown name, a wrong type or an impossible value."""


class RunError(GanlibError):
    """A run folder cannot be used, or a training run cannot go on."""


class DivergenceError(RunError):
    """A loss or a weight is no longer a finite number."""
