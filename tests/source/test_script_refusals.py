"""Which statuses a function refuses with, and what only looks like it."""

import pytest

from launchready.source.code.files import code_files
from launchready.source.script.facts.reading import script_facts


def facts(text, path="src/a.ts"):
    return {one.name: one for one in script_facts(code_files({path: text}).by_path[path]).functions}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return res.status(401).json({})", (401,)),
        ("return res.sendStatus(403)", (403,)),
        ("res.statusCode = 401; res.end()", (401,)),
        ("ctx.status = 403", (403,)),
        ("ctx.throw(401, 'no')", (401,)),
        ("return reply.code(401).send()", (401,)),
        ("return NextResponse.json({ error: 'x' }, { status: 401 })", (401,)),
        ("return new Response(null, { status: 403 })", (403,)),
        ("return c.json({ error: 'x' }, 401)", (401,)),
        ("throw new UnauthorizedException()", (401,)),
        ("throw new ForbiddenException('x')", (403,)),
        ("throw new HttpException('x', HttpStatus.FORBIDDEN)", (403,)),
        ("throw new ApiError(httpStatus.UNAUTHORIZED, 'x')", (401,)),
        ("throw createError(401)", (401,)),
        ("next(new ErrorResponse('Not allowed', 403))", (403,)),
        ("next(createError.Unauthorized())", (401,)),
        ("next({ status: 401, message: 'x' })", (401,)),
        ("throw new TRPCError({ code: 'UNAUTHORIZED' })", (401,)),
        ("throw Boom.forbidden()", (403,)),
        ("throw AuthorizationError()", (403,)),
        ("throw new Error('Unauthorized')", (401,)),
        ("throw new Error('You do not have permission')", (403,)),
        ("return { error: 'Not authenticated' }", (401,)),
        ("redirect('/login')", (401,)),
        ("return NextResponse.redirect(new URL('/auth/signin', req.url))", (401,)),
        ("const url = new URL('/login', base); return NextResponse.redirect(url)", (401,)),
        ("notFound()", (404,)),
        ("return res.status(user ? 403 : 401).end()", (401, 403)),
        ("const status = user ? 403 : 401; res.status(status).end()", (401, 403)),
        ("return errorResponse(res, 401, 'x')", (401,)),
    ],
)
def test_refusals_of_every_form(body, expected):
    assert facts(f"function f(req, res, next) {{ {body} }}")["f"].refusals == expected


@pytest.mark.parametrize(
    "body",
    [
        "if (error.status === 401) signOut()",
        "return response.status == 403 ? a : b",
        "switch (x.status) { case 401: return retry() }",
        "const codes = [401, 403]",
        "return limit(403)",
        "expect(res.status).toBe(401)",
        "redirect('/dashboard')",
        "return ctx.redirect(`${url}/auth/redirect?token=1`)",
        "if (code === HttpStatus.UNAUTHORIZED) retry()",
        "app.get('/x', { schema: { response: { 401: error } } })",
        "doc({ responses: { x: { status: 401 } } })",
        "throw new Error('Listing has no price')",
        "return { message: 'Welcome' }",
        "setWidth(401)",
    ],
)
def test_what_only_looks_like_a_refusal(body):
    assert facts(f"function f(res) {{ {body} }}")["f"].refusals == ()


def test_statuses_in_decorators_describe_and_refuse_nothing():
    text = "class C { @ApiResponse({ status: 401 }) @HttpCode(HttpStatus.FORBIDDEN) get() { return 1 } }"
    assert facts(text)["C.get"].refusals == ()


def test_a_guard_that_gives_false_refuses():
    text = "class G { canActivate(c) { return may(c.user) } }\nclass H { canActivate() { return true } }"
    held = facts(text)
    assert held["G.canActivate"].refusals == (403,)
    assert held["H.canActivate"].refusals == ()


def test_what_an_inner_function_does_the_outer_one_does_too():
    held = facts("const role = (name) => (req, res, next) => { if (x) return res.sendStatus(403); next() }")
    assert held["role"].refusals == (403,)
    assert {one.name for one in held["role"].calls} == {"res.sendStatus", "next"}


def test_calls_are_named_as_written_with_their_arguments():
    text = "async function f(id) { const p = await this.users.find(id, { a: 1 }); return new Foo(p) }"
    calls = facts(text)["f"].calls
    assert [(one.name, one.line, one.arguments) for one in calls] == [
        ("this.users.find", 1, ("id", "{ a: 1 }")),
        ("Foo", 1, ("p",)),
    ]


def test_wrapped_handlers_go_by_the_exported_name():
    text = "export const GET = withAuth(async (req) => {\n return new Response(null, { status: 401 })\n})"
    held = facts(text)["GET"]
    assert (held.line, held.end_line, held.refusals) == (1, 3, (401,))


def test_broken_files_say_so():
    path = "a.ts"
    assert script_facts(code_files({path: "}}}{{{ ((("}).by_path[path]).problem == "broken syntax"


def test_hostile_nesting_ends():
    deep = "function f() { return " + "(" * 2000 + "401" + ")" * 2000 + " }"
    assert facts(deep)["f"].refusals == ()
    assert facts("const x = " + "a(" * 2000 + "1" + ")" * 2000) == {}
