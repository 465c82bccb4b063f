"""Statements of SQL applied to what is known: CREATE, ALTER, DROP, GRANT, REVOKE, and blocks as far as can be read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from launchready.model.source import CodePlace
from launchready.source.code.lines import place_in
from launchready.source.supabase.sql import (
    Kind,
    Reader,
    SqlError,
    Word,
    inner_statements,
    split_by,
    statements_of,
    text_of,
    words_of,
)
from launchready.source.supabase.tables import CLIENT_ROLES, Policy, Schema, SqlFunction, Table

_CONSTRAINTS = frozenset({"primary", "unique", "check", "constraint", "foreign", "exclude", "like"})
_COMMANDS = frozenset({"all", "select", "insert", "update", "delete"})
_DEEPEST = 3  # blocks and texts of SQL inside one another


class Run:
    """One file's statements, applied to what those before them left."""

    def __init__(self, schema: Schema, path: str, source: str, lines: list[str]) -> None:
        self.schema = schema
        self.path = path
        self.source = source
        self.lines = lines
        self.depth = 0
        self._actions: Mapping[tuple[str, ...], Callable[[Reader], None]] = {
            ("create", "policy"): self._create_policy,
            ("alter", "policy"): self._alter_policy,
            ("drop", "policy"): self._drop_policy,
            ("alter", "table"): self._alter_table,
            ("drop", "table"): self._drop_table,
            ("drop", "view"): self._drop_table,
            ("alter", "view"): self._alter_view,
            ("alter", "default", "privileges"): self._default_rights,
            ("grant",): self._grant,
            ("revoke",): self._revoke,
            ("execute",): self._execute,
            ("do",): self._block,
        }

    def apply(self, statement: list[Word], depth: int = 0) -> None:
        """Apply one statement; those that change no table, policy, view or function are passed over."""
        around, self.depth = self.depth, depth
        reader = Reader(statement)
        action = next((held for words, held in self._actions.items() if reader.take(*words)), None)
        if action is not None:
            action(reader)
        elif reader.take("create"):
            self._create(reader)
        self.depth = around

    def _place(self, word: Word | None) -> CodePlace:
        return place_in(self.path, self.lines, word.line if word is not None else 1)

    def _text(self, words: list[Word]) -> str:
        return text_of(words, self.source) if self.depth == 0 else " ".join(word.text for word in words)

    # ------------------------------------------------------------------------------- tables and views

    def _create(self, reader: Reader) -> None:
        place = self._place(reader.words[0])
        while reader.take("or", "replace") or reader.take_one(
            frozenset({"unlogged", "temp", "temporary", "global", "local", "recursive"})
        ):
            pass
        temporary = any(word.lower in {"temp", "temporary"} for word in reader.words[1:4])
        if reader.take("table"):
            if not temporary:
                self._create_table(reader, place)
        elif reader.take("materialized", "view") or reader.take("view"):
            self._create_view(reader, place)
        elif reader.take("function") or reader.take("procedure"):
            self._create_function(reader, place)

    def _create_table(self, reader: Reader, place: CodePlace) -> None:
        exists_is_fine = reader.take("if", "not", "exists")
        key = reader.qualified()
        if not key[1] or (exists_is_fine and key in self.schema.tables):
            return
        table = Table(schema=key[0], name=key[1], place=place)
        table.closed_to = set(self.schema.closed_by_default)
        for part in split_by(reader.parenthesised() or [], ","):
            if part[0].name and not (part[0].kind is Kind.WORD and part[0].lower in _CONSTRAINTS):
                table.columns.append(part[0].name)
        self.schema.tables[key] = table

    def _create_view(self, reader: Reader, place: CodePlace) -> None:
        reader.take("if", "not", "exists")
        key = reader.qualified()
        if not key[1]:
            return
        reader.parenthesised()
        options = reader.parenthesised() or [] if reader.take("with") else []
        held = self.schema.tables.get(key)
        view = Table(schema=key[0], name=key[1], place=place, is_view=True, secured=None)
        view.closed_to = held.closed_to if held is not None else set(self.schema.closed_by_default)
        view.secured = True if _invoker(options) else None
        self.schema.tables[key] = view

    def _alter_view(self, reader: Reader) -> None:
        reader.take("if", "exists")
        table = self.schema.tables.get(reader.qualified())
        if table is None:
            return
        if reader.take("set"):
            table.secured = True if _invoker(reader.parenthesised() or []) else table.secured
        elif reader.take("rename", "to"):
            self._rename(table, reader.qualified()[1])

    def _alter_table(self, reader: Reader) -> None:
        reader.take("if", "exists")
        reader.take("only")
        key = reader.qualified()
        actions = split_by(reader.words[reader.at :], ",")
        table = self.schema.tables.get(key)
        if table is None and any(word.lower == "security" for action in actions for word in action):
            # Made elsewhere (by hand, by another tool); what is done to it here is known
            table = self._made_elsewhere(key, reader)
        if table is not None:
            for action in actions:
                self._alter(table, Reader(action))

    def _alter(self, table: Table, action: Reader) -> None:
        if action.take("enable", "row", "level", "security"):
            table.secured = True
        elif action.take("disable", "row", "level", "security"):
            table.secured = False
        elif action.take("rename", "to"):
            self._rename(table, action.qualified()[1])
        elif action.take("set", "schema"):
            word = action.next()
            self._move(table, word.name if word is not None else table.schema, table.name)
        elif action.take("rename"):
            action.take("column")
            before, _, after = action.next(), action.next(), action.next()
            if before is not None and after is not None and before.name in table.columns:
                table.columns[table.columns.index(before.name)] = after.name
        elif action.take("add"):
            self._add_column(table, action)
        elif action.take("drop", "column"):
            action.take("if", "exists")
            word = action.next()
            if word is not None and word.name in table.columns:
                table.columns.remove(word.name)

    def _add_column(self, table: Table, action: Reader) -> None:
        action.take("column")
        action.take("if", "not", "exists")
        word = action.next()
        is_column = word is not None and word.name and word.lower not in _CONSTRAINTS
        if word is not None and is_column and word.name not in table.columns:
            table.columns.append(word.name)

    def _rename(self, table: Table, name: str) -> None:
        self._move(table, table.schema, name)

    def _move(self, table: Table, schema: str, name: str) -> None:
        if name:
            self.schema.tables.pop((table.schema, table.name), None)
            table.schema, table.name = schema, name
            self.schema.tables[(schema, name)] = table

    def _drop_table(self, reader: Reader) -> None:
        reader.take("if", "exists")
        for part in split_by(reader.words[reader.at :], ","):
            self.schema.tables.pop(Reader(part).qualified(), None)

    # --------------------------------------------------------------------------------------- policies

    def _create_policy(self, reader: Reader) -> None:
        name, table = self._named(reader)
        if table is None:
            return
        policy = Policy(
            name=name, command="all", roles=("public",), permissive=True, place=self._place(reader.words[0])
        )
        if reader.take("as"):
            policy.permissive = not reader.take("restrictive")
            reader.take("permissive")
        if reader.take("for"):
            policy.command = reader.take_one(_COMMANDS) or "all"
        self._clauses(policy, reader)
        table.policies[name] = policy

    def _alter_policy(self, reader: Reader) -> None:
        name, table = self._named(reader)
        policy = table.policies.get(name) if table is not None else None
        if policy is None or table is None:
            return
        if reader.take("rename", "to"):
            word = reader.next()
            renamed = replace(policy, name=word.name if word is not None else name)
            table.policies = {
                (renamed.name if key == name else key): (renamed if key == name else held)
                for key, held in table.policies.items()
            }
            return
        self._clauses(policy, reader)

    def _drop_policy(self, reader: Reader) -> None:
        reader.take("if", "exists")
        name, table = self._named(reader)
        if table is not None:
            table.policies.pop(name, None)

    def _named(self, reader: Reader) -> tuple[str, Table | None]:
        """A policy's name and the table that it is on; tables of other files (storage.objects) are entered as such."""
        word = reader.next()
        if word is None or not reader.take("on"):
            return "", None
        key = reader.qualified()
        return word.name or word.text, self.schema.tables.get(key) or self._made_elsewhere(key, reader)

    def _made_elsewhere(self, key: tuple[str, str], reader: Reader) -> Table | None:
        """Enter a table that no statement made; those of Supabase itself have row level security on."""
        if not key[1]:
            return None
        own = key[0] in {"storage", "realtime", "auth"}
        table = Table(
            schema=key[0], name=key[1], place=self._place(reader.words[0]), secured=True if own else None
        )
        self.schema.tables[key] = table
        return table

    def _clauses(self, policy: Policy, reader: Reader) -> None:
        if reader.take("to"):
            policy.roles = tuple(_roles(reader))
        if reader.take("using"):
            policy.using = reader.parenthesised() or []
            policy.using_text = self._text(policy.using)
        if reader.take("with", "check"):
            policy.check = reader.parenthesised() or []
            policy.check_text = self._text(policy.check)

    # -------------------------------------------------------------------------------------- functions

    def _create_function(self, reader: Reader, place: CodePlace) -> None:
        key = reader.qualified()
        arguments = reader.parenthesised()
        rest = list(reader.words[reader.at :])
        texts = [word.lower for word in rest]
        body: list[Word] = []
        for word in rest:
            if word.kind is Kind.TEXT and (len(word.text.split()) > 1):
                try:
                    body = words_of(word.text, first_line=word.line)
                except SqlError:
                    self.schema.notes.append(f"{place}: the body of function {key[1]} could not be read")
                break
        else:
            body = rest
        returns = texts[texts.index("returns") + 1] if "returns" in texts[:-1] else ""
        definer = any(
            one == "definer" and texts[place - 1] == "security" for place, one in enumerate(texts) if place
        )
        held = self.schema.functions.get(key)
        made = SqlFunction(
            schema=key[0], name=key[1], place=place, definer=definer, returns=returns, body=body
        )
        made.closed_to = held.closed_to if held is not None else set()
        if key[1] and arguments is not None:
            self.schema.functions[key] = made

    # ----------------------------------------------------------------------------------------- rights

    def _grant(self, reader: Reader) -> None:
        for target, roles, _ in self._subjects(reader, "to"):
            target.granted.update(roles)
            target.closed_to.difference_update(CLIENT_ROLES if "public" in roles else roles)

    def _revoke(self, reader: Reader) -> None:
        for target, roles, rights in self._subjects(reader, "from"):
            if isinstance(target, SqlFunction) or "all" in rights:
                target.closed_to.update(roles)
                target.granted.difference_update(roles)

    def _default_rights(self, reader: Reader) -> None:
        """`ALTER DEFAULT PRIVILEGES … GRANT … ON TABLES TO …`: what later tables have from the beginning."""
        texts = [word.lower for word in reader.words]
        if "tables" not in texts or ("schema" in texts and "public" not in texts):
            return
        if "revoke" in texts and "from" in texts:
            roles = _roles(Reader(reader.words[texts.index("from") + 1 :]))
            self.schema.closed_by_default.update(roles)
        elif "grant" in texts and "to" in texts:
            roles = _roles(Reader(reader.words[texts.index("to") + 1 :]))
            self.schema.closed_by_default.difference_update(roles)

    def _subjects(
        self, reader: Reader, before_roles: str
    ) -> Iterator[tuple[Table | SqlFunction, set[str], set[str]]]:
        """What a GRANT or REVOKE names (tables, functions), with the roles and the rights."""
        texts = [word.lower for word in reader.words]
        if "on" not in texts or before_roles not in texts:
            return
        rights = set(texts[reader.at : texts.index("on")])
        start, end = texts.index("on") + 1, len(texts) - 1 - texts[::-1].index(before_roles)
        roles = set(_roles(Reader(reader.words[end + 1 :])))
        named = Reader(reader.words[start:end])
        for target in self._all_of_a_schema(named) if named.take("all") else self._each(named):
            yield target, roles, rights

    def _all_of_a_schema(self, named: Reader) -> Iterator[Table | SqlFunction]:
        """`ALL TABLES IN SCHEMA public`."""
        what = named.take_one(frozenset({"tables", "functions", "routines"}))
        named.take("in", "schema")
        word = named.next()
        schema = word.name if word is not None else ""
        if what == "tables":
            yield from (one for key, one in self.schema.tables.items() if key[0] == schema)
        elif what:
            yield from (one for key, one in self.schema.functions.items() if key[0] == schema)

    def _each(self, named: Reader) -> Iterator[Table | SqlFunction]:
        is_function = bool(named.take_one(frozenset({"function", "routine", "procedure"})))
        named.take("table")
        for part in split_by(named.words[named.at :], ","):
            key = Reader(part).qualified()
            found = self.schema.functions.get(key) if is_function else self.schema.tables.get(key)
            if found is not None:
                yield found

    # ----------------------------------------------------------------------------------------- blocks

    def _block(self, reader: Reader) -> None:
        """`DO $$ … $$`: its statements as if each ran; those put together while it runs are named as a problem."""
        body = next((word for word in reader.words[reader.at :] if word.kind is Kind.TEXT), None)
        if body is None or self.depth >= _DEEPEST:
            return
        for statement in inner_statements(body.text, body.line):
            self.apply(statement, self.depth + 1)

    def _execute(self, reader: Reader) -> None:
        """`EXECUTE '…'` inside a block: a plain text is read, one that is put together is not."""
        if self.depth == 0 or self.depth >= _DEEPEST:
            return
        word = reader.peek()
        rest = reader.words[reader.at :]
        if word is not None and word.kind is Kind.TEXT and len(rest) == 1:
            try:
                inner = words_of(word.text, first_line=word.line)
            except SqlError:
                return
            for statement in statements_of(inner):
                self.apply(statement, self.depth + 1)
            return
        text = " ".join(one.text.lower() for one in rest)
        if "row level security" in text or "policy" in text:
            self.schema.secures_more = True
            place = self._place(word)
            self.schema.notes.append(
                f"{place} puts statements about row level security together while it runs; what they name is not known"
            )


def _invoker(options: list[Word]) -> bool:
    texts = [word.text.lower() for word in options]
    if "security_invoker" not in texts:
        return False
    after = texts[texts.index("security_invoker") + 1 :]
    return not after or after[0] != "=" or after[1:2] in (["true"], ["on"], ["1"], ["yes"])


def _roles(reader: Reader) -> Iterator[str]:
    while (word := reader.peek()) is not None and word.name:
        if word.lower in {"using", "with", "cascade", "restrict", "granted"}:
            return
        yield word.name
        reader.at += 1
        comma = reader.peek()
        if comma is None or comma.text != ",":
            return
        reader.at += 1
