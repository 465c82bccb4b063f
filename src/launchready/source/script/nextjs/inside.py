"""Guards inside handlers, told from how a request of nobody ends: through helpers of any form, wherever they are.

Only what is certain is told: nobody without credentials gets an answer on any way that could be gone, and is refused on
one of them. What is told from the text of the handler stands beside it (`facts`).
"""

from __future__ import annotations

from dataclasses import replace

from ast_grep_py import SgNode

from launchready.model.source import CodePlace, GuardKind, GuardLevel, SourceGuard
from launchready.source.script.binding import ScriptModule
from launchready.source.script.callers import Caller
from launchready.source.script.nextjs.guards import asks_signature, guard_of, verdict
from launchready.source.script.nextjs.trial import Start, Trial, Trials
from launchready.source.script.nextjs.web import Ends, PagesResponse, Reply, Visit, WebInterpreter, WebRequest
from launchready.source.script.nodes import FUNCTIONS
from launchready.source.script.symbolic.values import Argument, Closure, Native, Record, Site, Unknown, Value

_STEPS = 8_000  # of one handler
_CLEAR = frozenset({GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE})
_MOST_CALLS = 3


class InsideGuards:
    """Leads requests through whole handlers."""

    def __init__(self, trials: Trials) -> None:
        self._trials = trials

    def of_export(
        self, module: ScriptModule, name: str, *, path: str, method: str, pages: bool
    ) -> tuple[SourceGuard, ...]:
        """What the exported handler itself does with nobody, its wrappers included."""

        def start(run: WebInterpreter, visit: Visit) -> Value:
            held = run.exported(run.module(module), name)
            return _answered(run, visit, held, Site(module=module, node=module.root), pages=pages)

        return self._told(start, name, path, method)

    def of_function(self, module: ScriptModule, function: SgNode, name: str) -> tuple[SourceGuard, ...]:
        """What a server action does with nobody, whatever it is called with."""
        if function.kind() not in FUNCTIONS:
            return ()

        def start(run: WebInterpreter, visit: Visit) -> Value:
            del visit
            site = Site(module=module, node=function)
            given = [Argument(value=Unknown(site), site=site) for _ in range(4)]
            return run.call(Closure(function, run.module(module).scope), given, site)

        return self._told(start, name, "/", "POST")

    def _told(self, start: Start, name: str, path: str, method: str) -> tuple[SourceGuard, ...]:
        nobody = self._trials.trial(start, caller=Caller.NOBODY, path=path, method=method, steps=_STEPS)
        if not _is_refused(nobody):
            return ()
        member = self._trials.trial(start, caller=Caller.MEMBER, path=path, method=method, steps=_STEPS)
        if member.exhausted:  # whoever gets so far that it is too long to go through has passed
            member = replace(member, passes=True, exhausted=False)
        held = verdict(nobody, member, name)
        if held.kind not in _CLEAR:
            return ()
        place = _place_of(nobody)
        return (
            guard_of("the handler's own check", held, place, GuardLevel.INLINE) if place is not None else ()
        )


def _is_refused(nobody: Trial) -> bool:
    """Whether nobody is refused in so many words, and never answered; an answer of unknown status is one.

    For want of a signature any error refuses: those who sign look at nothing else.
    """
    if (
        nobody.passes
        or nobody.exhausted
        or not (nobody.refusals or (nobody.replies and asks_signature(nobody)))
    ):
        return False
    return not any(one.status is None and one.ends is Ends.FAILS for one in nobody.replies)


def _place_of(nobody: Trial) -> CodePlace | None:
    first = next((one.site for one in (*nobody.refusals, *nobody.replies) if one.site is not None), None)
    return first.module.place(first.node) if first is not None else None


def _answered(run: WebInterpreter, visit: Visit, held: Value, site: Site, *, pages: bool) -> Value:
    second: Value = PagesResponse(visit) if pages else Record({"params": Unknown(site)}, complete=False)
    given = (Argument(value=WebRequest(visit), site=site), Argument(value=second, site=site))
    for _ in range(_MOST_CALLS):
        if not isinstance(held, Closure | Native) or isinstance(held, Reply):
            break
        held = run.call(held, given, site)
    return held
