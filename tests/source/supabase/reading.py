"""Small repositories with Supabase as texts."""

import json

from launchready.source.code.files import Language, code_files
from launchready.source.python.project import PythonProject
from launchready.source.script.project import ScriptProject
from launchready.source.supabase.reading import read_supabase
from launchready.source.supabase.schema import policies_of, schema_of

PACKAGE = {"package.json": json.dumps({"dependencies": {"@supabase/supabase-js": "2.50.0"}})}


def read(texts, *, package=PACKAGE):
    files = code_files({**package, **texts})
    return read_supabase(
        files,
        ScriptProject(files.of(Language.SCRIPT), files.of(Language.SETTINGS)),
        PythonProject(files.of(Language.PYTHON)),
    )


def migrated(*texts):
    """The tables after migrations, by name."""
    held = {f"supabase/migrations/{20240101000000 + number}_m.sql": text for number, text in enumerate(texts)}
    return {table.name: table for table in read(held).tables}


def policy(condition, *, command="select", to="", functions=""):
    """The one policy of a table with this condition."""
    clause = "with check" if command == "insert" else "using"
    sql = f"""
        create table items (id uuid, user_id uuid, team_id uuid, published boolean, members uuid[]);
        {functions}
        create policy "p" on items for {command} {to} {clause} ({condition});
    """
    schema = schema_of(code_files({"a.sql": sql}).by_path.values())
    (found,) = policies_of(schema, schema.tables["public", "items"])
    return found
