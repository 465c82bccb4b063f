"""The scorecard's ten rows, the gates' questions, the red flags: the words that decide, written once."""

from dataclasses import dataclass

from launchready.model.check_info import GateId


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardRow:
    """A row: `id` is the prefix of its checks' ids, `name` as in the catalogue."""

    id: str
    name: str
    passes_when: str
    why: str
    breaks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateQuestion:
    """What a gate asks; a `proved` gate answers yes."""

    id: GateId
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """A sign that a team should not go on alone, the question to a person, and the checks that answer it.

    A fail of any of `checks` raises it.
    """

    id: str
    sentence: str
    question: str
    checks: tuple[str, ...]


ROWS: tuple[ScorecardRow, ...] = (
    ScorecardRow(
        id="AUTH",
        name="Auth enforcement",
        passes_when="Every private route requires a valid session or token",
        why="Unauthorized access",
        breaks="Member data is exposed, accounts are taken over",
    ),
    ScorecardRow(
        id="ROLE",
        name="Role checks",
        passes_when="Admin and moderator actions are refused to others",
        why="Privilege escalation",
        breaks="People edit and delete what is not theirs",
    ),
    ScorecardRow(
        id="INP",
        name="Input validation",
        passes_when="Every write endpoint rejects invalid payloads",
        why="Abuse, injection",
        breaks="Broken records, spam, crashes downstream",
    ),
    ScorecardRow(
        id="SEC",
        name="Secret handling",
        passes_when="No secret is in the repository or the client bundle",
        why="Credential theft",
        breaks="The whole environment is compromised",
    ),
    ScorecardRow(
        id="RATE",
        name="Rate limiting",
        passes_when="Sensitive endpoints (login, invite, search, messaging) have limits and abuse controls",
        why="Brute force, scraping",
        breaks="Support is overloaded",
    ),
    ScorecardRow(
        id="CORS",
        name="CORS policy",
        passes_when="Only approved origins can call the browser API",
        why="Cross-site abuse",
        breaks="Tokens are stolen, requests are forged",
    ),
    ScorecardRow(
        id="MAIL",
        name="Email auth",
        passes_when="SPF, DKIM and DMARC all pass",
        why="Deliverability, trust",
        breaks="Onboarding mail lands in spam or is lost",
    ),
    ScorecardRow(
        id="MON",
        name="Monitoring",
        passes_when="Uptime alerts and error tracking are live",
        why="React before users complain",
        breaks="Silent outages",
    ),
    ScorecardRow(
        id="DEP",
        name="Deployment safety",
        passes_when="The production deploy is repeatable, with a rollback plan",
        why="Release risk",
        breaks="Manual mistakes, downtime",
    ),
    ScorecardRow(
        id="LOG",
        name="Logging hygiene",
        passes_when="No passwords, tokens or personal data are in logs",
        why="Customers, compliance",
        breaks="Leaks through logs and support tools",
    ),
)

GATES: tuple[GateQuestion, ...] = (
    GateQuestion(
        id=GateId.G1, question="Are there zero secrets in the repository, its history and what clients get?"
    ),
    GateQuestion(
        id=GateId.G2, question="Is there no critical way around authentication, ownership or roles?"
    ),
    GateQuestion(id=GateId.G3, question="Do 95 % of the answers on core routes come within 500 ms?"),
    GateQuestion(
        id=GateId.G4, question="Is the deploy path documented, repeatable and reversible by somebody new?"
    ),
)

RED_FLAGS: tuple[RedFlag, ...] = (
    RedFlag(
        id="F1",
        sentence="Nobody can explain who reads which data",
        question="Can somebody on the team say for every kind of data who may read it?",
        checks=("AUTH-05",),
    ),
    RedFlag(
        id="F2",
        sentence="Secrets are shared across tools",
        question="Does every tool and environment have secrets of its own?",
        checks=("SEC-02", "SEC-08", "SEC-10"),
    ),
    RedFlag(
        id="F3",
        sentence="Access is guarded ad hoc, by middleware scattered everywhere",
        question="Is access guarded in one place that new routes cannot forget?",
        checks=("AUTH-03", "AUTH-04"),
    ),
    RedFlag(
        id="F4",
        sentence="There is no rollback path",
        question="Has a release been rolled back, or the way back been rehearsed?",
        checks=("DEP-03",),
    ),
    RedFlag(
        id="F5",
        sentence='Instead of alerts there is "we will watch it"',
        question="Is somebody woken when the product is down or failing?",
        checks=("MON-01", "MON-02", "MON-06"),
    ),
)
