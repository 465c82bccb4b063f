"""Lookups under row level security are as bound as the policies."""

import json

import pytest

from launchready.source.code.files import code_files
from launchready.source.review import review_files

ROUTE = """
import { createClient } from "@/lib/supabase"
export async function %s(request, { params }) {
  const { id } = await params
  const supabase = await createClient()
  const { data } = await supabase.from("items").%s.eq("id", id)
  return Response.json(data)
}
"""
CLIENT = """
import { createServerClient } from "@supabase/ssr"
export const createClient = async () => createServerClient(process.env.URL!, process.env.KEY!, {})
"""
TABLE = "create table items (id uuid, user_id uuid, title text);"
SECURE = TABLE + "alter table items enable row level security;"
OWN = 'create policy "own" on items for %s using (auth.uid() = user_id);'


def bound(sql, *, method="GET", call='select("*")'):
    texts = {
        "package.json": json.dumps({"dependencies": {"next": "15", "@supabase/ssr": "0.5"}}),
        "tsconfig.json": json.dumps({"compilerOptions": {"paths": {"@/*": ["./*"]}}}),
        "lib/supabase.ts": CLIENT,
        "app/api/items/[id]/route.ts": ROUTE % (method, call),
        "supabase/migrations/20240101000000_a.sql": sql,
    }
    (route,) = review_files(code_files(texts)).routes
    ((lookup),) = route.lookups
    return lookup.bound.value, lookup.term


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (TABLE, "none"),
        (SECURE, "owner"),
        (SECURE + OWN % "select", "owner"),
        (SECURE + OWN % "all", "owner"),
        (SECURE + OWN % "delete", "owner"),
        (SECURE + OWN % "select" + "create policy b on items for select using (true);", "none"),
        (
            SECURE + OWN % "select" + "create policy b on items for select to service_role using (true);",
            "owner",
        ),
        (SECURE + "create policy b on items for select using (auth.role() = 'authenticated');", "none"),
        (SECURE + "create policy b on items for select using (title <> 'draft');", "unclear"),
        (
            SECURE
            + "create policy a on items using (true);"
            + "create policy b on items as restrictive using (auth.uid() = user_id);",
            "owner",
        ),
        # What belongs to nobody may be everybody's
        (TABLE.replace("user_id uuid,", ""), "unclear"),
        ("create view items as select 1;", "unclear"),
        ("create table other (id int);", "unclear"),
    ],
)
def test_reading(sql, expected):
    assert bound(sql)[0] == expected


def test_each_command_has_its_own_policies():
    sql = SECURE + OWN % "select" + 'create policy "any" on items for update using (true);'
    assert bound(sql) == ("owner", 'policy "own"')
    assert bound(sql, method="PATCH", call="update({ title })") == ("none", "")
    assert bound(sql, method="DELETE", call="delete()") == ("owner", "no policy lets anybody delete")


def test_clients_that_pass_by_policies_are_not_bound_by_them():
    texts = ROUTE.replace("createClient", "createAdminClient").replace("supabase.from", "supabaseAdmin.from")
    held = code_files(
        {
            "package.json": json.dumps({"dependencies": {"next": "15", "@supabase/ssr": "0.5"}}),
            "app/api/items/[id]/route.ts": texts.replace("const supabase", "const supabaseAdmin")
            % ("GET", 'select("*")'),
            "supabase/migrations/20240101000000_a.sql": SECURE + OWN % "select",
        }
    )
    (route,) = review_files(held).routes
    assert [one.bound.value for one in route.lookups] == ["none"]
