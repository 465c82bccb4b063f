"""Anti-forgery tokens: the cookie that a header repeats, or a token in a body that a header carries."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from launchready.accounts.fields import plain
from launchready.accounts.schemes import csrf_rule
from launchready.door.messages import Reply
from launchready.door.vault import Vault
from launchready.door.wallet import Wallet
from launchready.model.operation import HttpOperation, Place

_REFUSALS = frozenset({400, 403, 422})
_PAGE_EXPIRED = 419
_READ = 5_000
_META = re.compile(
    r"""<(?:meta|input)[^>]{0,200}csrf[^>]{0,200}(?:content|value)=["']([\w+/=.-]{16,300})["']""",
    re.IGNORECASE,
)


def wants_csrf(reply: Reply) -> bool:
    """Whether a refusal is for want of an anti-forgery token (Laravel answers 419)."""
    if reply.status == _PAGE_EXPIRED:
        return True
    return (
        reply.status in _REFUSALS
        and re.search(r"csrf|xsrf|forgery", reply.text()[:_READ], re.IGNORECASE) is not None
    )


def teach_csrf(wallet: Wallet, vault: Vault, operations: Iterable[HttpOperation], reply: Reply) -> bool:
    """Make `wallet` send the anti-forgery token that `reply` brought; false if it brought none.

    A token in a body is preferred: where both are, the cookie mostly is its signed other half.
    """
    every = tuple(operations)
    token = next(_tokens(reply.json(), 0), "") or _in_page(reply)
    if token:
        wallet.set_header(_header_name(every), vault.put("csrf", token))
        return True
    rule = csrf_rule(wallet.jar.names(), every)
    if rule is not None:
        wallet.set_csrf(*rule)
    return rule is not None


def _header_name(operations: tuple[HttpOperation, ...]) -> str:
    named = (
        parameter.name
        for operation in operations
        for parameter in operation.parameters
        if parameter.place is Place.HEADER and re.search(r"csrf|xsrf", parameter.name, re.IGNORECASE)
    )
    return next(named, "X-CSRF-Token")


def _tokens(value: Any, depth: int) -> Iterator[str]:
    if not isinstance(value, dict) or depth > 3:  # noqa: PLR2004 - such answers are flat
        return
    for key, inner in value.items():
        if isinstance(inner, str) and re.search(r"csrf|xsrf|^token$", plain(str(key))) and len(inner) >= 8:  # noqa: PLR2004 - no word
            yield inner
        yield from _tokens(inner, depth + 1)


def _in_page(reply: Reply) -> str:
    found = _META.search(reply.text()[:200_000]) if reply.media_type == "text/html" else None
    return found.group(1) if found else ""
