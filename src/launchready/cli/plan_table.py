"""A plan as a table."""

from rich.console import Console
from rich.table import Table

from launchready.app.planning import RunPlan
from launchready.collecting.collector import Safety

_SAFETY = {
    Safety.OFFLINE: "no request",
    Safety.PASSIVE: "reads",
    Safety.ACTIVE: "writes",
    Safety.DESTRUCTIVE: "disturbs",
}


def print_plan(plan: RunPlan, console: Console) -> None:
    """Steps with their estimates, then the sum."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Step", no_wrap=True)
    for name in ("Requests", "Accounts", "Objects", "Mails"):
        table.add_column(name, justify="right")
    table.add_column("", no_wrap=True)
    for step in plan.steps:
        cost = step.cost
        numbers = (cost.requests, cost.accounts, cost.objects, cost.mails)
        does = "left out" if step.refused else _SAFETY[step.safety]
        table.add_row(step.title, *(str(number) if number else "-" for number in numbers), does)
    console.print(table)
    reasons = dict.fromkeys(step.refused for step in plan.steps if step.refused)
    for reason in reasons:
        console.print(f"Left out: {reason}.", markup=False, highlight=False, soft_wrap=True)
    console.print(f"In all {plan.in_words()}.", markup=False, highlight=False, soft_wrap=True)
