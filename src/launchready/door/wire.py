"""From messages to bytes and back.

URLs that arrive as written, bodies, bounded decompression, plain failures.
"""

import asyncio
import json
import re
import secrets
import ssl
import zlib
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, urlencode

import aiohttp

from launchready.door.messages import Body, FormBody, JsonBody, MultipartBody, RawBody
from launchready.door.vault import Secret, Vault, json_quoted

_PLAIN_URL = re.compile(r"[0-9A-Za-z%/:?#\[\]@!$&'()*+,;=~\-._]*")
_URL_SAFE = "%/:?#[]@!$&'()*+,;=~-._"
# More than that is a bomb
_ENCODINGS = 3
_CERTIFICATE = re.compile(r"certificate verify failed: (?P<why>[^(\]]+)")


def full_url(url: str, query: Iterable[tuple[str, str]]) -> str:
    """`url` with `query` appended. Percent-encoding and dot segments stay as they are.

    What no URL may hold is encoded.
    """
    url, _, _ = url.partition("#")
    if _PLAIN_URL.fullmatch(url) is None:
        url = quote(url, safe=_URL_SAFE)
    added = urlencode(list(query), quote_via=quote, safe="")
    if not added:
        return url
    return f"{url}{'' if url.endswith(('?', '&')) else '&' if '?' in url else '?'}{added}"


def quote_value(value: str) -> str:
    """A value as one URL component."""
    return quote(value, safe="")


def encode_body(body: Body, vault: Vault) -> tuple[bytes | None, str]:
    """Bytes and media type; `Secret` values and references are replaced by the raw values here."""
    match body:
        case None:
            return None, ""
        case JsonBody(value=value):
            text = json.dumps(value, separators=(",", ":"), default=_reference).encode()
            return vault.resolve_bytes(text, json_quoted), "application/json"
        case FormBody(fields=fields):
            content = urlencode(fields, quote_via=quote_plus).encode()
            return vault.resolve_bytes(content, quote_plus), "application/x-www-form-urlencoded"
        case RawBody(media_type=media_type, content=content):
            return vault.resolve_bytes(content), media_type
        case MultipartBody():
            return _multipart(body, vault)


def _reference(value: object) -> str:
    if isinstance(value, Secret):
        return value.ref
    raise TypeError(f"a {type(value).__name__} cannot be sent as JSON")


def _multipart(body: MultipartBody, vault: Vault) -> tuple[bytes, str]:
    """RFC 7578; names are escaped as browsers do."""
    boundary = f"lr-{secrets.token_hex(12)}"
    lines: list[bytes] = []
    for name, text in body.fields:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_part_name(name)}"\r\n\r\n'
        lines += [head.encode(), text.encode("utf-8", "surrogatepass"), b"\r\n"]
    for part in body.files:
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_part_name(part.name)}"; '
            f'filename="{_part_name(part.filename)}"\r\nContent-Type: {_one_line(part.media_type)}\r\n\r\n'
        )
        lines += [head.encode(), part.content, b"\r\n"]
    lines.append(f"--{boundary}--\r\n".encode())
    return vault.resolve_bytes(b"".join(lines)), f"multipart/form-data; boundary={boundary}"


def _part_name(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _one_line(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


def decompressed(content: bytes, encoding: str, limit: int) -> tuple[bytes, bool]:
    """(body, whole): at most `limit` bytes.

    Not whole when there was more, or when the encoding cannot be undone.
    """
    steps = [step.strip() for step in encoding.lower().split(",") if step.strip() not in {"", "identity"}]
    whole = True
    for step in reversed(steps[:_ENCODINGS]):
        if step in {"gzip", "x-gzip", "deflate"}:
            content, complete = _inflated(content, limit, raw=step == "deflate")
        else:
            complete = False
        whole = whole and complete
    return content[:limit], whole and len(content) <= limit and len(steps) <= _ENCODINGS


def _inflated(content: bytes, limit: int, *, raw: bool) -> tuple[bytes, bool]:
    if not content:
        return b"", True
    # 32 + 15: gzip or zlib by the header; "deflate" is sent without a header by some servers (RFC 9110
    # 8.4.1.2)
    for window in (47, -15) if raw else (47,):
        machine = zlib.decompressobj(window)
        try:
            plain = machine.decompress(content, limit + 1)
        except zlib.error:
            continue
        return plain[:limit], machine.eof and len(plain) <= limit
    return b"", False


def failure_text(error: BaseException, seconds: float) -> str:
    """What went wrong on the way, in plain words and without addresses of memory or classes."""
    match error:
        case TimeoutError():
            return f"timed out after {seconds:g} s"
        case aiohttp.ClientConnectorCertificateError() | ssl.SSLCertVerificationError():
            return _certificate(error)
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return f"TLS: {_tls(error)}"
        case aiohttp.ClientConnectorDNSError():
            return "the host has no address"
        case aiohttp.ClientProxyConnectionError():
            return "the proxy cannot be reached"
        case aiohttp.ClientHttpProxyError():
            return f"the proxy answered {error.status}"
        case aiohttp.ServerDisconnectedError():
            return "connection closed without an answer"
        case aiohttp.ClientPayloadError() | asyncio.IncompleteReadError():
            return "connection closed before the answer was complete"
        case aiohttp.ClientResponseError():
            return f"not HTTP: {_brief(error.message)}"
        case OSError():
            return _os_failure(error)
        case ValueError() | TypeError():
            return f"cannot be sent: {_brief(str(error))}"
    return f"failed: {type(error).__name__}"


def _os_failure(error: OSError) -> str:
    inner = getattr(error, "os_error", None) or error
    # Several addresses that all refuse come as one plain OSError
    if isinstance(inner, ConnectionRefusedError) or "Connect call failed" in str(inner):
        return "connection refused"
    if isinstance(inner, ConnectionResetError | BrokenPipeError):
        return "connection reset"
    return f"network: {_brief(getattr(inner, 'strerror', '') or str(inner))}"


def _certificate(error: BaseException) -> str:
    match = _CERTIFICATE.search(str(error))
    why = match["why"].strip() if match else "not trusted"
    return f"TLS: certificate not accepted: {why}"


def _tls(error: BaseException) -> str:
    match = re.search(r"\] ?([a-z0-9 ]{4,60}) \(", str(error))
    return match[1] if match else "no agreement with the server"


def _brief(text: str) -> str:
    return " ".join(text.split())[:120] or "no reason given"
