"""What the document says of an operation's openness, and what in an answer is not for strangers."""

from launchready.collecting.answers import flat
from launchready.collecting.signals import is_private_field
from launchready.collecting.urls import path_parameters
from launchready.door.messages import Reply
from launchready.model.operation import Guard, HttpOperation, ObjectClass, Purpose
from launchready.surface.from_source import ORIGIN as FROM_CODE

_OPEN_BY_NATURE = frozenset(
    {
        Purpose.SIGN_UP,
        Purpose.LOG_IN,
        Purpose.REFRESH,
        Purpose.RESET,
        Purpose.CONFIRM,
        Purpose.WEBHOOK,
        Purpose.HEALTH,
        Purpose.DOCS,
    }
)


def is_private(operation: HttpOperation) -> bool:
    """Whether a login should be needed, as far as nobody declared otherwise."""
    return operation.guard is not Guard.PUBLIC and operation.purpose not in _OPEN_BY_NATURE


def tells_public(operation: HttpOperation) -> bool:
    """Whether the document calls a read public that is not so by nature.

    Logins and sign-ups are marked wherever all else inherits a requirement: that says nothing of the others.
    """
    by_nature = operation.purpose in _OPEN_BY_NATURE
    declared = operation.guard is Guard.PUBLIC and operation.source != FROM_CODE
    return declared and operation.method == "GET" and not by_nature


def declared_guard(operation: HttpOperation) -> Guard:
    """What is declared about who may call it.

    A guard that was read in the code is a reason to look, no declaration: whether it refuses anybody, the answers
    show. That the code says "everybody may" in so many words is one.
    """
    hint = operation.source == FROM_CODE and operation.guard is Guard.PROTECTED
    return Guard.UNSTATED if hint else operation.guard


def private_paths(reply: Reply) -> tuple[str, ...]:
    """JSON paths with a filled field whose name says that it is not for others."""
    return tuple(
        sorted(
            path
            for path, leaf in flat(reply.json()).items()
            if leaf not in (None, "", False) and is_private_field(path.rsplit("/", 1)[-1])
        )
    )[:10]


def deletes_account(operation: HttpOperation) -> bool:
    """Whether it removes the caller's own account."""
    of_person = operation.object_class is ObjectClass.PROFILE
    return operation.method == "DELETE" and of_person and not path_parameters(operation.path)
