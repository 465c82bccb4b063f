"""Statements before a handler, followed for one caller: which ways lead on, and which turn the caller away."""

import ast
from abc import abstractmethod
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from launchready.source.code.lines import shown
from launchready.source.python.callers.caller import Condition, Outcome, Refusal
from launchready.source.python.callers.sources import CALLER, is_callers
from launchready.source.python.callers.statuses import names_of, raised_status
from launchready.source.python.evaluation.evaluator import Evaluation
from launchready.source.python.project import PythonProject, imports_of
from launchready.source.python.wiring.operations import either
from launchready.source.python.wiring.values import (
    CLEAN,
    NONE,
    About,
    ClassValue,
    Frame,
    FunctionValue,
    Items,
    Known,
    Table,
    Taint,
    Unknown,
    Value,
    about,
    items_of,
    taint_of,
    truth_of,
    with_about,
)

_MOST_ROUNDS = 40
_CATCH_ALL = frozenset({"", "Exception", "BaseException"})

Returned: TypeAlias = tuple[tuple[Condition, ...], Value]


class _Way(NamedTuple):
    """One of the ways after a test: whether it ends, whether in an exception, and what is true after it."""

    ended: bool
    raised: bool
    rest: list[Condition]


class CallerStatements(Evaluation):
    """Follows statements. `path` holds the conditions under which the line at hand is reached.

    `raised` says that the way at hand ended in an exception, `jumped` that it left a loop's round.
    """

    def __init__(self, project: PythonProject, handlers: Mapping[str, int]) -> None:
        super().__init__(project)
        self.handlers = handlers
        self.outcome = Outcome()
        self.path: list[Condition] = []
        self.returned: list[list[Returned]] = [[]]
        self.raised = False
        self.jumped = False

    @abstractmethod
    def owns(self, value: Value) -> bool:
        """Whether a value was made on the way, so that it may be changed."""

    def touch(self, taint: Taint) -> None:
        """Remember what was looked at."""
        self.outcome.touched |= taint

    def refuse(
        self, status: int, node: ast.AST, names: tuple[str, ...] = (), *, redirects: bool = False
    ) -> None:
        """Write down that the caller is turned away here."""
        self.outcome.refusals.append(
            Refusal(
                status=status,
                conditions=tuple(self.path),
                line=getattr(node, "lineno", 0),
                names=names,
                redirects=redirects,
            )
        )

    # ------------------------------------------------------------------------------------- statements

    def block(self, statements: list[ast.stmt], frame: Frame) -> bool:
        """Follow statements; True if no way leads on."""
        return any(self._statement(statement, frame) for statement in statements)

    def _statement(self, node: ast.stmt, frame: Frame) -> bool:
        match node:
            case ast.Expr(value=ast.Yield(value=value)) | ast.Assign(value=ast.Yield(value=value)):
                self._return(self.evaluate(value, frame) if value is not None else NONE)
            case ast.Expr(value=value):
                self.evaluate(value, frame)
            case ast.Assign(targets=targets, value=value):
                held = self.evaluate(value, frame)
                for target in targets:
                    self._bind(target, held, frame)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind(target, self.evaluate(value, frame), frame)
            case ast.AugAssign(target=target, value=value):
                self._bind(target, Unknown(about=about(self.evaluate(value, frame))), frame)
            case ast.Return(value=value):
                held = self.evaluate(value, frame) if value is not None else NONE
                if not self.raised:
                    self._return(held)
                return True
            case ast.Raise(exc=exception):
                self._raise(node, exception, frame)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                frame.names[node.name] = FunctionValue(
                    frame.module, node, f"{frame.prefix}{node.name}", frame
                )
            case ast.ClassDef():
                frame.names[node.name] = ClassValue(frame.module, node, f"{frame.prefix}{node.name}", frame)
            case ast.Import() | ast.ImportFrom():
                package = frame.module.path.rpartition("/")[0]
                for name, imported in imports_of(node, package):
                    frame.names[name] = self.imported(frame.module, imported)
            case ast.Break() | ast.Continue():
                self.jumped = True
                return True
            case _:
                return self._compound(node, frame)
        return self.raised

    def _compound(self, node: ast.stmt, frame: Frame) -> bool:
        match node:
            case ast.If(test=test, body=body, orelse=other):
                return self._branch(test, body, other, frame)
            case (
                ast.For(target=target, iter=source, body=body, orelse=other)
                | ast.AsyncFor(target=target, iter=source, body=body, orelse=other)
            ):
                return self._loop(target, source, body, frame) or self.block(other, frame)
            case ast.While(test=test, body=body):
                held = self.evaluate(test, frame)
                if truth_of(held) is not False:
                    self._round(body, frame, about(held))
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    held = self.evaluate(item.context_expr, frame)
                    if item.optional_vars is not None:
                        self._bind(item.optional_vars, held, frame)
                return self.raised or self.block(body, frame)
            case ast.Try() | ast.TryStar():
                return self._try(node, frame)
            case ast.Match(subject=subject, cases=cases):
                held = self.evaluate(subject, frame)
                for case in cases:
                    self._round(case.body, frame, about(held))
            case ast.Assert(test=test):
                self.evaluate(test, frame)
        return self.raised

    def _bind(self, target: ast.expr, value: Value, frame: Frame) -> None:
        """Bind names; of other things, only those that were made on the way are changed."""
        if self.raised:
            return
        if isinstance(target, ast.Tuple) and isinstance(value, Known) and value.value is None:
            for element in target.elts:
                self._bind(element, value, frame)
            return
        if isinstance(target, ast.Attribute | ast.Subscript):
            if self.owns(self.evaluate(target.value, frame)):
                self.bind_target(target, value, frame)
            return
        self.bind_target(target, value, frame)

    def _return(self, value: Value) -> None:
        self.returned[-1].append((tuple(self.path), value))

    def _raise(self, node: ast.AST, exception: ast.expr | None, frame: Frame) -> None:
        if exception is not None:
            held = self.evaluate(exception, frame)
            status = raised_status(self, held, self.handlers) if not self.raised else None
            if status is not None:
                self.refuse(status, node, names_of(self, held) or ("Exception",))
        self.raised = True

    # --------------------------------------------------------------------------------------- branches

    def _branch(self, test: ast.expr, body: list[ast.stmt], other: list[ast.stmt], frame: Frame) -> bool:
        held = self.evaluate(test, frame)
        if self.raised:
            return True
        self.touch(about(held))
        truth = truth_of(held)
        if truth is not None:
            self.outcome.asked_route |= About.ROUTE in about(held)
            chosen, passed = (body, other) if truth else (other, body)
            return (
                self._decided(test, chosen, passed, frame)
                if about(held) & CALLER
                else self.block(chosen, frame)
            )
        written = shown(ast.unparse(test))
        yes = Condition(code=written, about=about(held))
        no = Condition(code=f"not ({written})", about=about(held))
        if isinstance(held, Unknown) and held.beside & CALLER:
            self.touch(CALLER)
            self.path.append(Condition(code=written, about=CALLER, decided=True))
        before = dict(frame.names)
        first = self._way(body, frame, yes)
        first_names, frame.names = frame.names, before
        second = self._way(other, frame, no)
        if first.ended and second.ended:
            self.raised = first.raised and second.raised
            return True
        if first.ended:
            self.path.extend((no, *second.rest))
        elif second.ended:
            frame.names = first_names
            self.path.extend((yes, *first.rest))
        else:
            frame.names = _merged(first_names, frame.names, about(held))
            # Either way leads on; where one of them may have refused, the other one's condition is the weakest
            if first.rest or second.rest:
                self.path.append(no if first.rest else yes)
        return False

    def _decided(self, test: ast.expr, chosen: list[ast.stmt], passed: list[ast.stmt], frame: Frame) -> bool:
        """Follow the way that this caller takes; what is refused on it is refused for who calls."""
        mark = len(self.path)
        self.path.append(Condition(code=shown(ast.unparse(test)), about=CALLER, decided=True))
        ended = self.block(chosen, frame)
        if not ended and not _may_end(passed):
            del self.path[mark]
        return ended

    def _way(self, body: list[ast.stmt], frame: Frame, condition: Condition) -> _Way:
        """Follow one way under a condition; what remains true after it, if it leads on."""
        mark = len(self.path)
        self.path.append(condition)
        ended = self.block(body, frame)
        way = _Way(ended, self.raised, self.path[mark + 1 :])
        del self.path[mark:]
        self.raised = False
        return way

    def _loop(self, target: ast.expr, source: ast.expr, body: list[ast.stmt], frame: Frame) -> bool:
        held = self.evaluate(source, frame)
        if isinstance(held, Items | Table) and held.whole and len(items_of(held)) <= _MOST_ROUNDS:
            for item in items_of(held):
                self._bind(target, with_about(item, about(held)), frame)
                self.jumped = False
                if self.block(body, frame) and not self.jumped:
                    return True
            return False
        self._bind(target, Unknown(about=taint_of(held, *items_of(held))), frame)
        self._round(body, frame, about(held))
        return False

    def _round(self, body: list[ast.stmt], frame: Frame, taint: Taint) -> None:
        """A round that may or may not take place."""
        before = dict(frame.names)
        rest = self._way(body, frame, Condition(code="", about=taint)).rest
        frame.names = _merged(frame.names, before, taint)
        if rest:
            self.path.append(
                Condition(code=rest[-1].code, about=frozenset().union(*(one.about for one in rest)))
            )

    # ----------------------------------------------------------------------------------------- errors

    def _try(self, node: ast.Try | ast.TryStar, frame: Frame) -> bool:
        mark, refused, before = len(self.path), len(self.outcome.refusals), dict(frame.names)
        touched, self.outcome.touched = self.outcome.touched, CLEAN
        ended = self.block(node.body, frame)
        failed, self.raised = self.raised, False
        taint = self.outcome.touched
        self.outcome.touched |= touched
        rest = self.path[mark:]
        del self.path[mark:]
        caught = self._caught(node.handlers, refused, frame)
        if not ended:
            self.path.extend(rest)
            ended = self.block(node.orelse, frame)
            rest = self.path[mark:]
            del self.path[mark:]
        body_names = frame.names
        leads_on = [] if ended else [(rest, body_names)]
        turned_before = len(self.outcome.refusals)
        certain = failed and bool(node.handlers)
        for handler in node.handlers if not failed or caught or not self._refused_since(refused) else []:
            frame.names = _merged(body_names, before, taint)
            condition = Condition(code=_handler_code(handler), about=taint | _handler_taint(handler))
            way = self._way(handler.body, frame, condition)
            if not way.ended:
                leads_on.append(([] if certain else [condition, *way.rest], frame.names))
        turns = len(self.outcome.refusals) > turned_before
        if turns and not ended and taint & {About.CALLER, About.OPAQUE}:
            rest.append(Condition(code="no error", about=taint))
        elif turns and not ended:
            rest.append(Condition(code="no error", about=CALLER))
        return self._after_try(node.finalbody, leads_on, frame)

    def _after_try(
        self, last: list[ast.stmt], leads_on: list[tuple[list[Condition], dict[str, Value]]], frame: Frame
    ) -> bool:
        if leads_on:
            rest, names = leads_on[0]
            for _, more in leads_on[1:]:
                names = _merged(names, more, CLEAN)
            frame.names = names
            self.path.extend(rest)
        ended = self.block(last, frame)
        if not leads_on:
            self.raised = True
        return ended or not leads_on

    def _refused_since(self, mark: int) -> bool:
        return any(one.names for one in self.outcome.refusals[mark:])

    def _caught(self, handlers: list[ast.ExceptHandler], mark: int, frame: Frame) -> bool:
        """Take back the refusals of a try's body that its handlers catch; whether there were any."""
        names: set[str] = set()
        for handler in handlers:
            types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            for each in types:
                if each is None:
                    names.add("")
                    continue
                held = self.evaluate(each, frame)
                names.update(names_of(self, held)[:1])
        new = self.outcome.refusals[mark:]
        kept = [one for one in new if not (one.names and (names & _CATCH_ALL or names & set(one.names)))]
        self.outcome.refusals[mark:] = kept
        return len(kept) < len(new)


def _may_end(body: list[ast.stmt]) -> bool:
    """Whether statements may leave the function."""
    return any(_leaves(statement) for statement in body)


@lru_cache(maxsize=8_000)
def _leaves(statement: ast.stmt) -> bool:
    return any(
        isinstance(each, ast.Return | ast.Raise)
        or (isinstance(each, ast.Call) and isinstance(each.func, ast.Name | ast.Attribute)
            and ast.unparse(each.func).endswith("abort"))
        for each in ast.walk(statement)
    )  # fmt: skip


def _handler_code(handler: ast.ExceptHandler) -> str:
    return f"except {shown(ast.unparse(handler.type))}" if handler.type is not None else "except"


def _handler_taint(handler: ast.ExceptHandler) -> Taint:
    return CALLER if handler.type is not None and is_callers(ast.unparse(handler.type)) else CLEAN


def _merged(first: dict[str, Value], second: dict[str, Value], taint: Taint) -> dict[str, Value]:
    """Names after one of two ways: what differs can be told only as far as both agree."""
    found = dict(first)
    for name, value in second.items():
        held = found.get(name)
        if held is None:
            found[name] = value
        elif held is not value:
            found[name] = either(held, value, taint)
    return found
