"""The one exception of config: something that the user can correct."""

from launchready.model.errors import CorrectableError


class ConfigError(CorrectableError):
    """What is wrong with the settings, where, and what to do (`hint`).

    `file` is empty and `line` 0 when it is in no file.
    """

    def __init__(self, message: str, *, file: str = "", line: int = 0, hint: str = "") -> None:
        place = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(f"{place}{message}" + (f". {hint}" if hint else ""))
        self.message, self.file, self.line, self.hint = message, file, line, hint
