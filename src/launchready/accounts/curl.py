"""Reading "Copy as cURL" of a browser's network panel, in its bash and its Windows cmd form."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit


class CurlError(ValueError):
    """The pasted text is no curl command that carries a login; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedLogin:
    """A login taken from a request of a browser: headers with credentials, and cookies as they were sent.

    `origin` is scheme, host and port of the request.
    """

    origin: str
    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    cookies: tuple[tuple[str, str], ...] = field(repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)


# Names of headers that carry who somebody is; all others are the browser's own
_CREDENTIAL = re.compile(
    r"^(?:authorization|.*(?:token|api-?key|auth|session|jwt|csrf|xsrf).*|x-user.*|x-tenant.*|x-org.*)$",
    re.IGNORECASE,
)
_NOT_CREDENTIAL = re.compile(r"^(?:sec-.*|x-client-.*|content-.*|accept.*|:.*|.*-version)$", re.IGNORECASE)
_WITH_VALUE = {
    "-H": "header", "--header": "header", "-b": "cookie", "--cookie": "cookie", "-u": "user",
    "--user": "user",
    "-X": "method", "--request": "method", "-d": "data", "--data": "data", "--data-raw": "data",
    "--data-binary": "data", "--data-urlencode": "data", "--data-ascii": "data", "--json": "data",
    "--url": "url",
    "-F": "data", "--form": "data", "-A": "agent", "--user-agent": "agent", "-e": "referer",
    "--referer": "referer",
    "-o": "skip", "--output": "skip", "-x": "skip", "--proxy": "skip", "-m": "skip", "--max-time": "skip",
    "--connect-timeout": "skip", "--resolve": "skip", "--oauth2-bearer": "bearer",
}  # fmt: skip
_LONGEST = 200_000


def parse_curl(text: str) -> RecordedLogin:
    """The credentials in a pasted curl command.

    Raises:
        CurlError: It is no curl command, or it carries no credential.
    """
    words = _words(text.strip()[:_LONGEST])
    if not words or not re.search(r"(?:^|[/\\])curl(?:\.exe)?$", words[0], re.IGNORECASE):
        raise CurlError(
            "this is no curl command: in the browser's network panel, right-click a request to the "
            "API that was "
            "sent while logged in, choose Copy, then Copy as cURL, and paste that"
        )
    parts = list(_options(words[1:]))
    url = next((value for kind, value in parts if kind == "url"), "")
    headers = [_split(value, ":") for kind, value in parts if kind == "header"]
    headers += [("Authorization", f"Bearer {value}") for kind, value in parts if kind == "bearer"]
    cookies = "; ".join(
        [value for kind, value in parts if kind == "cookie"]
        + [value for name, value in headers if name.lower() == "cookie"]
    )
    user = next((value for kind, value in parts if kind == "user"), "")
    return _recorded(url, parts, headers, _cookies(cookies), user)


def _recorded(
    url: str,
    parts: list[tuple[str, str]],
    headers: list[tuple[str, str]],
    cookies: tuple[tuple[str, str], ...],
    user: str,
) -> RecordedLogin:
    kept = tuple(
        (name, value)
        for name, value in headers
        if value and _CREDENTIAL.match(name) and not _NOT_CREDENTIAL.match(name)
    )
    basic = _split(user, ":") if user else None
    if not kept and not cookies and basic is None:
        raise CurlError(
            "this request carries no credential (no Authorization header, no cookie): copy one that "
            "was sent while "
            "logged in, for instance the one that loads your profile"
        )
    try:
        address = urlsplit(url if "://" in url else f"http://{url}")
        origin = f"{address.scheme}://{address.netloc.rpartition('@')[2]}".lower()
    except ValueError as error:
        raise CurlError(f"the address in the command cannot be read: {error}") from error
    if not address.hostname:
        raise CurlError("the command has no address: copy the whole of it, from curl to its last line")
    sends = any(kind == "data" for kind, _ in parts)
    method = next((value for kind, value in parts if kind == "method"), "POST" if sends else "GET").upper()
    return RecordedLogin(
        origin=origin, method=method, path=address.path or "/", headers=kept, cookies=cookies, basic=basic
    )


def _split(text: str, by: str) -> tuple[str, str]:
    name, _, value = text.partition(by)
    return name.strip(), value.strip()


def _cookies(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (_split(part, "=") for part in text.split(";"))
    return tuple((name, value) for name, value in pairs if name and value)


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        long_name, equals, inline = word.partition("=")
        if word in _WITH_VALUE and position < len(words):
            yield _WITH_VALUE[word], words[position]
            position += 1
        elif word.startswith("--") and equals and long_name in _WITH_VALUE:
            yield _WITH_VALUE[long_name], inline
        elif len(word) > 2 and word[:2] in _WITH_VALUE and not word.startswith("--"):  # noqa: PLR2004 - "-H" and more
            yield _WITH_VALUE[word[:2]], word[2:]
        elif not word.startswith("-"):
            yield "url", word


def _words(text: str) -> list[str]:
    """The command's words. The Windows form is told by its carets before quotes or at line ends."""
    if re.search(r"\^\"|\^\s*\r?\n", text):
        return _cmd_words(text)
    joined = re.sub(r"\\\r?\n", " ", text)
    try:
        return shlex.split(_ansi_quotes(joined))
    except ValueError as error:
        raise CurlError(f"the command is cut off ({error}): copy the whole of it") from error


def _ansi_quotes(text: str) -> str:
    r"""Chrome writes `$'…'` where a value has quotes or escapes; here it becomes an ordinary quoted word."""

    def plain(found: re.Match[str]) -> str:
        return shlex.quote(_unescaped(found.group(1)))

    return re.sub(r"(?<!\S)\$'((?:[^'\\]|\\.)*)'", plain, text)


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "'": "'", '"': '"', "\\": "\\"}


def _unescaped(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        code = found.group(1)
        if code[0] in "ux" and len(code) > 1:
            return chr(int(code[1:], 16))
        return _ESCAPES.get(code, code)

    return re.sub(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", one, text, flags=re.DOTALL)


def _cmd_words(text: str) -> list[str]:
    """Words of a Windows cmd command line: carets escape; inside quotes a backslash escapes a quote."""
    text = re.sub(r"\^\s*\r?\n", " ", text)
    text = re.sub(r"\^(.)", r"\1", text, flags=re.DOTALL)
    words: list[str] = []
    for found in re.finditer(r'"((?:[^"\\]|\\.|"")*)"|(\S+)', text, re.DOTALL):
        quoted, bare = found.groups()
        if bare is not None:
            words.append(bare)
        else:
            words.append(re.sub(r'\\(["\\])', r"\1", quoted.replace('""', '"')).replace("%%", "%"))
    return words
