"""SEC-13: every response of the run looked through for credentials.

The watch is a tap on the door, so it sees what every other collector receives; this collector only sums up.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import ClassVar

from launchready.collecting.answers import CANARY, flat, sent_text
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.collecting.reproduce import curl
from launchready.collecting.reset_tokens import ONE_TIME_FIELD, ResetTrial
from launchready.door.messages import Reply, Request
from launchready.door.vault import Secret, Vault
from launchready.model.evidence import Accounts, CredentialHit, ResponseCredentials, Surface
from launchready.model.operation import HttpOperation, Purpose

_HASHES = (
    ("bcrypt hash", re.compile(r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}")),
    ("argon2 hash", re.compile(r"\$argon2(?:id|i|d)\$v=\d+\$[^\s\"']{20,}")),
    (
        "PBKDF2 hash",
        re.compile(r"pbkdf2[_:](?:sha\d+)[:$]\d+\$[^\s\"']{16,}|\$pbkdf2-sha\d+\$\d+\$[^\s\"']{20,}"),
    ),
    (
        "scrypt hash",
        re.compile(r"scrypt:\d+:\d+:\d+\$[^\s\"']{16,}|\$scrypt\$[^\s\"']{20,}|\$7\$[./A-Za-z0-9]{20,}"),
    ),
    ("crypt hash", re.compile(r"\$[156]\$[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{22,86}")),
    ("private key", re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----")),
    (
        "connection string with password",
        re.compile(r"\b[a-z][a-z0-9+]{2,20}://[^\s:/@\"'<>]{1,64}:([^\s/@\"'<>*]{3,})@[^\s\"'<>]{2,}"),
    ),
    ("AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("GitHub token", re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b")),
    ("Stripe secret key", re.compile(r"\b[sr]k_live_[A-Za-z0-9]{16,}\b")),
    ("Slack token", re.compile(r"\bxox[abpr]-[A-Za-z0-9-]{20,}")),
)
# On lower-cased bodies; what begins with few letters is found thirty times as fast as alternatives of any case
_QUICK = re.compile(
    rb"[$](?:2[abxy]?\$|argon2|[1567]\$)|p(?:bkdf2|rivate[_ ]?key|assw|wd)|s(?:crypt|ecret)|hash|token"
    rb"|://[^\s\"]{1,64}:|a(?:kia|sia|pi_?key)|gh[pousr]_|k_live_|xox[abpr]-"
)
_PASSWORD_FIELD = re.compile(
    r"(?:^|[_-])(?:password|passwd|pwd|passphrase)(?:[_-]?(?:hash|digest|salt|encrypted))?$"
    r"|(?:hashed|encrypted)[_-]?password$|^password(?:Hash|Digest)$",
    re.IGNORECASE,
)
_SECRET_FIELD = re.compile(
    r"^(?:secret[_-]?key|private[_-]?key|client[_-]?secret|signing[_-]?secret|webhook[_-]?secret|jwt[_-]?secret|"
    r"totp[_-]?secret|mfa[_-]?secret|otp[_-]?secret|api[_-]?(?:key|secret|token))$",
    re.IGNORECASE,
)
_MASKED = re.compile(
    r"^[*•x.\s-]*$|\*{3,}|•{3,}|\.{3}|…|redacted|hidden"
    r"|^(?:true|false|null|none|string|required|password)$",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    r"^(?:text|body|content|description|summary|excerpt|markdown|html|comment|answer|question|caption)$",
    re.IGNORECASE,
)
_AROUND = 40
_ISSUING = frozenset({Purpose.LOG_IN, Purpose.REFRESH, Purpose.SIGN_UP})
_SHORT = 6
_MOST_HITS = 60


def preview(value: str) -> str:
    """First three characters and the length; nothing more of a secret is ever shown."""
    return (
        f"{value[:3]}… ({len(value)} characters)" if len(value) > _SHORT else f"… ({len(value)} characters)"
    )


@dataclass(slots=True)
class CredentialWatch:
    """A tap for the door: looks through every 2xx to 5xx body as it arrives."""

    vault: Vault
    context: Context
    operations_by_id: dict[str, HttpOperation] = field(default_factory=dict)
    responses: int = 0
    operations: set[str] = field(default_factory=set)
    hits: dict[tuple[str, str], CredentialHit] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)

    def __call__(self, reply: Reply) -> None:
        """Look through one reply."""
        if not reply.status:
            return
        self.responses += 1
        if reply.ok and reply.request.operation:
            self.operations.add(reply.request.operation)
        if not reply.body or len(self.hits) >= _MOST_HITS:
            return
        own = self._own_password(reply)
        if not own and not _QUICK.search(reply.body.lower()):
            return
        for kind, where, value, confirmed in (*own, *self._found(reply)):
            self._keep(reply, kind, where, value, confirmed=confirmed)

    def _own_password(self, reply: Reply) -> tuple[tuple[str, str, str, bool], ...]:
        """Passwords of our accounts coming back.

        A refusal that repeats what its own request held is no leak (validators quote their input).
        """
        if not reply.ok and reply.request.body is not None:
            return ()
        return tuple(
            (
                f"{secret.kind} in clear",
                _where(reply, secret, self.vault),
                self.vault.resolve(secret.ref),
                True,
            )
            for secret in self.vault.found(reply.text())
            if secret.kind == "password"
        )

    def _found(self, reply: Reply) -> Iterator[tuple[str, str, str, bool]]:
        value = reply.json()
        pairs = (
            list(flat(value).items()) if isinstance(value, dict | list) else [("", reply.text()[:200_000])]
        )
        for path, leaf in pairs:
            if not isinstance(leaf, str) or not leaf:
                continue
            known = next(
                ((kind, match) for kind, pattern in _HASHES if (match := pattern.search(leaf))), None
            )
            if known is not None:
                yield (
                    known[0],
                    path,
                    known[1].group(0),
                    not (reply.ok and _is_prose(path, leaf, known[1].group(0))),
                )
            elif path and not _MASKED.search(leaf):
                yield from self._by_name(reply, path, leaf)

    def _by_name(self, reply: Reply, path: str, leaf: str) -> Iterator[tuple[str, str, str, bool]]:
        name = path.rsplit("/", 1)[-1]
        purpose = self._purpose(reply)
        if not reply.ok or CANARY.search(leaf):  # what we stored there ourselves is no credential of anybody
            return
        asked = purpose is Purpose.RESET and "passw" not in sent_text(replace(reply.request, url="")).lower()
        if ONE_TIME_FIELD.search(name) or (asked and name.lower() == "token"):
            yield "one-time token", path, leaf, False
        if purpose in _ISSUING:
            return
        if _PASSWORD_FIELD.search(name):
            yield "password field", path, leaf, False
        elif (
            _SECRET_FIELD.search(name)
            and reply.status != HTTPStatus.CREATED
            and purpose is not Purpose.CREATE
        ):
            yield "secret field", path, leaf, False

    def _known(self, operation: str) -> HttpOperation | None:
        """An operation of the surface, which is there soon after the first replies."""
        if not self.operations_by_id and self.context.has(Surface):
            self.operations_by_id = {item.id: item for item in self.context.operations()}
        return self.operations_by_id.get(operation)

    def _purpose(self, reply: Reply) -> Purpose | None:
        known = self._known(reply.request.operation)
        return known.purpose if known is not None else None

    def _keep(self, reply: Reply, kind: str, where: str, value: str, *, confirmed: bool) -> None:
        operation = reply.request.operation or f"{reply.request.method} {reply.request.url}"
        # One place in one operation's answer is one root cause; what is certain takes the place of a suspicion
        key = (operation, _generic(where))
        if key in self.hits and (self.hits[key].confirmed or not confirmed):
            return
        self.requests[reply.exchange] = reply.request
        known = self._known(operation)
        self.hits[key] = CredentialHit(
            operation=operation,
            method=reply.request.method,
            path=known.path if known is not None else reply.request.url.split("?")[0],
            principal="anonymous" if reply.request.bare else reply.request.principal,
            exchange=reply.exchange,
            kind=kind,
            where=_generic(where) or "body",
            preview=preview(value),
            mark=self.vault.mark(value),
            confirmed=confirmed,
        )


def _is_prose(path: str, leaf: str, value: str) -> bool:
    """Whether a value stands within what a person wrote: an article about hashing shows some."""
    name = path.rsplit("/", 1)[-1]
    return _WRITTEN.match(name) is not None and len(leaf) > len(value) + _AROUND


def _generic(path: str) -> str:
    return re.sub(r"/\d+(?=/|$)", "/*", path)


def _once(hits: Iterable[CredentialHit]) -> tuple[CredentialHit, ...]:
    """Hits without suspicions about a value that is certain to be a credential elsewhere in the same answers."""
    kept = tuple(hits)
    sure = {(hit.operation, hit.mark) for hit in kept if hit.confirmed}
    return tuple(hit for hit in kept if hit.confirmed or (hit.operation, hit.mark) not in sure)


def _where(reply: Reply, secret: Secret, vault: Vault) -> str:
    leaves = flat(reply.json()).items()
    return next((path for path, leaf in leaves if isinstance(leaf, str) and secret in vault.found(leaf)), "")


class ResponseCredentialsCollector(Collector):
    """Sums up what the watch saw in every response of the run."""

    produces = ResponseCredentials
    needs: ClassVar = (Accounts,)
    safety = Safety.PASSIVE
    title = "Credentials in responses"

    def __init__(self) -> None:
        super().__init__()
        self.watch: CredentialWatch | None = None

    def attach(self, context: Context) -> None:
        """Watch the door from now on."""
        self.watch = CredentialWatch(vault=context.vault, context=context)
        context.door.taps.append(self.watch)

    def cost(self, context: Context) -> Cost:
        """It reads what others received; a password reset is asked for."""
        del context
        return Cost(requests=6, accounts=1, mails=2)

    async def run(self, context: Context) -> None:
        """Ask for a new password, which nobody else may have done; then cite the exchanges of the hits."""
        if self.watch is None:
            return
        self._tell_strangers_only(context)
        proved = await ResetTrial(context).spend()
        for key, hit in self.watch.hits.items():
            context.cite([hit.exchange])
            request = self.watch.requests[hit.exchange]
            credential = () if request.bare else context.door.wallet_of(request.principal).templates()
            self.watch.hits[key] = hit = replace(  # noqa: PLW2901 - the same hit, completed
                hit,
                confirmed=hit.confirmed or (hit.kind == "one-time token" and hit.operation == proved),
                reproduce=curl(request, base=context.settings.url, credential=credential),
            )
            context.found(
                "SEC-13", f"{hit.kind} in the answer of {hit.method} {hit.path}", confirmed=hit.confirmed
            )

    def _tell_strangers_only(self, context: Context) -> None:
        """Answers to strangers hold little: without a member's the rest is not known."""
        crew = context.crew
        gap = crew.gap("member_a") if crew is not None else None
        if gap is not None and crew is not None and not any(person.confirmed for person in crew.people):
            self.gaps.append(replace(gap, what="answers to members"))

    def evidence(self) -> ResponseCredentials:
        """What was seen so far."""
        if self.watch is None:
            return ResponseCredentials(responses=0, operations=(), hits=(), gaps=tuple(self.gaps))
        return ResponseCredentials(
            responses=self.watch.responses,
            operations=tuple(sorted(self.watch.operations)),
            hits=_once(self.watch.hits[key] for key in sorted(self.watch.hits)),
            gaps=tuple(self.gaps),
        )

    def summary(self) -> str:
        """Counts."""
        seen = self.evidence()
        return f"{seen.responses} responses looked through, {len(seen.hits)} hits"
