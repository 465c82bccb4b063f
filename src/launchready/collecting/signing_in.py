"""Who acts: the crew is assembled, its accounts noted for removal."""

from typing import ClassVar

from launchready.accounts.crew import MOST_SPARES, Crew
from launchready.accounts.person import Person
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.model.event import Noted
from launchready.model.evidence import Accounts, Surface

_A_SIGN_IN = 6


class AccountsCollector(Collector):
    """Signs in both members and everybody who was configured or recorded."""

    produces = Accounts
    needs: ClassVar = (Surface,)
    safety = Safety.ACTIVE
    title = "Signing in"

    def __init__(self) -> None:
        super().__init__()
        self._crew: Crew | None = None

    def cost(self, context: Context) -> Cost:
        """Sign-up, login and proof of two members, of those configured, and of throw-away accounts."""
        own = 0 if len(context.settings.accounts) > 1 else 2
        people = own + len(context.settings.accounts) + MOST_SPARES
        made = own + MOST_SPARES
        return Cost(requests=_A_SIGN_IN * people, accounts=made, mails=made)

    async def run(self, context: Context) -> None:
        """Assemble, and tell how it was done."""

        def made(person: Person) -> None:
            context.will_create(person.name, "", "", f"account {person.name}")

        crew = Crew(
            context.door,
            context.vault,
            context.surface,
            context.settings,
            recordings=context.recordings,
            made=made,
        )
        context.crew = self._crew = crew
        context.door.keep_fresh(crew.keep_fresh)
        accounts = await crew.assemble()
        context.canary_at = context.door.spending.requests
        for note in accounts.notes:
            context.emit(Noted(text=note))
        for person in crew.people:
            context.garden.name(person.name, tuple(person.handles.values()))
        for gap in accounts.gaps:
            context.emit(Noted(text=f"{gap.what}: {gap.reason}. {gap.remedy.sentence}", warning=True))

    def evidence(self) -> Accounts:
        """Who is signed in now."""
        return self._crew.evidence() if self._crew is not None else Accounts(accounts=())

    def summary(self) -> str:
        """Who."""
        names = [account.principal.name for account in self.evidence().accounts if account.confirmed]
        return ", ".join(names) + " signed in" if names else "nobody signed in"
