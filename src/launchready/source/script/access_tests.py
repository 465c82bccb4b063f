"""Tests that ask for what must be refused: as a second user, without a login, without the role."""

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from launchready.model.source import AccessTest
from launchready.source.code.guards import FORBIDDEN, UNAUTHENTICATED
from launchready.source.script.nodes import FUNCTIONS, arguments_of, string_value
from launchready.source.script.reading import Reading

_TESTS = re.compile(r"^(?:it|test|specify|Deno\.test|t\.test)(?:\.(?:only|concurrent|serial|fails|each))*$")
_GROUPS = re.compile(r"^(?:describe|context|suite|test\.describe|fdescribe)(?:\.\w+)*$")
_SKIPPED = re.compile(r"^(?:xit|xtest|xdescribe|(?:it|test|describe|test\.describe)\.(?:skip|todo|fixme))\b")
_STATUSES = (
    (
        401,
        re.compile(
            r"\b401\b|UNAUTHORI[SZ]ED|Unauthori[sz]ed|UNAUTHENTICATED|[Uu]nauthenticated|Not authenticated"
        ),
    ),
    (
        403,
        re.compile(
            r"\b403\b|FORBIDDEN|Forbidden|[Aa]ccess denied|[Pp]ermission denied|[Nn]ot allowed|insufficient"
        ),
    ),
    (404, re.compile(r"\b404\b|NOT_FOUND|[Nn]ot ?[Ff]ound")),
)
_EXPECTS = re.compile(r"expect|assert|should|rejects|toThrow|\.is\(|\.status\(")
_OTHER = re.compile(
    r"\b(?:an)?other (?:user|member|account|tenant|team|org\w*|customer|person|author|owner|company|workspace)"
    r"|some(?:one|body) else|(?:second|different|foreign|wrong|unrelated) (?:user|member|account|tenant|owner|team)"
    r"|not (?:the |an? )?(?:owner|author|creator|own\b|their own|belong)|non-?owner|not owned|owned by (?:an)?other"
    r"|other'?s\b|users'|attacker|stranger|intruder|cross[- ](?:tenant|user|team|org|account)|belongs? to (?:an)?other"
    r"|does(?: not|n't) own|does(?: not|n't) belong to (?:the |this |that |their |his |her )?"
    r"(?:caller|user|member|team|org|account|tenant|workspace|them)"
    r"|is(?: not|n't) (?:the |an? )?(?:owner|author|member|participant)|user ?(?:b|2|two)\b",
    re.IGNORECASE,
)
_ANONYMOUS = re.compile(
    r"unauthenticated|anonymous|not (?:logged|signed)[- ]?in|logged[- ]?out|guest"
    r"|(?:without|no|missing|lacks?|absent) (?:an? |the |any |valid )?(?:access |auth\w* |bearer |api |session )*"
    r"(?:token|auth\w*|session|login|jwt|header|credentials|cookie|key)"
    r"|(?:token|session|cookie|header) is (?:missing|absent|not)",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"not (?:an? )?(?:admin|moderator|staff|superuser|manager)|non-?admin"
    r"|(?:regular|normal|ordinary|plain|basic) (?:user|member)|viewer|as (?:an? )?(?:member|user)|wrong role"
    r"|(?:without|lacks?) (?:the )?(?:\w+ )?(?:role|permission|privilege|scope|right)|insufficient"
    r"|admin[- ]only|only admin|requires? (?:an? )?(?:admin|role|permission)",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"\b(user|member|owner|attacker|other|another|second|first|stranger|intruder|victim|alice|bob|author|admin)\w*"
    r"(?:token|session|cookie|cookies|jwt|agent|client|headers?|auth|request)\w*\b"
    r"|\b(?:token|session|cookie|jwt|agent|client|headers)"
    r"(?:for|of)?_?(a|b|1|2|one|two|alice|bob|user\w+|other|owner|attacker)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\b(?:user|member|account|owner|token|\w+Token|jwt|session|cookie|customer|tenant)_?(A|B|C|[1-3]|One|Two|Three|one|two)(?![a-z0-9])"
)
_SUFFIXES = {"one": "1", "a": "1", "two": "2", "b": "2", "three": "3", "c": "3"}
_AS = re.compile(
    r"(?:loginAs|signInAs|actingAs|asUser|authAs|login|signIn|createSession|tokenFor|getToken|authenticateAs|setUser"
    r"|mockSession|mockUser|createContext|createCaller|headersFor|authHeader\w*)\(\s*([\w.$'\"]+)"
)
_LOGIN = re.compile(
    r"[Aa]uthorization|[Bb]earer|[Cc]ookie|loginAs|signIn|login\(|[Tt]oken|session|actingAs|authenticate"
    r"|set\(['\"]auth|createCaller|ctx|agent"
)
_SENT = re.compile(
    r"\.(?:get|post|put|patch|delete|del)\(|request\(|fetch\(|inject\(|handler\(|caller|axios"
    r"|\b(?:GET|POST|PUT|PATCH|DELETE)\("
)
_ABSENT = re.compile(
    r"not found|does(?: not|n't) exist|no such|unknown|non-?existing|nonexistent|as an? admin|if admin|admin can",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\bnot\b|n't\b|cannot|reject|forbid|refus|block|den(?:y|ied|ies)|\b40[134]\b|unauthor|fail|throw|error|prevent"
    r"|disallow|only",
    re.IGNORECASE,
)
_ABOUT_LOGIN = re.compile(
    r"auth|log(?:ged)? ?in|token|401|protect|guest|access|session|refuse|reject|den(?:y|ied)", re.IGNORECASE
)
_SIGNING_IN = re.compile(
    r"password|credential|e-?mail|otp|\bcode\b|sign ?in|register|sign ?up|captcha", re.IGNORECASE
)
_LONGEST = 120


def access_tests_in(reading: Reading) -> tuple[AccessTest, ...]:
    """The tests of a file that expect a refusal, and of whom."""
    if not reading.has("401", "403", "404", "nauth", "NAUTH", "orbidden", "ORBIDDEN", "denied", "NOT_FOUND"):
        return ()
    if not reading.has("it(", "it.", "test(", "test.", "specify("):
        return ()
    found: dict[tuple[str, int], AccessTest] = {}
    for call in reading.nodes("call_expression"):
        for one in _of_test(reading, call):
            found.setdefault((one.kind, one.place.line), one)
    return tuple(found.values())


def _of_test(reading: Reading, call: SgNode) -> Iterator[AccessTest]:
    called = call.field("function")
    given = arguments_of(call)
    if called is None or not given:
        return
    if not _TESTS.match(_named(called)) or given[0].kind() not in {"string", "template_string"}:
        return
    body = next((one for one in given[1:] if one.kind() in FUNCTIONS), None)
    titles = _titles(call)
    if body is None or titles is None:
        return
    name = _text(given[0])
    kind = _kind(name, " ".join([*titles, name]), body.text())
    if kind:
        yield AccessTest(name=name[:_LONGEST], kind=kind, place=reading.place(call))


def _named(called: SgNode) -> str:
    """`it`, `test.only`; of `it.each(rows)`, what is called first."""
    held = called.field("function") if called.kind() == "call_expression" else called
    return held.text() if held is not None and len(held.text()) < _LONGEST else ""


def _titles(call: SgNode) -> list[str] | None:
    """Names of the groups around a test; None where one of them, or the test, is skipped."""
    titles: list[str] = []
    for around in (call, *call.ancestors()):
        if around.kind() != "call_expression":
            continue
        called = around.field("function")
        name = _named(called) if called is not None else ""
        if _SKIPPED.match(name):
            return None
        given = arguments_of(around)
        if around != call and _GROUPS.match(name) and given:
            titles.append(_text(given[0]))
    return titles


def _text(node: SgNode) -> str:
    return string_value(node) if node.kind() == "string" else node.text().strip("`'\"")


def _kind(name: str, titles: str, body: str) -> str:
    """Who is refused: by what the test is called, and by what it does."""
    statuses = _expected(body)
    if not statuses or not _SENT.search(body):
        return ""
    identities = _identities(body)
    refused = _REFUSED.search(name) is not None and _ABSENT.search(name) is None
    acts = _LOGIN.search(body) is not None
    if _OTHER.search(name) and acts and not _ABSENT.search(name):
        return "second user"
    if _ROLE.search(name) and FORBIDDEN in statuses:
        return "role"
    if statuses & {UNAUTHENTICATED, FORBIDDEN} and _ANONYMOUS.search(titles):
        return "anonymous"
    if len(identities) > 1 and refused:
        return "second user"
    if (
        UNAUTHENTICATED in statuses
        and not acts
        and _ABOUT_LOGIN.search(name)
        and not _SIGNING_IN.search(name)
    ):
        return "anonymous"
    return "second user" if refused and acts and _OTHER.search(titles) else ""


def _expected(body: str) -> set[int]:
    """The refusals that are asserted in a test's body."""
    lines = [line for line in body.splitlines() if _EXPECTS.search(line)]
    held = " ".join(lines)
    return {status for status, pattern in _STATUSES if pattern.search(held)}


def _identities(body: str) -> set[str]:
    """Different users that a test acts as, by the names of their tokens, sessions and clients."""
    named = {match[0].lower() for match in _IDENTITY.finditer(body)}
    acting = {match[1] for match in _AS.finditer(body)}
    numbered = {_SUFFIXES.get(match[1].lower(), match[1].lower()) for match in _NUMBERED.finditer(body)}
    return max(named, acting, numbered, key=len)
