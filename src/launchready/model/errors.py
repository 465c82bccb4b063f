"""What all errors that the user can put right have in common."""


class CorrectableError(Exception):
    """Something that the user can put right: the text says what is wrong and what to do.

    Each kind is a class of its own for callers that handle it; the command line shows any of them as a sentence.
    """
