"""The one family of errors that is meant for people."""


class TwinwatchError(Exception):
    """Something a person can act on: the message says what failed and on which input, the hint what to do.

    The command line prints both on standard error without a traceback and exits with `exit_code`.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(TwinwatchError):
    """A mistake in a file of the configuration folder, in a TWINWATCH_* variable or in a flag."""

    exit_code = 2
