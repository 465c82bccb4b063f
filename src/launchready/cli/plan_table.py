"""A plan as a table."""

from rich.console import Console
from rich.table import Table

from launchready.app.planning import RunPlan
from launchready.collecting.collector import Safety

_SAFETY = {
    Safety.OFFLINE: "no request",
    Safety.PASSIVE: "reads",
    Safety.ACTIVE: "writes on our own objects",
    Safety.DESTRUCTIVE: "disturbs",
}


def print_plan(plan: RunPlan, console: Console) -> None:
    """Steps with their estimates, then the sum."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Step")
    for name in ("Requests", "Accounts", "Objects", "Mails"):
        table.add_column(name, justify="right")
    table.add_column("What it does")
    for step in plan.steps:
        cost = step.cost
        numbers = (cost.requests, cost.accounts, cost.objects, cost.mails)
        does = f"left out: {step.refused}" if step.refused else _SAFETY[step.safety]
        table.add_row(step.title, *(str(number) if number else "-" for number in numbers), does)
    console.print(table)
    console.print(f"In all {plan.in_words()}.", markup=False, highlight=False)
