"""Tables that code names, generated types, keys."""

import base64
import json

import pytest

from launchready.source.code.files import code_files
from tests.source.supabase.reading import PACKAGE, read


def used(text, *, path="src/a.ts", **more):
    return {one.name: len(one.used) for one in read({path: text}, **more).tables}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('await supabase.from("items").select("*")', {"items": 1}),
        ("const { data } = await client.from('items').delete().eq('id', id)", {"items": 1}),
        ('(await createClient())\n  .from("items")\n  .upsert(rows)', {"items": 1}),
        ('supabase.from<Row>("items").select()', {"items": 1}),
        ("import { TABLE } from './names'\nsupabase.from(TABLE).select()", {"items": 1}),
        ('supabase.schema("api").from("items").select()', {"api.items": 1}),
        ('supabase.from("a").select(); supabase.from("a").insert({})', {"a": 2}),
        ('supabase.storage.from("avatars").upload(path, file)', {}),
        ('supabase.rpc("promote", { who })', {}),
        ('Array.from("abc"); Buffer.from("abc"); knex.from("x").select()', {}),
        ("db.select().from(items)", {}),
        ('gulp.from("x").pipe()', {}),
        ("supabase.from(name).select()", {}),
        ('// supabase.from("items").select()', {}),
    ],
)
def test_tables_named_by_client_calls(text, names):
    texts = {"src/names.ts": "export const TABLE = 'items'", "src/a.ts": text}
    assert {one.name: len(one.used) for one in read(texts).tables} == names


def test_a_repository_without_supabase_has_no_tables():
    text = 'x.from("items").select()\nconst k = process.env.SUPABASE_SERVICE_ROLE_KEY'
    assert read({"a.ts": text}, package={"package.json": "{}"}).tables == ()


def test_uses_are_joined_with_migrations():
    texts = {
        "supabase/migrations/1_a.sql": "create table items (id int); create table quiet (id int);",
        "app/a.ts": 'supabase.from("items").select()',
        "tests/a.test.ts": 'supabase.from("items").select()',
    }
    found = {one.name: one for one in read(texts).tables}
    assert [str(place) for place in found["items"].used] == ["app/a.ts:1"]
    assert found["quiet"].used == ()


def test_python_clients():
    text = 'from supabase import create_client\nc = create_client(u, k)\nc.table("items").select("*")\nc.from_("b")\n'
    more = 'c.storage.from_("avatars")\nc.rpc("f")\n'
    texts = {"app/a.py": text + more, "requirements.txt": "supabase==2.3\n"}
    assert [one.name for one in read(texts, package={}).tables] == ["b", "items"]


TYPES = """
export type Json = string
export type Database = {
  public: {
    Tables: {
      items: { Row: { id: string; owner_id: string | null }; Insert: { id?: string } }
      "odd name": { Row: { id: number } }
    }
    Views: { shown: { Row: { id: string } } }
  }
  private: { Tables: { secrets: { Row: { id: string } } } }
}
"""


def test_generated_types_name_tables_and_columns():
    found = {one.name: one for one in read({"types/db.ts": TYPES}).tables}
    assert set(found) == {"items", "odd name"}
    assert found["items"].columns == ("id", "owner_id")
    assert found["items"].secured is None


# ---------------------------------------------------------------------------------------------------- keys


def token(role, issuer="supabase"):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return ".".join(
        (part({"alg": "HS256", "typ": "JWT"}), part({"iss": issuer, "role": role, "ref": "abc"}), "s" * 43)
    )


def keys(texts, **more):
    return [(one.kind.value, one.name, one.in_browser) for one in read(texts, **more).keys]


def public_secrets(texts, **more):
    return [hit.certain for hit in read(texts, **more).hits if hit.kind == "public_secret"]


VITE = {"package.json": json.dumps({"dependencies": {"@supabase/supabase-js": "2", "vite": "6"}})}
SERVICE = "SUPABASE_SERVICE_ROLE_KEY"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"createClient(url, process.env.{SERVICE}!)", [("service_role", SERVICE, False)]),
        (f'createClient(url, process.env["{SERVICE}"])', [("service_role", SERVICE, False)]),
        (f'createClient(url, Deno.env.get("{SERVICE}"))', [("service_role", SERVICE, False)]),
        ("process.env.SUPABASE_SECRET_KEY", [("secret", "SUPABASE_SECRET_KEY", False)]),
        ("process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY", [("anon", "NEXT_PUBLIC_SUPABASE_ANON_KEY", False)]),
        (
            "import.meta.env.VITE_SUPABASE_PUBLISHABLE_KEY",
            [("publishable", "VITE_SUPABASE_PUBLISHABLE_KEY", False)],
        ),
        ("process.env.SUPABASE_URL; process.env.SUPABASE_PROJECT_ID", []),
        (f"// process.env.{SERVICE}", []),
    ],
)
def test_variables_are_told_apart_by_their_names(text, expected):
    assert keys({"lib/a.ts": text}) == expected


def test_python_reads_variables_too():
    assert keys({"a.py": f'import os\nk = os.environ["{SERVICE}"]\n'}) == [("service_role", SERVICE, False)]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (token("anon"), "anon"),
        (token("service_role"), "service_role"),
        ("sb_secret_" + "aZ9" * 9, "secret"),
        ("sb_publishable_" + "aZ9" * 9, "publishable"),
    ],
)
def test_literal_keys_are_told_apart_and_never_kept(value, kind):
    found = read({"lib/a.ts": f'const client = createClient(url, "{value}")'})
    ((key),) = found.keys
    assert key.kind == kind
    assert value[8:30] not in str(found)


@pytest.mark.parametrize(
    "value",
    [
        token("service_role", "supabase-demo"),
        token("service_role", "other"),
        token("editor"),
        "sb_secret_your_key_here_x",
    ],
)
def test_other_tokens_samples_and_the_local_stack_are_no_keys(value):
    assert keys({"lib/a.ts": f'const k = "{value}"'}) == []


@pytest.mark.parametrize(
    ("texts", "package", "certain"),
    [
        ({"a.tsx": '"use client"\nprocess.env.NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY'}, PACKAGE, [True]),
        ({"lib/server.ts": "process.env.NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY"}, PACKAGE, [False]),
        ({"src/db.ts": "import.meta.env.VITE_SUPABASE_SERVICE_ROLE_KEY"}, VITE, [True]),
        ({"a.tsx": f'"use client"\nconst k = "{token("service_role")}"'}, PACKAGE, [True]),
        ({"a.tsx": f'"use client"\nconst k = "{token("anon")}"'}, PACKAGE, []),
        ({"src/db.ts": "import.meta.env.VITE_SUPABASE_ANON_KEY"}, VITE, []),
        ({"a.tsx": f'"use client"\nprocess.env.{SERVICE}'}, PACKAGE, []),
        ({"lib/admin.ts": f"process.env.{SERVICE}"}, PACKAGE, []),
        ({"server/db.ts": f'const k = "{token("service_role")}"'}, VITE, []),
        ({"tests/a.test.ts": f'"use client"\nconst k = "{token("service_role")}"'}, PACKAGE, []),
    ],
)
def test_a_key_that_passes_by_all_policies_is_in_the_browser(texts, package, certain):
    assert public_secrets(texts, package=package) == certain


def test_client_files_are_marked():
    texts = {"a.tsx": '// a note\n"use client"\nprocess.env.NEXT_PUBLIC_SUPABASE_ANON_KEY'}
    assert keys(texts) == [("anon", "NEXT_PUBLIC_SUPABASE_ANON_KEY", True)]
    late = {"a.tsx": 'import x from "y"\n"use client"\nprocess.env.NEXT_PUBLIC_SUPABASE_ANON_KEY'}
    assert keys(late) == [("anon", "NEXT_PUBLIC_SUPABASE_ANON_KEY", False)]


@pytest.mark.parametrize(
    "text", ["supabase.from('a'", "supabase.from(`a${b}`)", "supabase.from()", '"use client']
)
def test_broken_files_are_passed_over(text):
    read({"a.ts": text, "supabase/config.toml": "[api\n", "supabase/migrations/1_a.sql": "create table ("})
    assert code_files({"a.ts": text})
