"""A command line that repeats a request when pasted; credentials are asked of `launchready token`."""

import json
import re
import shlex
from collections.abc import Iterable
from urllib.parse import urlencode, urlsplit

from launchready.door.messages import FormBody, JsonBody, Request
from launchready.door.vault import Secret
from launchready.model.principal import MEMBER_A, MEMBER_B, stands_for

_REFERENCE = re.compile(r"lrsecret[0-9a-f]{16}n\d+z")
_SAMPLE = "Chosen-Passw0rd-1"


def curl(request: Request, *, base: str, credential: Iterable[tuple[str, str]] = ()) -> str:
    """A curl command; `base` is the target's URL. `credential` are (header, template with `{}`) of the account.

    A throw-away account is gone when the command is pasted, so the member that it stood for is named. What only the
    vault knows (a password that was set) is a sample.
    """
    return _REFERENCE.sub(_SAMPLE, _command(request, base, tuple(credential)))


def _command(request: Request, base: str, credential: tuple[tuple[str, str], ...]) -> str:
    url = request.url if "://" in request.url else origin_of(base) + request.url
    if request.query:
        url += ("&" if "?" in url else "?") + urlencode(request.query)
    parts = ["curl -sS -i"]
    if request.method != "GET":
        parts.append(f"-X {request.method}")
    parts.extend(f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request.headers)
    if not request.bare:
        token = f"$(launchready token {_asked_of(request.principal)})"
        parts.extend(f'-H "{name}: {template.replace("{}", token)}"' for name, template in credential[:1])
    if isinstance(request.body, JsonBody):
        parts.append("-H 'Content-Type: application/json'")
        parts.append(
            f"-d {shlex.quote(json.dumps(request.body.value, ensure_ascii=False, default=_as_text))}"
        )
    elif isinstance(request.body, FormBody):
        parts.extend(
            f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in request.body.fields
        )
    parts.append(f'"{url}"')
    return " ".join(parts)


def _asked_of(principal: str) -> str:
    """Whose token to use: attackers are member_b in every command."""
    named = stands_for(principal)
    return MEMBER_B.name if named != principal and named == MEMBER_A.name else named


def _as_text(value: object) -> str:
    return value.ref if isinstance(value, Secret) else str(value)


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
