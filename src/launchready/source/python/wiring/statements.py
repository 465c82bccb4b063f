"""Statements followed without running them: bindings, branches, loops, imports, definitions."""

import ast
from abc import abstractmethod

from launchready.source.code.lines import shown
from launchready.source.python.evaluation.evaluator import Evaluation
from launchready.source.python.project import PythonModule, PythonProject, imports_of
from launchready.source.python.wiring.values import (
    NONE,
    About,
    ClassValue,
    Frame,
    FunctionValue,
    Items,
    ModuleValue,
    Table,
    Unknown,
    about,
    items_of,
    truth_of,
)

_MOST_ROUNDS = 300


class Statements(Evaluation):
    """Follows statements. Tests of conditions that cannot be told are followed both ways."""

    def __init__(self, project: PythonProject) -> None:
        super().__init__(project)
        self.unresolved: list[tuple[PythonModule, ast.AST]] = []
        self.conditions: list[str] = []

    @abstractmethod
    def is_relevant(self, module: PythonModule) -> bool:
        """Whether a module is to be followed when it is imported."""

    @abstractmethod
    def decorated(
        self, made: FunctionValue | ClassValue, decorator: ast.expr, frame: Frame
    ) -> FunctionValue | ClassValue:
        """A function or class with a decorator laid on."""

    def block(self, statements: list[ast.stmt], frame: Frame) -> bool:
        """Follow statements; True if none after them is reached."""
        ended = False
        for statement in statements:
            if self._statement(statement, frame) and not ended:
                if not self.conditions and not frame.doubt:
                    return True
                ended = True
        return ended

    def _statement(self, node: ast.stmt, frame: Frame) -> bool:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, frame)
            case ast.ClassDef():
                self._class(node, frame)
            case ast.Assign(targets=targets, value=value):
                held = self.evaluate(value, frame)
                for target in targets:
                    self.bind_target(target, held, frame)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self.bind_target(target, self.evaluate(value, frame), frame)
            case ast.AugAssign(target=target, op=operator, value=value):
                made = ast.BinOp(left=_loaded(target), op=operator, right=value)
                self.bind_target(target, self.evaluate(ast.copy_location(made, node), frame), frame)
            case ast.Expr(value=value):
                self.evaluate(value, frame)
            case ast.Return(value=value):
                held = self.evaluate(value, frame) if value is not None else NONE
                frame.returns.append((frame.doubt, held))
                return True
            case ast.Raise():
                return True
            case ast.Import() | ast.ImportFrom():
                self._import(node, frame)
            case ast.Global(names=names):
                frame.globals.update(names)
            case _:
                return self._compound(node, frame)
        return False

    def _compound(self, node: ast.stmt, frame: Frame) -> bool:
        match node:
            case ast.If(test=test, body=body, orelse=other):
                return self._branch(test, body, other, frame)
            case (
                ast.For(target=target, iter=source, body=body)
                | ast.AsyncFor(target=target, iter=source, body=body)
            ):
                self._loop(target, source, body, frame)
            case ast.While(body=body):
                self._doubtful(body, frame, "")
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    held = self.evaluate(item.context_expr, frame)
                    if item.optional_vars is not None:
                        self.bind_target(item.optional_vars, held, frame)
                return self.block(body, frame)
            case (
                ast.Try(body=body, handlers=handlers, orelse=other, finalbody=last)
                | ast.TryStar(body=body, handlers=handlers, orelse=other, finalbody=last)
            ):
                # What a handler binds stands in for a missing package: the body's bindings are those meant
                for handler in handlers:
                    self._doubtful(handler.body, frame, "")
                ended = self.block([*body, *other], frame)
                return self.block(last, frame) or ended
            case ast.Match(subject=subject, cases=cases):
                self.evaluate(subject, frame)
                for case in cases:
                    self._doubtful(case.body, frame, "")
        return False

    def _branch(self, test: ast.expr, body: list[ast.stmt], other: list[ast.stmt], frame: Frame) -> bool:
        held = self.evaluate(test, frame)
        truth = truth_of(held)
        if isinstance(test, ast.Name | ast.Attribute) and ast.unparse(test).endswith("TYPE_CHECKING"):
            return False
        if _is_main(test):
            return self.block(body, frame)
        written = shown(ast.unparse(test))
        if truth is None:
            ended = self._doubtful(body, frame, written)
            return self._doubtful(other, frame, f"not ({written})" if other else "") and ended
        chosen, passed = (body, other) if truth else (other, body)
        if About.SETTING in about(held):
            # The default of a setting: what the other value would do is followed, too, and then covered
            self._doubtful(passed, frame, f"not ({written})" if truth else written)
            return self.block(chosen, frame)
        return self.block(chosen, frame)

    def _doubtful(self, body: list[ast.stmt], frame: Frame, condition: str) -> bool:
        if not body:
            return False
        if condition:
            self.conditions.append(condition)
        frame.doubt += 1
        try:
            return self.block(body, frame)
        finally:
            frame.doubt -= 1
            if condition:
                self.conditions.pop()

    def _loop(self, target: ast.expr, source: ast.expr, body: list[ast.stmt], frame: Frame) -> None:
        held = self.evaluate(source, frame)
        known = isinstance(held, Items | Table)
        rounds = items_of(held)[:_MOST_ROUNDS]
        if not known:
            self.unresolved.append((frame.module, source))
            rounds = [Unknown(about=about(held), code=shown(ast.unparse(source)))]
        for item in rounds:
            self.bind_target(target, item, frame)
            frame.doubt += 1
            try:
                self.block(body, frame)
            finally:
                frame.doubt -= 1

    def _import(self, node: ast.Import | ast.ImportFrom, frame: Frame) -> None:
        package = frame.module.path.rpartition("/")[0]
        for name, imported in imports_of(node, package):
            if name == "*":
                path = self.project.find(imported.module, frame.module.path)
                module = self.project.module(path) if path else None
                if module is not None:
                    self.namespace(module)
                continue
            value = self.imported(frame.module, imported)
            frame.names[name] = value
            if isinstance(value, ModuleValue) and self.is_relevant(value.module):
                self.namespace(value.module)
        if isinstance(node, ast.Import):
            for alias in node.names:
                path = self.project.find(alias.name, frame.module.path)
                module = self.project.module(path) if path else None
                if module is not None and self.is_relevant(module):
                    self.namespace(module)

    # ------------------------------------------------------------------------------------- definitions

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> None:
        made: FunctionValue | ClassValue = FunctionValue(
            frame.module,
            node,
            f"{frame.prefix}{node.name}",
            frame,
            owner=frame.owner if frame.is_class else None,
        )
        for decorator in reversed(node.decorator_list):
            made = self.decorated(made, decorator, frame)
        frame.names[node.name] = made

    def _class(self, node: ast.ClassDef, frame: Frame) -> None:
        bases = tuple(self.evaluate(base, frame) for base in node.bases)
        made: FunctionValue | ClassValue = ClassValue(
            frame.module, node, f"{frame.prefix}{node.name}", frame, bases
        )
        if isinstance(made, ClassValue) and self.is_relevant(frame.module):
            self.body_of(made)
        for decorator in reversed(node.decorator_list):
            made = self.decorated(made, decorator, frame)
        frame.names[node.name] = made


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _loaded(target: ast.expr) -> ast.expr:
    """The target of an assignment as an expression that is read."""
    match target:
        case ast.Name(id=name):
            return ast.copy_location(ast.Name(id=name, ctx=ast.Load()), target)
        case _:
            return target
