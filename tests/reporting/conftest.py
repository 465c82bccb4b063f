"""A marketplace that was audited, with everything a report can hold, and a small one for the golden files."""

import csv
from dataclasses import replace
from importlib.resources import files

import pytest

from launchready.model.check_info import CatalogueRow, CheckInfo, GateId, Severity
from launchready.model.exchange import Exchange, Intent
from launchready.model.outcome import Cause, Confidence, Input, Remedy, fingerprint
from launchready.model.report import (
    AccessCell,
    AccessState,
    Basis,
    CheckResult,
    CodeRead,
    Decision,
    Finding,
    FlagResult,
    FlagState,
    GateResult,
    GateState,
    InventoryRow,
    Location,
    OpenItem,
    OperationResult,
    OperationState,
    OutsideUsers,
    Report,
    RouteCard,
    RowResult,
    RunInfo,
    StackPart,
    State,
    Tick,
    TickState,
    UnknownGroup,
)
from launchready.model.subject import DnsSubject, FileSubject, HostSubject, OperationSubject

HOSTILE = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "\x1b[2J\x1b[31mred\x07 \u202egnp.exe [bold red]markup[/] :boom:",
    "مرحبا بالعالم שלום",
    "word " * 2_000,
    "${document.title} {{7*7}} </style><style>*{display:none}</style> --></title>",
)
ROWS = {
    "AUTH": "Auth enforcement",
    "ROLE": "Role checks",
    "INP": "Input validation",
    "SEC": "Secret handling",
    "RATE": "Rate limiting",
    "CORS": "CORS policy",
    "MAIL": "Email auth",
    "MON": "Monitoring",
    "DEP": "Deployment safety",
    "LOG": "Logging hygiene",
}
PASSES_WHEN = {
    "AUTH": ("every private route requires a valid session or token", "unauthorized access",
             "member data exposed, accounts taken over"),
    "ROLE": ("admin and moderator actions are refused to others", "privilege escalation",
             "people edit and delete what is not theirs"),
    "INP": ("every write endpoint rejects invalid payloads", "abuse, injection",
            "broken records, spam, crashes downstream"),
    "SEC": ("no secret in the repository or the client bundle", "credential theft",
            "the whole environment is compromised"),
    "RATE": ("sensitive endpoints have limits and abuse controls (login, invite, search, messaging)",
             "brute force, scraping", "support overload"),
    "CORS": ("only approved origins can call the browser API", "cross-site abuse",
             "tokens stolen, requests forged"),
    "MAIL": ("SPF, DKIM and DMARC all pass", "deliverability, trust", "onboarding mail in spam or lost"),
    "MON": ("uptime alerts and error tracking are live", "react before users complain", "silent outages"),
    "DEP": ("production deploy is repeatable, with a rollback plan", "release risk",
            "manual mistakes, downtime"),
    "LOG": ("no passwords, tokens or personal data in logs", "customers, compliance",
            "leaks through logs and support tools"),
}  # fmt: skip
PASSING = ("AUTH-02", "AUTH-28", "AUTH-35", "CORS-01", "ROLE-04", "MAIL-01")
LOGIN = Remedy(input=Input.ADMIN_LOGIN, sentence="Run `launchready login admin`, then audit again.")
MODERATOR = Remedy(input=Input.MODERATOR_LOGIN, sentence="Run `launchready login moderator`.")
NEWER = Remedy(input=Input.NEWER_VERSION, sentence="This version of launchready does not test it.")
ANSWER = Remedy(input=Input.ANSWER, sentence="Say under [visibility] who may read it.")


def load_catalogue() -> list[CatalogueRow]:
    text = files("launchready").joinpath("catalogue.csv").read_text(encoding="utf-8")

    def many(cell: str) -> tuple[str, ...]:
        return tuple(part for part in cell.split(";") if part)

    return [
        CatalogueRow(
            id=line["id"], name=line["name"], row=line["scorecard_row"], gate=GateId(line["gate"]),
            severity=Severity(line["severity"]), owasp=many(line["owasp_api_2023"]), cwe=many(line["cwe"]),
            proof_type=line["proof_type"], proof_strength=line["proof_strength"],
            proof_how=line["proof_how_accounts"], criterion=line["pass_criterion"], fix=line["fix"],
            sources=many(line["source_lists"]),
        )
        for line in csv.DictReader(text.splitlines())
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- the product

OBJECTS = ("listing", "DirectMessage", "order", "draft", "profile", "group", "review", "invite", "report")
ACTIONS = (
    ("create", "POST", "/{plural}"),
    ("list", "GET", "/{plural}"),
    ("search", "GET", "/{plural}/search"),
    ("read", "GET", "/{plural}/{{id}}"),
    ("update", "PATCH", "/{plural}/{{id}}"),
    ("delete", "DELETE", "/{plural}/{{id}}"),
)
OTHERS = (
    ("sign_up", "POST", "/auth/sign-up", ""),
    ("login", "POST", "/auth/login", ""),
    ("me", "GET", "/me", ""),
    ("health", "GET", "/health", ""),
    ("admin", "POST", "/admin/members/{id}/ban", "member"),
    ("webhook", "POST", "/webhooks/payments/{provider_with_a_rather_long_parameter_name}/events", "payment"),
)
PRINCIPALS = ("anonymous", "member_a", "member_b", "moderator", "admin")
LEAKS = {
    ("DirectMessage", "read"): "member_b",
    ("listing", "update"): "member_b",
    ("order", "list"): "anonymous",
}
QUESTIONS = {("profile", "read"): "member_b", ("group", "list"): "anonymous"}


def states_of(object_type: str, purpose: str) -> dict[str, AccessState]:
    states = {
        "anonymous": AccessState.DENIED,
        "member_a": AccessState.ALLOWED,
        "member_b": AccessState.ALLOWED if purpose in {"create", "list", "search"} else AccessState.DENIED,
        "moderator": AccessState.UNPROVEN,
        "admin": AccessState.NOT_TRIED,
    }
    if who := LEAKS.get((object_type, purpose)):
        states[who] = AccessState.LEAKS
    if who := QUESTIONS.get((object_type, purpose)):
        states[who] = AccessState.SUSPECTED
    return states


def state_of(states: dict[str, AccessState]) -> OperationState:
    values = set(states.values())
    if AccessState.LEAKS in values:
        return OperationState.VIOLATED
    if AccessState.SUSPECTED in values:
        return OperationState.SUSPECTED
    return OperationState.SAFE if AccessState.DENIED in values else OperationState.UNPROVEN


def make_operation(purpose: str, method: str, path: str, object_type: str, number: int) -> OperationResult:
    states = states_of(object_type, purpose)
    reasons = {
        AccessState.LEAKS: "got the owner's planted word back",
        AccessState.SUSPECTED: "could be meant to be shared",
        AccessState.UNPROVEN: "no moderator login was given",
    }
    cells = tuple(
        AccessCell(
            principal=who,
            state=state,
            reason=reasons.get(state, ""),
            evidence=() if state in {AccessState.UNPROVEN, AccessState.NOT_TRIED} else (f"m{number}-{who}",),
        )
        for who, state in states.items()
    )
    return OperationResult(
        id=f"{method} {path}", method=method, path=path, purpose=purpose, object=object_type, cells=cells,
        state=state_of(states), reason="",
    )  # fmt: skip


def make_operations() -> tuple[OperationResult, ...]:
    made = [
        (purpose, method, path.format(plural=f"{object_type.lower()}s"), object_type)
        for object_type in OBJECTS
        for purpose, method, path in ACTIONS
    ]
    everything = [*made, *OTHERS, ("action", "POST", f"/hostile/{HOSTILE[1]}", HOSTILE[0])]
    return tuple(make_operation(*spec, number) for number, spec in enumerate(everything))


def make_exchange(name: str, who: str, method: str, url: str, status: int, **more) -> Exchange:
    return Exchange(
        id=name, principal=who, operation=f"{method} {url}", intent=more.pop("intent", Intent.ATTEMPT),
        method=method, url=url, status=status, offset=1.5, seconds=0.0123, **more,
    )  # fmt: skip


def matrix_exchanges(operations: tuple[OperationResult, ...]) -> list[Exchange]:
    status = {AccessState.DENIED: 403, AccessState.ALLOWED: 200, AccessState.LEAKS: 200}
    return [
        make_exchange(
            name, cell.principal, operation.method, f"http://127.0.0.1:8000{operation.path}",
            status.get(cell.state, 200), response_bytes=412,
            request_headers=(("authorization", "Bearer {{token:a1b2}}"), ("user-agent", "launchready/0.1")),
            response_headers=(("content-type", "application/json"),),
        )
        for operation in operations
        for cell in operation.cells
        for name in cell.evidence
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------ the findings

CURL = (
    "curl -sS -X GET 'http://127.0.0.1:8000/messages/17' \\\n"
    '  -H "Authorization: Bearer $(launchready token member_b)"'
)


def make_finding(check: str, subject, message: str, impact: str, **more) -> Finding:
    variant = more.pop("variant", "path")
    return Finding(
        fingerprint=fingerprint(check, variant, subject), check=check, subject=subject, variant=variant,
        message=message, impact=impact, confidence=more.pop("confidence", Confidence.CONFIRMED),
        evidence=more.pop("evidence", ()), reproduce=more.pop("reproduce", ""), **more,
    )  # fmt: skip


def proof_exchanges() -> list[Exchange]:
    json_type = (("content-type", "application/json"),)
    member = (("authorization", "Bearer {{token:a1b2}}"),)
    message = '{"id": 17, "from": "member_a", "text": "lr-canary-9f3k", "email": "{{email:h3f9}}"}'
    return [
        make_exchange(
            "e1", "member_a", "GET", "/messages/17", 200, intent=Intent.CONTROL, request_headers=member,
            response_headers=json_type, response_body=message, response_bytes=96,
        ),
        make_exchange(
            "e2", "member_b", "GET", "/messages/17", 200, request_headers=member,
            response_headers=json_type, response_body=message, response_bytes=96,
        ),
        make_exchange(
            "e3", "member_b", "PATCH", "/listings/4", 200, request_headers=member,
            request_body='{"title": "lr-nonce-77"}', response_body='{"ok": true}', response_bytes=12,
        ),
        make_exchange(
            "e4", "member_a", "GET", "/listings/4", 200, intent=Intent.READ_BACK,
            response_body='{"id": 4, "title": "lr-nonce-77"}', response_bytes=34,
        ),
        make_exchange(
            "e5", HOSTILE[0], "GET", f"/x?{HOSTILE[1]}", 599, response_body="\n".join(HOSTILE),
            response_headers=tuple(("x-hostile", text) for text in HOSTILE), response_bytes=12_000,
        ),
        make_exchange("e6", "anonymous", "GET", "/orders", 0, failure="the connection was closed"),
    ]  # fmt: skip


def make_findings() -> dict[str, list[Finding]]:
    read = OperationSubject(method="GET", path="/messages/{id}", principal="member_b", object="DirectMessage")
    write = OperationSubject(method="PATCH", path="/listings/{id}", principal="member_b", object="listing")
    orders = OperationSubject(method="GET", path="/orders", principal="anonymous", object="order")
    profile = OperationSubject(method="GET", path="/profiles/{id}", principal="member_b", object="profile")
    hostile = OperationSubject(method="GET", path=HOSTILE[1], principal=HOSTILE[2], object=HOSTILE[0])
    groups = OperationSubject(method="GET", path="/groups", principal="anonymous", object="group")
    secret = FileSubject(path="backend/.env.production", line=14, mark="m-77aa", where="tree")
    old = FileSubject(path="src/config.ts", line=3, commit="9fceb02d0ae598e95dc970b74767f19372d61af8",
                      where="history", mark="m-12bd")  # fmt: skip
    found = [
        make_finding(
            "AUTH-12", read, "Member B reads a private message of Member A.",
            "Anybody with an account can read every private conversation by counting up ids.",
            evidence=("e1", "e2"), reproduce=CURL,
            location=Location(path="app/routers/messages.py", line=88, code="message = session.get(Message, id)"),
        ),
        make_finding(
            "AUTH-15", write, "Member B changed the title of a listing of Member A; the owner reads it back.",
            "Sellers lose control of what they offer, at which price and where the buyer pays.",
            evidence=("e3", "e4"), reproduce=CURL.replace("GET", "PATCH"),
        ),
        make_finding(
            "AUTH-01", orders, "Orders are listed to everybody, without an account.",
            "Names, addresses and amounts of every buyer are public.", evidence=("e6",), reproduce=CURL,
        ),
        make_finding(
            "AUTH-11", profile, "Member B reads the telephone number of Member A.",
            "Members are called and harassed.", confidence=Confidence.SUSPECTED, evidence=("e2",),
            question="May every member read `phone` in GET /profiles/{id}?",
        ),
        make_finding(
            "AUTH-21", groups, "Groups are listed to everybody.", "Private groups become known.",
            confidence=Confidence.SUSPECTED, question="Are groups public in GET /groups?",
        ),
        make_finding(
            "SEC-01", secret, "A live payment key stands in backend/.env.production, line 14.",
            "Whoever reads the repository can move money.", reproduce="launchready audit --repo . --only SEC",
        ),
        make_finding("SEC-02", old, "A database password is in the history.", "Old clones still open it.",
                     disputed_by="Ana, 2026-02-01: it is the word of the sample database"),
        make_finding("CORS-02", HostSubject(host="127.0.0.1", port=8000, path="/orders"),
                     "A wildcard origin may read private data.", "Any page can read it."),
        make_finding("MAIL-03", DnsSubject(name="_dmarc.example.com", record="TXT"),
                     "There is no DMARC record.", "Others can send mail in your name.",
                     waived_by="Ben, until 2026-06-01: the domain is moving"),
        make_finding(
            "AUTH-24", FileSubject(path="app/routers/orders.py", line=41, mark="0a1b2c"),
            "GET /orders/{id} fetches an order by id alone.", "One member reads the order of another.",
            confidence=Confidence.SUSPECTED, question="May every member read every order?", probed="not probed",
            fix="Add the owner to the query.",
            location=Location(path="app/routers/orders.py", line=41, where="tree", code=HOSTILE[0]),
        ),
        make_finding(
            "AUTH-16", hostile, HOSTILE[4], HOSTILE[3], evidence=("e5", "gone", HOSTILE[1]),
            reproduce=f"curl '{HOSTILE[1]}{HOSTILE[2]}'",
        ),
        *(
            make_finding("AUTH-16", hostile, text, text, question=text, variant=f"v{number}",
                         confidence=Confidence.SUSPECTED, evidence=("e5",))
            for number, text in enumerate(HOSTILE)
        ),
    ]  # fmt: skip
    grouped: dict[str, list[Finding]] = {}
    for finding in found:
        grouped.setdefault(finding.check, []).append(finding)
    return grouped


# ------------------------------------------------------------------------------------------- the report

HOW_TO_FIX = """Select by id **and** owner in one query, so that no code path can forget the second half:

    message = session.scalar(
        select(Message).where(Message.id == id, Message.participants.contains(me))
    )

Answer 404 where nothing comes back: `403` tells that the id exists."""


def make_check(row: CatalogueRow, findings: list[Finding]) -> CheckResult:
    info = CheckInfo(row=row, implemented=True, title="", why="Ids are guessed.", how_to_fix=HOW_TO_FIX)
    if any(item.confidence is Confidence.CONFIRMED for item in findings):
        return CheckResult(
            info=info, state=State.FAIL, basis=Basis.PROVED, safe=3, findings=tuple(findings),
            waiver=next((item.waived_by for item in findings if item.waived_by), ""),
        )  # fmt: skip
    if findings:
        return CheckResult(
            info=info, state=State.UNKNOWN, basis=Basis.PROVED, findings=tuple(findings),
            cause=Cause.NEEDS_ANSWER, reason="1 question is open", remedy=ANSWER,
        )  # fmt: skip
    if row.id in PASSING:
        return CheckResult(info=info, state=State.PASS, basis=Basis.PROVED, safe=12)
    if row.id == "SEC-11":
        return CheckResult(info=info, state=State.PASS, basis=Basis.ATTESTED, attested_by=("Ana",))
    if row.id == "INP-16":
        return CheckResult(info=info, state=State.NOT_APPLICABLE, basis=Basis.PROVED, reason="no GraphQL")
    if row.id in {"ROLE-01", "ROLE-02", "ROLE-03"}:
        remedy = MODERATOR if row.id == "ROLE-02" else LOGIN
        subject = OperationSubject(method="POST", path="/admin/members/{id}/ban", principal="admin")
        item = OpenItem(subject=subject, cause=Cause.NEEDS_INPUT, reason="no login", remedy=remedy)
        return CheckResult(
            info=info, state=State.UNKNOWN, basis=Basis.PROVED, cause=Cause.NEEDS_INPUT, open_items=(item,),
            reason="no login for this role", remedy=remedy,
        )  # fmt: skip
    bare = CheckInfo(row=row, implemented=False)
    return CheckResult(
        info=bare, state=State.UNKNOWN, basis=Basis.PROVED, cause=Cause.NOT_IMPLEMENTED,
        reason="not implemented", remedy=NEWER,
    )  # fmt: skip


def make_rows(checks: tuple[CheckResult, ...]) -> tuple[RowResult, ...]:
    rows = []
    for row_id, name in ROWS.items():
        states = [check.state for check in checks if check.info.row.row == name]
        worst = (
            State.FAIL if State.FAIL in states else State.UNKNOWN if State.UNKNOWN in states else State.PASS
        )
        passes_when, why, breaks = PASSES_WHEN[row_id]
        rows.append(
            RowResult(
                id=row_id, name=name, passes_when=passes_when, why=why, breaks=breaks, state=worst,
                passed=states.count(State.PASS), failed=states.count(State.FAIL),
                unknown=states.count(State.UNKNOWN), not_applicable=states.count(State.NOT_APPLICABLE),
            )
        )  # fmt: skip
    return tuple(rows)


def make_gates() -> tuple[GateResult, ...]:
    specs = (
        ("G1", "No secret is in the repository, the bundle, on the host or in an answer.", GateState.FAILED,
         ("SEC-01",)),
        ("G2", "No critical hole in authentication, ownership or roles.", GateState.FAILED,
         ("AUTH-01", "AUTH-12", "AUTH-15", "AUTH-16")),
        ("G3", "p95 is under 500 ms on normal load.", GateState.NOT_PROVEN, ("MON-07",)),
        ("G4", "Deploy and rollback are documented and were repeated.", GateState.NOT_PROVEN,
         ("DEP-01", "DEP-03", "DEP-17", "DEP-19")),
    )  # fmt: skip
    return tuple(GateResult(id=a, question=b, state=c, because=d) for a, b, c, d in specs)


def make_flags() -> tuple[FlagResult, ...]:
    specs = (
        ("F1", "Nobody can explain who reads which data.", FlagState.UNKNOWN, ()),
        ("F2", "Secrets are shared across tools.", FlagState.RAISED, ("SEC-02",)),
        ("F3", "Ad hoc middleware everywhere.", FlagState.CLEAR, ("AUTH-04",)),
        ("F4", "There is no rollback path.", FlagState.RAISED, ("Ana: we would restore by hand",)),
        ("F5", "“We will watch it.”", FlagState.UNKNOWN, ()),
    )
    return tuple(FlagResult(id=a, sentence=b, state=c, because=d) for a, b, c, d in specs)


def make_unknowns(checks: tuple[CheckResult, ...]) -> tuple[UnknownGroup, ...]:
    grouped: dict[Remedy, list[str]] = {}
    for check in checks:
        if check.remedy:
            grouped.setdefault(check.remedy, []).append(check.info.row.id)
    return tuple(
        UnknownGroup(input=remedy.input, sentence=remedy.sentence, checks=tuple(ids))
        for remedy, ids in sorted(grouped.items(), key=lambda pair: -len(pair[1]))
    )


CODE = CodeRead(
    files=120,
    lines=14_231,
    stack=(
        StackPart(
            framework="FastAPI", version="0.115.0", root="backend",
            location=Location(path="backend/app/main.py", line=12, code="app = FastAPI()", where="tree"),
            routes=(("member", 30), ("none", 2)),
        ),
        StackPart(framework=HOSTILE[0], version=HOSTILE[1], root="", location=Location(path=HOSTILE[2], line=1)),
    ),
    skipped=(("frontend/big.js", "written by a bundler"), (HOSTILE[1], HOSTILE[2])),
    open=(HOSTILE[3],),
)  # fmt: skip


def make_card(method: str, path: str, reason: str) -> RouteCard:
    return RouteCard(
        method=method, path=path, access="none", risk=("no guard was found on it", "it writes", reason),
        login=Tick(state=TickState.NO, reason=reason, evidence=("app/routers/listings.py:88",)),
        ownership=Tick(state=TickState.NO, reason="open to member_b", evidence=("e3",)),
        input=Tick(state=TickState.YES, reason="a schema stands before the handler"),
        errors=Tick(state=TickState.UNKNOWN, reason="it was not called"),
        location=Location(path="app/routers/listings.py", line=88, where="tree"),
    )  # fmt: skip


CARDS = (
    make_card("PATCH", "/listings/{id}", "works without a login"),
    *(make_card("GET", text, text) for text in HOSTILE[:3]),
)

INVENTORY = (
    InventoryRow(method="GET", path="/listings", access="public", named_by=("specification", "code"),
                 location=Location(path="app/routers/listings.py", line=12, where="tree")),
    InventoryRow(method="PATCH", path="/listings/{id}", access="none", named_by=("scripts",)),
    *(InventoryRow(method="GET", path=text, access="unclear", named_by=("code",)) for text in HOSTILE),
)  # fmt: skip

RUN = RunInfo(
    id="r-20260301-093000", started_at="2026-03-01T09:30:00Z", ended_at="2026-03-01T09:32:41Z", seconds=161.4,
    requests=2384, profile="standard", target="http://127.0.0.1:8000", title="Harbour Market",
    leftovers=("member lr-member-a (sign-up cannot be undone)", HOSTILE[1]),
    notes=("login: POST /auth/login, found by its path", HOSTILE[0]),
)  # fmt: skip


@pytest.fixture(scope="session")
def report() -> Report:
    findings = make_findings()
    checks = tuple(make_check(row, findings.get(row.id, [])) for row in load_catalogue())
    operations = make_operations()
    return Report(
        tool_version="0.1.0", rules=1, run=RUN, decision=Decision.NOT_READY, outside_users=OutsideUsers.NO,
        why="Private messages can be read by any member, and a live payment key is in the repository.",
        gates=make_gates(), flags=make_flags(), rows=make_rows(checks), checks=checks, operations=operations,
        unknowns=make_unknowns(checks), exchanges=(*proof_exchanges(), *matrix_exchanges(operations)),
        worst=findings["AUTH-12"][0].fingerprint,
        next_command=f"launchready recheck {findings['AUTH-12'][0].fingerprint}", stop_and_call=True,
        accepted_risks=("MAIL-03: Ben, until 2026-06-01: the domain is moving",),
        code=CODE, five_routes=CARDS, inventory=INVENTORY,
    )  # fmt: skip


@pytest.fixture(scope="session")
def small(report) -> Report:
    """Two findings, four checks, two operations: small enough that a person reads its golden files."""
    kept = {"AUTH-12", "AUTH-21", "AUTH-24", "AUTH-02", "ROLE-01", "DEP-03"}
    checks = tuple(check for check in report.checks if check.info.row.id in kept)
    operations = tuple(item for item in report.operations if item.path.startswith("/directmessages/{id}"))[:2]
    return replace(
        report, checks=checks, operations=operations, rows=make_rows(checks)[:2],
        gates=report.gates[1:2], flags=report.flags[:1], unknowns=make_unknowns(checks),
        run=replace(report.run, leftovers=(), notes=()), stop_and_call=False, accepted_risks=(),
        five_routes=CARDS[:1], inventory=INVENTORY[:2],
        code=replace(CODE, stack=CODE.stack[:1], skipped=CODE.skipped[:1], open=()),
    )  # fmt: skip


@pytest.fixture(scope="session")
def ready(report) -> Report:
    """Everything held."""
    checks = tuple(
        CheckResult(info=check.info, state=State.PASS, basis=Basis.PROVED, safe=4) for check in report.checks
    )
    operations = tuple(
        replace(
            item,
            state=OperationState.SAFE,
            cells=tuple(replace(cell, state=AccessState.DENIED, reason="") for cell in item.cells),
        )
        for item in report.operations[:12]
    )
    return replace(
        report, checks=checks, operations=operations, rows=make_rows(checks), unknowns=(),
        decision=Decision.READY, outside_users=OutsideUsers.YES, why="Everything asked for was shown.",
        gates=tuple(replace(gate, state=GateState.PROVED, because=()) for gate in report.gates),
        flags=tuple(replace(flag, state=FlagState.CLEAR, because=()) for flag in report.flags),
        run=replace(report.run, leftovers=(), notes=()), stop_and_call=False, worst="", next_command="",
    )  # fmt: skip


@pytest.fixture(scope="session")
def empty() -> Report:
    """A run that reached nothing."""
    return Report(
        tool_version="0.1.0", rules=1, decision=Decision.NOT_PROVEN, outside_users=OutsideUsers.NOT_PROVEN,
        why="", gates=(), flags=(), rows=(), checks=(), operations=(), unknowns=(), exchanges=(),
        run=RunInfo(id="", started_at="", ended_at="", seconds=0.0, requests=0, profile="", target="",
                    interrupted=True, selected=("SEC",)),
    )  # fmt: skip
