"""What a row of SQL files leaves behind."""

from collections.abc import Iterable

from launchready.model.source import RowPolicy, Skipped
from launchready.source.code.files import CodeFile
from launchready.source.supabase.policies import meaning_of, with_identity
from launchready.source.supabase.sql import SqlError, Word, statements_of, words_of
from launchready.source.supabase.statements import Run
from launchready.source.supabase.tables import CLIENT_ROLES, Schema, Table


def schema_of(files: Iterable[CodeFile], *, ordered: bool = True, exposed: bool = True) -> Schema:
    """The state that SQL files leave behind when they are run in this order; a file that is no SQL is a problem.

    Where the order is not known, tables are made before anything is done to them. `exposed` if clients get rights on
    new tables without being granted any (Supabase's `auto_expose_new_tables`).
    """
    schema = Schema(closed_by_default=set() if exposed else set(CLIENT_ROLES))
    waiting: list[tuple[Run, list[Word]]] = []
    for held in files:
        try:
            statements = list(statements_of(words_of(held.text)))
        except SqlError as error:
            schema.skipped.append(Skipped(path=held.path, reason=str(error)))
            continue
        run = Run(schema, held.path, held.text, held.text.splitlines())
        waiting.extend((run, statement) for statement in statements)
    if not ordered:
        waiting.sort(key=lambda one: _turn(one[1]))
    for run, statement in waiting:
        run.apply(statement)
    return schema


def _turn(statement: list[Word]) -> int:
    """Tables are dropped, then made, then changed, when the files do not tell the order."""
    table = any(word.lower == "table" for word in statement[1:3])
    return {"drop": 0, "create": 1}.get(statement[0].lower, 2) if table else 2


def policies_of(schema: Schema, table: Table) -> tuple[RowPolicy, ...]:
    """A table's policies with what they let pass, in the order in which they were made."""
    functions, identities = schema.known_functions(), schema.identities()

    def judged(words: list[Word] | None) -> list[Word] | None:
        return with_identity(words, identities) if words is not None and identities else words

    found = []
    for policy in table.policies.values():
        meaning = meaning_of(
            command=policy.command,
            roles=policy.roles,
            using=judged(policy.using),
            check=judged(policy.check),
            functions=functions,
        )
        found.append(
            RowPolicy(
                name=policy.name,
                command=policy.command,
                roles=policy.roles,
                using=policy.using_text,
                check=policy.check_text,
                permissive=policy.permissive,
                place=policy.place,
                bound=meaning.bound,
                for_everyone=meaning.for_everyone,
            )
        )
    return tuple(found)
