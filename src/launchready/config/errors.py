"""The one exception of config: something that the user can correct."""


class ConfigError(Exception):
    """What is wrong with the settings, where (`file`, `line`; empty and 0 when in no file), and what to do (`hint`)."""

    def __init__(self, message: str, *, file: str = "", line: int = 0, hint: str = "") -> None:
        place = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(f"{place}{message}" + (f". {hint}" if hint else ""))
        self.message, self.file, self.line, self.hint = message, file, line, hint
