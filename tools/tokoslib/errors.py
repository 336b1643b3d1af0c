"""The failures the launcher explains to its user instead of showing a Python traceback."""

EXIT_USAGE = 2
EXIT_CUT_SHORT = 125


class TokosError(Exception):
    """A failure to be told in one line; `code` is the launcher's exit code for it."""

    def __init__(self, message, code=EXIT_USAGE):
        super().__init__(message)
        self.code = code
