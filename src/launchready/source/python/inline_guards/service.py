"""Checks of signatures and shared secrets: whoever lacks them is refused (webhooks, jobs, other services)."""

import ast
import re
from collections.abc import Callable

from launchready.source.code.guards import words_of
from launchready.source.python.flows.names import FileNames, leaf
from launchready.source.python.flows.values import GIVEN, Value
from launchready.source.python.lookups.terms import text_of
from launchready.source.python.project import dotted_name

# Calls that raise when a signature is not right
_RAISING = re.compile(
    r"(?:^|\.)(?:construct_event|verify_header)$|^(?:svix|standardwebhooks)\b.*\.verify$|(?:^|\.)(?:wh|[Ww]ebhook)\.verify$"
    r"|WebhookSignature\.verify|(?:^|\.)validate_event$"
)
# Calls that are named after checking one; they raise, or tell
_CHECKING = re.compile(
    r"(?:^|[._])(?:verify|validate|check|is_valid)_(?:\w+_)?signature$|(?:^|[._])verify_webhook$|_signature_is_valid$"
)
_COMPARING = frozenset({"compare_digest", "constant_time_compare", "safe_str_cmp", "constant_time_equals"})
_SECRET_WORDS = frozenset({"secret", "key", "token", "signature", "password", "hmac", "apikey", "digest"})
_KEEPERS = frozenset({"settings", "config", "environ", "conf", "env", "getenv", "constants"})


def is_signature_check(name: str) -> bool:
    """Whether a call, by its full name, raises unless a signature is right."""
    return _RAISING.search(name) is not None


def is_called_check(name: str) -> bool:
    """Whether a call is named after checking a signature; it raises where nobody looks at its answer."""
    return _CHECKING.search(name) is not None or is_signature_check(name)


def is_signature_test(node: ast.expr, peek: Callable[[ast.expr], Value], names: FileNames) -> bool:
    """Whether a condition compares what the caller sent with a secret of the product."""
    match node:
        case ast.Call(func=function, args=args):
            name = leaf(dotted_name(function))
            if name in _COMPARING:
                return _is_about_a_secret(args, peek)
            return is_signature_check(names.full_name(function) or name) or (
                {"verify", "signature"} <= set(words_of(name))
                or {"valid", "signature"} <= set(words_of(name))
            )
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
            sent, kept = (left, right) if peek(left).flags & GIVEN else (right, left)
            if not peek(sent).flags & GIVEN or peek(kept).flags or peek(kept).params:
                return False
            words = set(words_of(text_of(kept)))
            parts = set(dotted_name(kept).lower().split("."))
            from_settings = bool(parts & _KEEPERS) or _is_upper(kept) or bool(words & _KEEPERS)
            return from_settings and bool(words & _SECRET_WORDS)
    return False


def _is_about_a_secret(args: list[ast.expr], peek: Callable[[ast.expr], Value]) -> bool:
    """Whether a comparison in constant time is about a header or a signature: not about a password."""
    if not any(peek(one).flags & GIVEN or peek(one).params for one in args):
        return False
    words = {word for one in args for word in words_of(text_of(one))}
    return bool(
        words
        & {"signature", "header", "headers", "hmac", "digest", "expected", "sig", "secret", "token", "key"}
    )


def _is_upper(node: ast.expr) -> bool:
    name = leaf(dotted_name(node))
    return bool(name) and name.isupper()
