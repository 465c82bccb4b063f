"""What ends a use case early because the user can correct it."""

from launchready.model.errors import CorrectableError


class UsageProblem(CorrectableError):  # noqa: N818 - it is the user's to solve, no defect of ours
    """One plain sentence about what is wrong, and the next step. Ends with exit code 2."""

    def __init__(self, sentence: str, next_step: str = "") -> None:
        super().__init__(f"{sentence} {next_step}".strip())
        self.sentence, self.next_step = sentence, next_step


class Declined(Exception):  # noqa: N818 - a person said no
    """The plan was shown and not agreed to; nothing was written to the target."""
