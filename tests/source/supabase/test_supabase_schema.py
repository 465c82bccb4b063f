"""What migrations leave behind."""

import pytest

from tests.source.supabase.reading import migrated, read

TABLE = "create table public.items (id uuid primary key, owner_id uuid references users, constraint x check (1=1));"
SECURE = "alter table items enable row level security;"


def test_a_table_is_open_until_row_level_security_is_on():
    (table,) = migrated(TABLE).values()
    assert (table.name, table.secured, table.columns) == ("items", False, ("id", "owner_id"))
    assert str(table.place) == "supabase/migrations/20240101000000_m.sql:1"
    assert migrated(TABLE, SECURE)["items"].secured is True


@pytest.mark.parametrize(
    ("later", "secured"),
    [
        ('ALTER TABLE ONLY "public"."items" ENABLE ROW LEVEL SECURITY;', True),
        ("alter table items disable row level security;", False),
        ("alter table if exists items add column a int, enable row level security;", True),
        ("-- alter table items enable row level security;", False),
        ("/* alter table items enable row level security; */", False),
        ("comment on table items is 'alter table items enable row level security;';", False),
        ("create function f() returns void as $$ begin alter table items enable row level security; end $$;", False),
        ("do $$ begin alter table items enable row level security; end $$;", True),
        ("do $x$ begin if a then execute 'alter table items enable row level security'; end if; end $x$;", True),
        ("alter table items force row level security;", False),
        ("alter table other_schema.items enable row level security;", False),
    ],
)  # fmt: skip
def test_only_statements_that_run_count(later, secured):
    assert migrated(TABLE, later)["items"].secured is secured


def test_statements_that_are_put_together_while_running_leave_it_open():
    block = """do $$ declare t text; begin
      for t in select tablename from pg_tables loop
        execute format('alter table %I enable row level security', t);
      end loop; end $$;"""
    found = read({"supabase/migrations/20240101000000_a.sql": TABLE + block})
    assert [table.secured for table in found.tables] == [None]
    assert "puts statements" in found.notes[0]


def test_migrations_run_in_the_order_of_their_names():
    texts = {
        "supabase/migrations/20240301000000_b.sql": "alter table items disable row level security;",
        "supabase/migrations/20240101000000_z.sql": TABLE,
        "supabase/migrations/20240201000000_a.sql": SECURE,
    }
    (table,) = read(texts).tables
    assert table.secured is False


def test_policies_are_made_changed_renamed_and_dropped():
    table = migrated(
        TABLE + SECURE,
        """create policy "a" on items for select using (true);
           create policy b on public.items as restrictive for update to authenticated using (true) with check (false);
           create policy c on items using (true);""",
        """alter policy "a" on items rename to "own rows";
           alter policy "own rows" on items to authenticated using (auth.uid() = owner_id);
           drop policy if exists c on items;""",
    )["items"]
    assert [(one.name, one.command, one.roles, one.permissive) for one in table.policies] == [
        ("own rows", "select", ("authenticated",), True),
        ("b", "update", ("authenticated",), False),
    ]
    assert table.policies[0].bound == "owner"


def test_tables_are_renamed_moved_and_dropped():
    tables = migrated(
        TABLE + SECURE + "create table gone (id int); create table inner_one (id int);",
        """alter table items rename to things; drop table if exists gone cascade;
           alter table inner_one set schema private; alter table things rename column owner_id to user_id;
           alter table things add column if not exists note text, drop column id;""",
    )
    assert list(tables) == ["things"]
    assert tables["things"].secured is True
    assert tables["things"].columns == ("user_id", "note")


def test_temporary_tables_and_other_schemas_are_not_served():
    sql = "create temp table t (id int); create table private.p (id int); create table if not exists q as select 1;"
    assert list(migrated(sql)) == ["q"]


def test_further_schemas_are_served_where_the_settings_say_so():
    texts = {
        "supabase/config.toml": '[api]\nschemas = ["public", "api"]\n',
        "supabase/migrations/1_a.sql": "create table api.items (id int);",
    }
    assert [(one.name, one.secured) for one in read(texts).tables] == [("api.items", False)]


def test_views_pass_by_policies_unless_they_say_otherwise():
    found = read(
        {
            "supabase/migrations/1_a.sql": """
            create view a as select * from items;
            create view b with (security_invoker = on) as select * from items;
            create view c with (security_invoker=false) as select 1;
            create or replace view d as select 1; alter view d set (security_invoker = true);""",
        }
    )
    assert {one.name: one.secured for one in found.tables} == {"a": None, "b": True, "c": None, "d": True}
    assert len(found.notes) == 2


@pytest.mark.parametrize(
    ("rights", "served"),
    [
        ("", True),
        ("revoke all on table items from anon, authenticated;", False),
        ("revoke all on all tables in schema public from anon, authenticated;", False),
        ("revoke all on items from anon;", True),
        ("revoke select on items from anon, authenticated;", True),
        ("revoke all on items from anon, authenticated; grant select on items to authenticated;", True),
        ("revoke all on items from anon, authenticated; grant all on items to service_role;", False),
    ],
)
def test_tables_on_which_clients_have_no_rights_are_left_out(rights, served):
    assert bool(migrated(TABLE + rights)) is served


def test_default_rights_count_for_later_tables():
    closed = "alter default privileges in schema public revoke all on tables from anon, authenticated;"
    assert list(migrated("create table before (id int);" + closed + TABLE)) == ["before"]
    again = "alter default privileges in schema public grant select on tables to anon;"
    assert list(migrated(closed + again + TABLE)) == ["items"]


def test_projects_that_expose_nothing_by_themselves_serve_what_is_granted():
    texts = {
        "supabase/config.toml": "[api]\nauto_expose_new_tables = false\n",
        "supabase/migrations/1_a.sql": TABLE + "create table shown (id int); grant select on shown to anon;",
    }
    assert [one.name for one in read(texts).tables] == ["shown"]


def test_tables_made_elsewhere_are_known_by_what_is_done_to_them():
    sql = "alter table made_by_hand enable row level security; create policy p on other using (true);"
    tables = migrated(sql)
    assert (tables["made_by_hand"].secured, tables["other"].secured) == (True, None)


def test_declared_schemas_are_read_in_any_order_where_no_migrations_are():
    texts = {
        "supabase/schemas/a_rules.sql": SECURE
        + "create policy p on items for select using (auth.uid() = owner_id);",
        "supabase/schemas/b_items.sql": "drop table if exists items;" + TABLE,
    }
    (table,) = read(texts).tables
    assert table.secured is True
    assert len(table.policies) == 1


def test_migrations_win_over_declared_schemas_and_seeds():
    texts = {
        "supabase/schemas/items.sql": TABLE + SECURE,
        "supabase/seed.sql": SECURE,
        "supabase/migrations/1_a.sql": TABLE,
    }
    (table,) = read(texts).tables
    assert table.secured is False


def test_sql_elsewhere_counts_only_without_a_project_folder():
    texts = {"db/schema.sql": TABLE + SECURE, "db/report.sql": "create table other (id int);"}
    assert [one.name for one in read(texts).tables] == ["items"]


def test_dumps_are_read():
    dump = """\\restrict abc
SET statement_timeout = 0;
CREATE TABLE IF NOT EXISTS "public"."items" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "note" "text" DEFAULT 'it''s; fine'::"text"
);
COPY "public"."items" ("id", "note") FROM stdin;
1\tcreate table fake (id int);
\\.
ALTER TABLE "public"."items" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Enable read; for all" ON "public"."items" FOR SELECT USING (("auth"."uid"() = "id"));
"""
    (table,) = migrated(dump).values()
    assert table.columns == ("id", "note")
    assert [(one.name, one.bound.value) for one in table.policies] == [("Enable read; for all", "owner")]
    assert table.policies[0].place.line == 11


def test_a_file_that_is_no_sql_is_passed_over_and_named():
    found = read(
        {"supabase/migrations/1_a.sql": TABLE, "supabase/migrations/2_b.sql": "select 'without an end"}
    )
    assert [one.name for one in found.tables] == ["items"]
    assert [one.path for one in found.skipped] == ["supabase/migrations/2_b.sql"]


FUNCTION = """create function public.promote(who uuid) returns void language plpgsql security definer as $$
begin update profiles set role = 'admin' where id = who; end $$;"""


@pytest.mark.parametrize(
    ("sql", "open_functions"),
    [
        (FUNCTION, 1),
        (FUNCTION.replace("security definer", ""), 0),
        (FUNCTION.replace("begin update", "begin if auth.uid() <> who then raise 'no'; end if; update"), 0),
        (FUNCTION.replace("returns void", "returns trigger"), 0),
        (FUNCTION.replace("public.promote", "private.promote"), 0),
        (FUNCTION + "revoke execute on function promote(uuid) from public, anon, authenticated;", 0),
        (FUNCTION + "revoke all on all functions in schema public from public;", 0),
        (FUNCTION + "revoke execute on function promote from anon;", 1),
        (FUNCTION.replace("update profiles set role = 'admin' where", "perform 1 from profiles where"), 0),
    ],
)
def test_functions_with_their_owners_rights_that_ask_nobody(sql, open_functions):
    hits = [hit for hit in read({"supabase/migrations/1_a.sql": sql}).hits if hit.kind == "super_key"]
    assert len(hits) == open_functions
    assert not any(hit.certain for hit in hits)
