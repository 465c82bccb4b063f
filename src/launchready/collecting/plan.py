"""Which collectors a run needs, in which order, and what they cost: the closure of what the selected checks need."""

from collections.abc import Iterable, Mapping

from launchready.collecting.client_bundles import ClientBundlesCollector
from launchready.collecting.collector import Collector, Cost
from launchready.collecting.context import Context
from launchready.collecting.exposed_paths import ExposedPathsCollector
from launchready.collecting.guards import GuardsCollector
from launchready.collecting.mail_records import MailRecordsCollector
from launchready.collecting.mass_assignment import MassAssignmentCollector
from launchready.collecting.origins import OriginsCollector
from launchready.collecting.planting import PlantingCollector
from launchready.collecting.reads import ReadsCollector
from launchready.collecting.repository import RepositorySecretsCollector
from launchready.collecting.response_credentials import ResponseCredentialsCollector
from launchready.collecting.roles import RolesCollector
from launchready.collecting.sessions import SessionsCollector
from launchready.collecting.signing_in import AccountsCollector
from launchready.collecting.source_review import SourceReviewCollector
from launchready.collecting.surfacing import SurfaceCollector
from launchready.collecting.token_trials import TokenTrialsCollector
from launchready.collecting.writes import WritesCollector
from launchready.model.settings import CollectSettings, Profile


def all_collectors() -> list[Collector]:
    """A new set of every collector, in order: reads, reversible writes, destructive ones, credentials last."""
    return [
        RepositorySecretsCollector(),
        MailRecordsCollector(),
        SourceReviewCollector(),
        ClientBundlesCollector(),
        SurfaceCollector(),
        AccountsCollector(),
        PlantingCollector(),
        ExposedPathsCollector(),
        OriginsCollector(),
        ReadsCollector(),
        TokenTrialsCollector(),
        RolesCollector(),
        GuardsCollector(),
        WritesCollector(),
        MassAssignmentCollector(),
        SessionsCollector(),
        ResponseCredentialsCollector(),
    ]


# What takes most requests and accounts; a selection by --only wins over the profile
QUICK_LEAVES_OUT = frozenset(
    {"WriteMatrix", "MassAssignment", "SessionScenarios", "RoleTrials", "TokenTrials"}
)


def planned(kinds: Iterable[str], settings: CollectSettings) -> list[Collector]:
    """Collectors that bring the wanted evidence kinds, and what these need; those that need a target only with one.

    Credentials in responses are looked for in what the others receive, so wanting them alone wants reads, too.
    """
    collectors = [item for item in all_collectors() if _can(item, settings)]
    wanted = set(kinds)
    if "ResponseCredentials" in wanted:
        wanted |= {"Plantings", "AccessMatrix", "GuardSweep", "ExposedPaths"}
    by_kind = {item.produces.__name__: item for item in collectors}
    closed = _closure(wanted, by_kind)
    left_out = QUICK_LEAVES_OUT if settings.profile is Profile.QUICK and not settings.only else frozenset()
    return [item for item in collectors if item.produces.__name__ in closed - left_out]


def discovering(collectors: Iterable[Collector]) -> tuple[list[Collector], list[Collector]]:
    """Those that find out what the API is, which comes first and sends nothing that changes anything; and the rest."""
    given = list(collectors)
    kinds = {SurfaceCollector.produces, *SurfaceCollector.wants}
    first = [item for item in given if item.produces in kinds]
    return first, [item for item in given if item.produces not in kinds]


def _can(collector: Collector, settings: CollectSettings) -> bool:
    """Whether it can do anything with what is named: without a URL few can, without a repository no code is read."""
    if isinstance(collector, SourceReviewCollector):
        return bool(settings.repo)
    return bool(settings.url) or isinstance(collector, RepositorySecretsCollector | MailRecordsCollector)


def _closure(wanted: set[str], by_kind: Mapping[str, Collector]) -> set[str]:
    closed: set[str] = set()
    todo = [kind for kind in wanted if kind in by_kind]
    while todo:
        kind = todo.pop()
        if kind not in closed:
            closed.add(kind)
            wanted_first = (*by_kind[kind].needs, *by_kind[kind].wants)
            todo.extend(item.__name__ for item in wanted_first if item.__name__ in by_kind)
    return closed


def cost_of(collectors: Iterable[Collector], context: Context) -> Cost:
    """Sum of the estimates; needs the surface in the context."""
    total = Cost()
    for item in collectors:
        total += item.cost(context)
    return total
