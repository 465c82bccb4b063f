"""Refusals of callers inside a function: tests of who is signed in, of roles, of signatures, of whose an object is."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from launchready.model.source import GuardKind
from launchready.source.code.guards import FORBIDDEN, UNAUTHENTICATED, words_of
from launchready.source.python.flows.names import FileNames, gives_caller, leaf
from launchready.source.python.flows.values import (
    CALLER,
    GIVEN,
    OWNED,
    SCOPE,
    SESSION,
    STORED,
    Called,
    OwnerTest,
    Query,
    Value,
    line_of,
)
from launchready.source.python.inline_guards.refusals import block_ends, refusal_of
from launchready.source.python.inline_guards.service import (
    is_called_check,
    is_signature_check,
    is_signature_test,
)
from launchready.source.python.inline_guards.tests import (
    HELPER_WORDS,
    KEY_NAMES,
    PRESENCE,
    ROLE_WORDS,
    STRONG_WORDS,
    alternatives,
    bare,
    is_presence,
    parts_of,
    returns,
    subject_of,
)
from launchready.source.python.lookups.terms import text_of
from launchready.source.python.project import dotted_name

_FEW = 3  # statements between a test and the refusal after it


@dataclass(frozen=True, slots=True)
class FoundGuard:
    """A refusal of callers. `value` is what was tested; `nested` if it stands under another condition."""

    name: str
    kind: GuardKind
    line: int
    value: Value
    role: str = ""
    nested: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Something that came as a parameter (`of`) is compared with `value`: an owner check if that is the caller."""

    of: frozenset[str]
    value: Value
    line: int


@dataclass(slots=True)
class GuardReader:
    """Takes note of tests while a function is walked."""

    names: FileNames
    peek: Callable[[ast.expr], Value]
    guards: list[FoundGuard] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    compares_owner: bool = False
    # Tests that let an owner through; a refusal after them makes them owner checks
    _waiting: list[tuple[list[OwnerTest], OwnerTest]] = field(default_factory=list)
    # Whether some requests were answered before
    _passed_by: bool = False
    # Names that were proved to be the caller's own since they were last asked
    proved: dict[str, Value] = field(default_factory=dict)

    # ---------------------------------------------------------------------------------- statements

    def on_if(self, node: ast.If, rest: Sequence[ast.stmt], depth: int) -> None:
        """A branch: refusals in it, in its `else`, or right after it."""
        stops = block_ends(node.body, self.names)
        refused = refusal_of(node.body, self.names)
        if refused is not None or stops:
            self._tested(node.test, refused, depth, true=True)
        refused = refusal_of(node.orelse, self.names)
        after = (
            refusal_of(rest[:_FEW], self.names) if not node.orelse and len(rest) <= _FEW and stops else None
        )
        if refused is not None or after is not None:
            self._tested(node.test, refused if refused is not None else after, depth, true=False)
        elif not stops or isinstance(node.body[-1], ast.Return):
            self._undecided(node.test)
        if depth == 0 and refusal_of(node.body, self.names) is None and returns(node.body):
            self._passed_by = True

    def on_assert(self, node: ast.Assert) -> None:
        """An assertion: what it asks for is refused otherwise."""
        # It may be switched off (`python -O`): no guard to rely on, though it tells whose an object is meant to be
        self._tested(node.test, 0, 1, true=False)

    def on_return(self, node: ast.Return) -> None:
        """A predicate's answer: a comparison that its caller acts upon."""
        if node.value is None:
            return
        for one in parts_of(node.value):
            if isinstance(one, ast.Compare):
                self._owner_compared(one, certain=True)
            elif isinstance(one, ast.Call) and leaf(dotted_name(one.func)) in {"any", "exists"}:
                self._helper(one, certain=False)

    def on_expression(self, node: ast.Expr, depth: int) -> None:
        """A call on its own: one that refuses by itself."""
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        if not isinstance(call, ast.Call):
            return
        name = self.names.full_name(call.func)
        if name and is_called_check(name) and not is_signature_check(name):
            self._add(name, GuardKind.SERVICE, call, Value(flags=CALLER), depth)
        self._helper(call, certain=True)

    def on_try(self, node: ast.Try | ast.TryStar, depth: int) -> None:
        """Checking a token, and refusing whoever has none that is good."""
        refused = next(
            (
                status
                for handler in node.handlers
                if (status := refusal_of(handler.body, self.names)) in {UNAUTHENTICATED, FORBIDDEN}
            ),
            None,
        )
        for statement in node.body:
            for one in ast.walk(statement):
                if not isinstance(one, ast.Call):
                    continue
                name = self.names.full_name(one.func)
                if refused is not None and name and gives_caller(name):
                    self._add(name, GuardKind.AUTHENTICATES, one, Value(flags=CALLER), depth)

    def on_with(self, node: ast.With | ast.AsyncWith, depth: int) -> None:
        """`with permission.require(403):`."""
        for item in node.items:
            call = item.context_expr
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "require"
            ):
                name = dotted_name(call.func)
                if "permission" in name.lower():
                    self._add(name, GuardKind.AUTHORIZES, call, Value(flags=CALLER), depth, role=name)

    def on_change(self, held: Value) -> None:
        """An attribute of something is given a value: what was fetched is changed."""
        for one in held.found:
            if isinstance(one, Query) and one.action == "read":
                one.action = "update"

    # --------------------------------------------------------------------------------------- tests

    def _tested(self, test: ast.expr, refused: int | None, depth: int, *, true: bool) -> None:
        """A test whose being `true` leads to a refusal (or, `refused` None, to a way out)."""
        for group in alternatives(test, true=true):
            found = [self._guard(one, negated=negated) for one, negated in group]
            owner = self._asks_owner(group, found)
            known = [one for one in found if one is not None]
            if refused is None:
                # Any way out will do where a signature is wrong
                known = [one for one in known if one.kind is GuardKind.SERVICE]
            if owner:
                continue
            if not known:
                continue
            nested = depth > 0 or len(known) < len(found) or self._passed_by
            if depth == 0:
                self._decide()
            roles = [one for one in known if one.kind is GuardKind.AUTHORIZES]
            best = roles[0] if roles else known[0]
            role = " or ".join(dict.fromkeys(one.role for one in roles if one.role))
            self.guards.append(
                FoundGuard(
                    name=best.name, kind=best.kind, line=best.line, value=best.value, role=role, nested=nested
                )
            )

    def _guard(self, node: ast.expr, *, negated: bool) -> FoundGuard | None:
        """What one part of a test asks of the caller; `negated` if it is its being false that leads to a refusal."""
        line = line_of(node)
        text = text_of(node)
        if is_signature_test(node, self.peek, self.names):
            return FoundGuard(name=text, kind=GuardKind.SERVICE, line=line, value=Value(flags=CALLER))
        subject, asked = subject_of(node)
        if subject is None:
            return None
        held = self.peek(subject)
        whole = node.left if isinstance(node, ast.Compare) else node
        if isinstance(whole, ast.Attribute) and not held.flags & CALLER and self.peek(whole).flags & CALLER:
            held, asked = self.peek(whole), ""  # `g.user`
        if not held.flags & (CALLER | SESSION) and not held.params:
            return None
        if isinstance(node, ast.Compare) and not is_presence(node, negated=negated, asked=asked):
            role = set(words_of(text_of(node))) & ROLE_WORDS
            refuses = (
                isinstance(node.ops[0], ast.NotEq | ast.NotIn | ast.IsNot | ast.Lt | ast.LtE) is not negated
            )
            kind = GuardKind.AUTHORIZES if role and refuses else None
        elif asked and set(words_of(asked)) & ROLE_WORDS and asked not in PRESENCE:
            kind = GuardKind.AUTHORIZES if negated else None
        elif is_presence(node, negated=negated, asked=asked) and held.flags & (CALLER | SESSION):
            kind = GuardKind.AUTHENTICATES
        else:
            kind = None
        if kind is None:
            return None
        role_text = text if kind is GuardKind.AUTHORIZES else ""
        return FoundGuard(name=text, kind=kind, line=line, value=held, role=role_text)

    # --------------------------------------------------------------------------------- whose it is

    def _asks_owner(self, group: list[tuple[ast.expr, bool]], found: Sequence[FoundGuard | None]) -> bool:
        """Whether a refusal hangs on whose an object is.

        Beside that only roles may exempt, or states of the object; any other condition makes it a refusal of some.
        """
        owner = False
        for index, (node, negated) in enumerate(group):
            others = [
                one
                for at, (one, _) in enumerate(group)
                if at != index and found[at] is None and not self._is_state(one)
            ]
            asked = self._whose(node, negated=negated, certain=not others)
            asked = self._missing(node, negated=negated, certain=not others) or asked
            owner = owner or asked
        return owner

    def _is_state(self, node: ast.expr) -> bool:
        """Whether a condition is about a fetched object, or about there being one, or asks about its owner, too."""
        subject = node.left if isinstance(node, ast.Compare) else node
        if isinstance(subject, ast.Call) and isinstance(subject.func, ast.Attribute):
            subject = subject.func.value
        held = self.peek(bare(subject))
        fetched = any(not (isinstance(one, Query) and one.vouched) for one in held.found)
        return fetched or bool(held.flags & CALLER) or bool(held.params)

    def _whose(self, node: ast.expr, *, negated: bool, certain: bool) -> bool:
        """Whether a part of a test asks whose an object is; it is noted at what the object is from."""
        if isinstance(node, ast.Compare):
            # Where being the owner leads to the refusal (nobody deletes their own account), nothing is protected
            refuses = isinstance(node.ops[0], ast.NotEq | ast.NotIn | ast.IsNot) is not negated
            return refuses and self._owner_compared(node, certain=certain)
        if isinstance(node, ast.Call):
            return self._helper(node, certain=negated and certain)
        return False

    def _missing(self, node: ast.expr, *, negated: bool, certain: bool) -> bool:
        """Whether a part of a test asks for a row that ties the caller to something: a membership, an enrolment."""
        subject, absent = node, negated
        if isinstance(node, ast.Compare):
            nothing = isinstance(node.comparators[0], ast.Constant) and node.comparators[0].value in {None, 0}
            subject = node.left
            absent = nothing and isinstance(node.ops[0], ast.Is | ast.Eq) is not negated
        if not absent:
            return False
        held = self.peek(subject)
        done = False
        for one in held.found:
            if not isinstance(one, Query) or not one.vouched:
                continue
            who = next((value for value, _ in one.owners if value.flags & (CALLER | OWNED)), None)
            if who is None:
                continue
            test = OwnerTest(value=who, text=text_of(node), line=line_of(node), certain=certain)
            for thing in one.vouched:
                if isinstance(thing, str):
                    self._vouch(thing, test)
                else:
                    thing.checks.append(test)
                done = True
        return done

    def _vouch(self, name: str, test: OwnerTest) -> None:
        """What was asked about an id holds for what is fetched by it afterwards."""
        given = self.peek(ast.Name(id=name))
        vouched = Called(name=test.helper, line=test.line, checks=[test])
        self.proved[name] = given._replace(found=(*given.found, vouched))

    def _undecided(self, test: ast.expr) -> None:
        """A test without a refusal: what hangs on it is not followed."""
        for one in parts_of(test):
            if isinstance(one, ast.Compare):
                self._owner_compared(one, certain=False)

    def _owner_compared(self, node: ast.Compare, *, certain: bool) -> bool:
        if len(node.ops) != 1 or not isinstance(
            node.ops[0], ast.Eq | ast.NotEq | ast.In | ast.NotIn | ast.Is | ast.IsNot
        ):
            return False
        left, right = bare(node.left), bare(node.comparators[0])
        done = False
        for thing, other in ((left, right), (right, left)):
            what, who = self.peek(thing), self.peek(other)
            if isinstance(other, ast.Constant) or what.flags & (CALLER | OWNED):
                continue
            done = self._compared(node, thing, what, who, certain=certain) or done
        return done

    def _compared(
        self, node: ast.Compare, thing: ast.expr, what: Value, who: Value, *, certain: bool
    ) -> bool:
        known = bool(who.flags & (CALLER | OWNED))
        if who.flags & SCOPE and what.found:
            # The tenant that the request was counted to: by whom cannot be told here
            certain, who = False, Value(flags=CALLER)
        elif not known and not who.params:
            return False
        test = OwnerTest(value=who, text=text_of(node), line=line_of(node), certain=certain)
        for one in what.found:
            one.checks.append(test)
            if not certain:
                self._waiting.append((one.checks, test))
        if what.found:
            return known
        own = dotted_name(thing).startswith("self.") and not what.params
        if (what.params or own) and certain:
            of = what.params or frozenset({"self"})
            self.comparisons.append(Comparison(of=of, value=who, line=line_of(node)))
        if known and isinstance(thing, ast.Name) and (what.flags & GIVEN or what.params):
            if certain:
                self.proved[thing.id] = Value(flags=CALLER)
            return True
        if what.params:
            return known
        if known and what.flags & STORED and isinstance(thing, ast.Attribute):
            self.compares_owner = self.compares_owner or certain
            return True
        return False

    def _helper(self, node: ast.Call, *, certain: bool) -> bool:
        """A function that is asked about an object and the caller: `can_edit(user, item)`, `item.can_edit(user)`."""
        name = dotted_name(node.func)
        held = [self.peek(one) for one in (*node.args, *(one.value for one in node.keywords))]
        if isinstance(node.func, ast.Attribute):
            held.append(self.peek(node.func.value))
        who = next((one for one in held if one.flags & (CALLER | OWNED) and not one.found), None)
        words = set(words_of(leaf(name)))
        # `require_owner(item.owner_id)` knows the caller by itself
        knows = name.startswith("self.") or bool(words & STRONG_WORDS)
        weak = not words & HELPER_WORDS
        if who is None and not knows:
            return False
        if weak and not (isinstance(node.func, ast.Attribute) and held[-1].found):
            return False  # `item.refuse_others(user)` may ask; `notify(user, item)` does not
        test = OwnerTest(
            value=who or Value(flags=CALLER),
            text=text_of(node),
            line=line_of(node),
            helper=name,
            certain=certain,
            weak=weak,
        )
        done = False
        for one in held:
            for thing in one.found:
                if not (isinstance(thing, Called) and thing.line == line_of(node)):
                    thing.checks.append(test)
                    done = True
        for argument in node.args if who is not None else ():
            if isinstance(argument, ast.Name) and argument.id.lower().endswith(KEY_NAMES):
                given = self.peek(argument)
                if (given.flags & GIVEN or given.params) and not given.flags & CALLER:
                    self._vouch(argument.id, test)
                    done = True
        return done

    def _decide(self) -> None:
        """Everybody who was not let through before as an owner is refused now, or has a role."""
        for checks, test in self._waiting:
            if test in checks:
                checks[checks.index(test)] = test._replace(certain=True)
        self._waiting.clear()

    # --------------------------------------------------------------------------------------- small

    def on_call(self, node: ast.Call, name: str, *, nested: bool) -> None:
        """A call, by its full name, that raises unless a signature is right."""
        if is_signature_check(name):
            self._add(name, GuardKind.SERVICE, node, Value(flags=CALLER), int(nested))

    def _add(
        self, name: str, kind: GuardKind, node: ast.AST, value: Value, depth: int, *, role: str = ""
    ) -> None:
        self.guards.append(
            FoundGuard(name=name, kind=kind, line=line_of(node), value=value, role=role, nested=depth > 0)
        )
