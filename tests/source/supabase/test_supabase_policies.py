"""What a row policy asks of the caller."""

import pytest

from tests.source.supabase.reading import policy

OWNER = [
    "auth.uid() = user_id",
    "(select auth.uid()) = user_id",
    "((user_id)::text = (auth.uid())::text)",
    'auth.uid() = "user_id"',
    "auth.uid() = any(members)",
    "user_id = (auth.jwt() ->> 'sub')::uuid",
    "user_id::text = (select auth.jwt()->>'sub')",
    "user_id = (current_setting('request.jwt.claims', true)::json->>'sub')::uuid",
    "published and auth.uid() = user_id",
    "auth.role() = 'authenticated' and auth.uid() = user_id",
    "auth.uid() = user_id or auth.role() = 'service_role'",
    "exists (select 1 from members m where m.team_id = items.team_id and m.user_id = auth.uid())",
    "team_id in (select team_id from members where user_id = (select auth.uid()))",
    "auth.uid() in (select user_id from members where members.team_id = items.team_id)",
    "exists (select 1 from profiles where id = auth.uid() and role = 'admin')",
    "(auth.jwt() -> 'app_metadata' ->> 'role') = 'admin'",
    "auth.jwt() ->> 'role' = 'service_role'",
    "auth.role() = 'service_role'",
    "false",
]
EVERY_MEMBER = [
    "true",
    "(true)",
    "1 = 1",
    "auth.role() = 'authenticated'",
    "auth.uid() is not null",
    "(select auth.uid()) is not null",
    "auth.uid() = user_id or true",
    "auth.uid() = user_id or auth.role() = 'authenticated'",
    "auth.jwt() ->> 'role' = 'authenticated'",
    "(auth.jwt() -> 'user_metadata' ->> 'role') = 'admin'",
]
UNCLEAR = [
    "published",
    "published = true",
    "published or auth.uid() = user_id",
    "published and auth.uid() is not null",
    "auth.uid() <> user_id",
    "is_allowed(id)",
    "exists (select 1 from profiles where id = auth.uid())",
    "id in (select item_id from shares where public)",
    "not (auth.uid() = user_id)",
    "",
]


@pytest.mark.parametrize("condition", OWNER)
def test_conditions_that_bind_rows_to_the_caller(condition):
    assert policy(condition).bound == "owner"
    assert not policy(condition).for_everyone


@pytest.mark.parametrize("condition", EVERY_MEMBER)
def test_conditions_that_every_member_meets(condition):
    assert policy(condition).bound == "none"


@pytest.mark.parametrize("condition", UNCLEAR)
def test_conditions_on_the_data_stay_open(condition):
    assert policy(condition).bound == "unclear"


@pytest.mark.parametrize(
    ("condition", "to", "everyone"),
    [
        ("true", "", True),
        ("true", "to public", True),
        ("true", "to anon, authenticated", True),
        ("true", "to authenticated", False),
        ("auth.uid() is not null", "", False),
        ("auth.role() = 'authenticated'", "", False),
        ("true", "to service_role", False),
    ],
)
def test_only_what_is_true_for_anonymous_is_for_everyone(condition, to, everyone):
    assert policy(condition, to=to).for_everyone is everyone


def test_a_policy_for_the_service_alone_lets_no_member_through():
    assert policy("true", to="to service_role", command="all").bound == "owner"
    assert policy("true", to="to service_role, authenticated", command="all").bound == "none"


def test_an_insert_is_bound_by_its_check():
    assert policy("auth.uid() = user_id", command="insert").bound == "owner"
    assert policy("true", command="insert").bound == "none"


FUNCTIONS = """
create function is_member(team uuid) returns boolean language sql security definer as $$
  select exists (select 1 from members where team_id = team and user_id = auth.uid())
$$;
create function me() returns uuid language sql as $$ select nullif(auth.uid()::text, '')::uuid $$;
create function signed_in() returns boolean language plpgsql as $body$
begin
  return auth.uid() is not null;
end;
$body$;
create function is_admin() returns bool as 'select (auth.jwt() -> ''user_metadata'' ->> ''admin'')::bool' language sql;
create function is_open(item uuid) returns boolean language sql as $$ select published from items where id = item $$;
"""


@pytest.mark.parametrize(
    ("condition", "bound"),
    [
        ("is_member(team_id)", "owner"),
        ("(select public.is_member(team_id))", "owner"),
        ("me() = user_id", "owner"),
        ("signed_in()", "none"),
        ("is_admin()", "none"),
        ("is_open(id)", "unclear"),
        ("is_member(team_id) or is_open(id)", "unclear"),
    ],
)
def test_functions_are_read(condition, bound):
    assert policy(condition, functions=FUNCTIONS).bound == bound


def test_expressions_are_kept_as_written():
    held = policy("auth.uid()  =\n   user_id -- the owner's")
    assert held.using == "auth.uid() = user_id"
    assert held.command == "select"
    assert held.roles == ("public",)


def test_deep_nesting_ends():
    assert policy("(" * 60 + "true" + ")" * 60).bound == "none"
    deep = "not (" * 400 + "true" + ")" * 400
    assert policy(deep).bound == "unclear"
