"""What can be wrong with an evidence file; every message says what the user can do."""

from launchready.model.errors import CorrectableError


class EvidenceError(CorrectableError):
    """An evidence file cannot be used; the base of the others, for callers who only report it."""


class EvidenceMissing(EvidenceError):  # noqa: N818 - says what is wrong; the base says that it is
    """There is no evidence file where one was looked for."""


class EvidenceDamaged(EvidenceError):  # noqa: N818 - as above
    """A file is there, but it is not an evidence file or its content does not match its checksums."""


class EvidenceTooNew(EvidenceError):  # noqa: N818 - as above
    """A newer launchready wrote the file, in a form that this one does not know."""
