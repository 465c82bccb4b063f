"""A command line that repeats a request when pasted; credentials are asked of `launchready token`."""

import json
import shlex
from collections.abc import Iterable
from urllib.parse import urlencode, urlsplit

from launchready.door.messages import FormBody, JsonBody, Request


def curl(request: Request, *, base: str, credential: Iterable[tuple[str, str]] = ()) -> str:
    """A curl command; `base` is the target's URL. `credential` are (header, template with `{}`) of the account.

    Values that only the vault knows appear as references and are replaced by redaction before anything is written.
    """
    url = request.url if "://" in request.url else origin_of(base) + request.url
    if request.query:
        url += ("&" if "?" in url else "?") + urlencode(request.query)
    parts = ["curl -sS -i"]
    if request.method != "GET":
        parts.append(f"-X {request.method}")
    parts.extend(f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request.headers)
    if not request.bare:
        parts.extend(
            f'-H "{name}: {template.replace("{}", f"$(launchready token {request.principal})")}"'
            for name, template in credential
        )
    if isinstance(request.body, JsonBody):
        parts.append("-H 'Content-Type: application/json'")
        parts.append(f"-d {shlex.quote(json.dumps(request.body.value, ensure_ascii=False))}")
    elif isinstance(request.body, FormBody):
        parts.extend(
            f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in request.body.fields
        )
    parts.append(f'"{url}"')
    return " ".join(parts)


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
