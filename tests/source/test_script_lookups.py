"""Objects that are looked up by an id of the caller's, and whether that is tied to the caller."""

import pytest

from launchready.model.source import Bound, LookupAction
from launchready.source.code.files import code_files
from launchready.source.script.facts.reading import script_facts

READ, UPDATE, DELETE = LookupAction.READ, LookupAction.UPDATE, LookupAction.DELETE


def function(text, path="src/a.ts", name="h"):
    held = script_facts(code_files({path: text}).by_path[path])
    return next(one for one in held.functions if one.name == name)


def lookups(body, path="src/a.ts"):
    """The lookups of a handler by their own, and those that others are asked about."""
    held = function(f"async function h(req, res) {{ {body} }}", path)
    return [*held.lookups, *(one.lookup for one in held.keyed)]


@pytest.mark.parametrize(
    ("body", "model", "key", "action"),
    [
        ("await prisma.post.findUnique({ where: { id: req.params.id } })", "post", "id", READ),
        ("await prisma.post.findFirst({ where: { id: Number(req.params.id) } })", "post", "id", READ),
        ("const { id } = req.params; await this.prisma.post.update({ where: { id }, data })", "post", "id", UPDATE),
        ("await prisma.post.delete({ where: { id: req.params.id } })", "post", "id", DELETE),
        ("await prisma.$transaction((tx) => tx.post.delete({ where: { id: req.params.id } }))", "post", "id", DELETE),
        ("const where = { id: req.params.id }; await prisma.post.findUnique({ where })", "post", "id", READ),
        ("await prisma.post.findFirst({ where: { AND: [{ id: req.params.id }, { on: 1 }] } })", "post", "id", READ),
        ("await prisma.post.findFirst({ where: { id: { equals: req.params.id } } })", "post", "id", READ),
        ("await Post.findById(req.params.id)", "Post", "id", READ),
        ("await Post.findById(req.params.id).populate('x').lean()", "Post", "id", READ),
        ("await Post.findOne({ _id: req.params.id })", "Post", "_id", READ),
        ("await Post.findByIdAndUpdate(req.params.id, req.body)", "Post", "id", UPDATE),
        ("await Post.findByIdAndDelete(req.params.id)", "Post", "id", DELETE),
        ("await Post.deleteOne({ _id: req.params.id })", "Post", "_id", DELETE),
        ("await db.collection('posts').findOne({ _id: new ObjectId(req.params.id) })", "posts", "_id", READ),
        ("await Post.findByPk(req.params.id)", "Post", "id", READ),
        ("await Post.findOne({ where: { id: req.params.id } })", "Post", "id", READ),
        ("await Post.find({ where: { id: req.params.id } })", "Post", "id", READ),
        ("await Post.update({ a: 1 }, { where: { id: req.params.id } })", "Post", "id", UPDATE),
        ("await Post.destroy({ where: { id: req.params.id } })", "Post", "id", DELETE),
        ("await this.postRepository.findOneBy({ id: req.params.id })", "post", "id", READ),
        ("await this.postRepository.delete(req.params.id)", "post", "id", DELETE),
        ("await manager.findOne(Post, { where: { id: req.params.id } })", "Post", "id", READ),
        ("await getRepository(Post).findOne({ where: { id: req.params.id } })", "Post", "id", READ),
        (
            "await this.posts.createQueryBuilder('p').where('p.id = :id', { id: req.params.id }).getOne()",
            "posts", "id", READ,
        ),
        ("await db.select().from(posts).where(eq(posts.id, req.params.id))", "posts", "id", READ),
        ("await db.delete(posts).where(eq(posts.id, req.params.id))", "posts", "id", DELETE),
        ("await db.update(posts).set({ a: 1 }).where(and(eq(posts.id, req.params.id)))", "posts", "id", UPDATE),
        ("await db.query.posts.findFirst({ where: eq(posts.id, req.params.id) })", "posts", "id", READ),
        ("await db.query.posts.findFirst({ where: (t, { eq }) => eq(t.id, req.params.id) })", "posts", "id", READ),
        ("await knex('posts').where({ id: req.params.id }).first()", "posts", "id", READ),
        ("await knex('posts').where('id', req.params.id).del()", "posts", "id", DELETE),
        ("await knex('posts').where('posts.id', '=', req.params.id).update(x)", "posts", "id", UPDATE),
        ("await db.selectFrom('posts').where('id', '=', req.params.id).executeTakeFirst()", "posts", "id", READ),
        ("await pool.query('SELECT * FROM posts WHERE id = $1', [req.params.id])", "posts", "id", READ),
        ("await db.query('DELETE FROM posts WHERE id = ?', [req.params.id])", "posts", "id", DELETE),
        ("db.prepare('SELECT * FROM posts WHERE id = ?').get(req.params.id)", "posts", "id", READ),
        ("await sql`UPDATE posts SET a = ${1} WHERE id = ${req.params.id}`", "posts", "id", UPDATE),
        ("await prisma.$queryRaw`SELECT * FROM posts WHERE id = ${req.params.id}`", "posts", "id", READ),
        (
            "await sequelize.query('SELECT * FROM posts WHERE id = :id', { replacements: { id: req.params.id } })",
            "posts", "id", READ,
        ),
        ("await prisma.invoice.findFirst({ where: { orderId: req.query.orderId } })", "invoice", "orderId", READ),
    ],
)  # fmt: skip
def test_lookups_by_id_of_the_usual_libraries(body, model, key, action):
    found = lookups(body)
    assert [(one.model, one.key, one.action, one.bound) for one in found] == [
        (model, key, action, Bound.NONE)
    ]


@pytest.mark.parametrize(
    "body",
    [
        "await prisma.post.findFirst({ where: { id: req.params.id, userId: req.user.id } })",
        "const s = await auth(); await prisma.post.findFirst({ where: { id: req.params.id, by: s.user.id } })",
        "await prisma.post.findFirst({ where: { id: req.params.id, team: { some: { userId: req.user.id } } } })",
        "await prisma.post.delete({ where: { id_userId: { id: req.params.id, userId: req.user.id } } })",
        "await prisma.post.findFirst({ where: { AND: [{ id: req.params.id }, { userId: req.user.id }] } })",
        "const where = { id: req.params.id, userId: req.user.id }; await prisma.post.findFirst({ where })",
        "const mine = { userId: req.user.id }; await prisma.post.findFirst({ where: { id: req.params.id, ...mine } })",
        "await Post.findOne({ _id: req.params.id, user: req.user._id })",
        "await Post.findOneAndDelete({ _id: req.params.id, user: req.user._id })",
        "await Post.findOne({ where: { id: req.params.id, UserId: req.user.id } })",
        "await db.select().from(posts).where(and(eq(posts.id, req.params.id), eq(posts.userId, req.user.id)))",
        "await knex('posts').where({ id: req.params.id, user_id: req.user.id }).first()",
        "await knex('posts').where('id', req.params.id).andWhere('user_id', req.user.id).first()",
        "await pool.query('SELECT * FROM posts WHERE id = $1 AND user_id = $2', [req.params.id, req.user.id])",
        "await sql`SELECT * FROM posts WHERE id = ${req.params.id} AND user_id = ${req.user.id}`",
        "const me = await find({ email: req.user.email }); await Post.findOne({ _id: req.params.id, userId: me.id })",
    ],
)
def test_an_owner_term_by_flow_binds(body):
    assert lookups(body)[-1].bound is Bound.OWNER


@pytest.mark.parametrize(
    "body",
    [
        "await prisma.post.findFirst({ where: { id: req.params.id, userId: req.body.userId } })",
        "await Post.findOne({ _id: req.params.id, user: req.query.user })",
        "await pool.query('SELECT * FROM posts WHERE id = $1 AND user_id = $2', [req.params.id, req.body.user])",
    ],
)
def test_an_owner_that_the_caller_named_binds_nothing(body):
    assert lookups(body)[0].bound is Bound.NONE


@pytest.mark.parametrize(
    "body",
    [
        "await prisma.user.findUnique({ where: { id: req.user.id } })",
        "await User.findById(req.user.id)",
        "await User.findById(req.session.userId)",
        "await prisma.post.findMany({ where: { userId: req.user.id } })",
        "await prisma.post.findFirst({ where: { slug: req.params.slug } })",
        "const post = await load(); await prisma.user.findUnique({ where: { id: post.authorId } })",
        "await Post.findById('64b000000000000000000000')",
        "await prisma.setting.findUnique({ where: { id: process.env.SETTING } })",
        "const found = rows.find((row) => row.id === req.params.id)",
        "cache.delete(req.params.id)",
        "map.get(req.params.id)",
        "await axios.get('/posts', { params: { id: req.params.id } })",
        "await this.postsService.findOne(req.params.id)",
        "await pool.query('SELECT * FROM posts WHERE live = $1', [true])",
        "await prisma.post.create({ data: { id: req.body.id } })",
        "await User.findOne({ email: req.body.email })",
    ],
)
def test_what_is_no_lookup_of_somebody_elses_object(body):
    assert lookups(body) == []


def test_a_fetch_with_the_owner_before_binds_the_change_after_it():
    held = lookups(
        "const post = await prisma.post.findFirst({ where: { id: req.params.id, userId: req.user.id } });"
        "if (!post) return res.sendStatus(404);"
        "await prisma.post.update({ where: { id: req.params.id }, data: {} })"
    )
    assert [one.bound for one in held] == [Bound.OWNER, Bound.OWNER]
    held = lookups(
        "const post = await prisma.post.findFirst({ where: { id: req.params.id, userId: req.user.id } });"
        "await prisma.post.update({ where: { id: req.params.id }, data: {} })"
    )
    assert [one.bound for one in held] == [Bound.OWNER, Bound.NONE]


def test_row_level_security_may_bind_unless_the_client_passes_by_it():
    query = "await supabase.from('posts').select().eq('id', req.params.id).single()"
    assert [(one.model, one.bound, one.term) for one in lookups(query)] == [
        ("posts", Bound.UNCLEAR, "row level security")
    ]
    made = f"const supabase = createClient(url, process.env.SUPABASE_SERVICE_ROLE_KEY); {query}"
    assert lookups(made)[0].bound is Bound.NONE
    assert lookups(query.replace("supabase", "supabaseAdmin"))[0].bound is Bound.NONE
    owned = query.replace(".single()", ".eq('user_id', req.user.id)")
    assert lookups(owned)[0].bound is Bound.OWNER


def test_conditions_that_are_made_elsewhere_are_unclear():
    assert (
        lookups("await prisma.post.findFirst({ where: { id: req.params.id, ...scopeOf(x) } })")[0].bound
        is Bound.UNCLEAR
    )


def test_a_wrapper_may_have_asked_for_the_workspace():
    text = "export const GET = withWorkspace(async ({ params, workspace }) => {"
    text += " await prisma.link.findUnique({ where: { id: params.id, workspaceId: workspace.id } }) })"
    held = function(text, "app/api/links/route.ts", "GET")
    assert [one.bound for one in (*held.lookups, *(each.lookup for each in held.keyed))] == [Bound.UNCLEAR]


@pytest.mark.parametrize(
    ("body", "compares"),
    [
        ("if (post.userId !== req.user.id) return res.sendStatus(403)", True),
        (
            "if (post.user.toString() !== req.user.id && req.user.role !== 'admin') return next(new ApiError(401))",
            True,
        ),
        ("if (!post.userId.equals(req.user._id)) throw new ForbiddenException()", True),
        ("if (req.params.userId !== req.user.id) return res.sendStatus(403)", True),
        ("if (!post.members.includes(req.user.id)) return res.sendStatus(403)", True),
        ("if (!post.members.some((m) => m.userId === req.user.id)) return res.sendStatus(403)", True),
        ("if (post.userId === req.user.id) { await post.save() } else { return res.sendStatus(403) }", True),
        ("if (post.userId === req.user.id) { mine = true }", False),
        ("if (post.state !== 'open') return res.sendStatus(403)", False),
        ("if (req.user.role !== 'admin') return res.sendStatus(403)", False),
    ],
)
def test_comparisons_with_the_caller_that_refuse(body, compares):
    held = function(
        f"async function h(req, res, next) {{ const post = await Post.findById(req.params.id); {body} }}"
    )
    assert held.compares_owner is compares


def test_a_service_says_which_parameter_names_the_object_and_which_the_owner():
    text = "export class Posts { find(id: string, userId: string) {"
    text += " return this.postRepository.findOne({ where: { id, userId } }) } }"
    held = function(text, name="Posts.find")
    assert held.parameters == ("0", "1")
    assert [(one.key.parameters, one.checks[0].who.parameters) for one in held.keyed] == [(("0",), ("1",))]
    assert held.lookups == ()


def service(body):
    """What a service function that is given an id and its caller says of its lookups, and of the object's owner."""
    held = function(f"export const h = async (id: number, userId: number) => {{ {body} }};")
    owners = [[one.who.parameters for one in each.checks if not one.helper] for each in held.keyed]
    return owners, [one.who.parameters for one in held.comparisons]


def test_a_condition_on_the_owner_of_a_row_is_a_term_of_the_owner():
    bound = "await prisma.note.findFirst({ where: { id, author: { id: userId } } })"
    foreign = "await prisma.note.findFirst({ where: { id, folder: { id: folderId } } })"
    own = "await prisma.user.findFirst({ where: { id: userId } })"
    assert service(bound) == ([[("1",)]], [])
    assert service(foreign) == ([[]], [])
    assert service(own)[0] == [[]]


@pytest.mark.parametrize(
    ("condition", "compared"),
    [
        ("note.authorId !== userId", [("1",)]),
        ("note.author.id !== userId", [("1",)]),
        ("note?.author?._id !== userId", [("1",)]),
        ("note.folder.id !== userId", []),
        ("note.author.state !== userId", []),
        ("note.id !== userId", []),
    ],
)
def test_a_comparison_with_the_id_of_the_owner_refuses_others(condition, compared):
    body = f"const note = await prisma.note.findFirst({{ where: {{ id }} }}); if ({condition}) throw new Error('403')"
    assert service(body.replace("new Error('403')", "new HttpException(403, {})"))[1] == compared


def test_a_fetch_by_the_owner_that_is_given_binds_the_change_after_it():
    fetch = "const note = await prisma.note.findFirst({ where: { id, author: { id: userId } } });"
    change = "await prisma.note.delete({ where: { id } })"
    asked = "if (!note) throw new HttpException(404, {});"
    assert service(fetch + asked + change)[0] == [[("1",)], [("1",)]]
    assert service(fetch + change)[0] == [[("1",)], []]
    other = change.replace("{ id }", "{ id: noteId }")
    assert service(fetch + asked + other)[0][0] == [("1",)]
    assert [("1",)] not in service(fetch + asked + other)[0][1:]


def test_a_call_says_who_chose_its_arguments():
    text = "class C { @Get() get(@Param('id') id: string, @CurrentUser() user: User, other) {"
    text += " return this.posts.find(id, user.id, { id, by: user.id, other, fixed: 1 }) } }"
    call = function(text, name="C.get").calls[0]
    held = {name: (who.given, who.caller, who.parameters) for name, who in call.passed}
    assert held == {
        "0": (True, False, ()),
        "1": (False, True, ()),
        "2.id": (True, False, ()),
        "2.by": (False, True, ()),
        "2.other": (False, False, ("2",)),
    }
    assert call.always


def test_who_is_asked_about_an_object_stands_beside_its_lookup():
    held = function(
        "async function h(req) { const post = await Post.findByPk(req.params.id); authorize(req.user, 'read', post) }"
    )
    (lookup,) = held.keyed
    assert [(one.helper, one.certain, one.who.caller) for one in lookup.checks] == [("authorize", True, True)]
    other = function(
        "async function h(req) { const post = await Post.findByPk(req.params.id); authorize(req.user, 'read', team) }"
    )
    assert [one.bound for one in other.lookups] == [Bound.NONE]
    assert other.keyed == ()


def test_hostile_queries_end():
    deep = "{ AND: [" * 300 + "{ id: req.params.id }" + "] }" * 300
    lookups(f"await prisma.post.findFirst({{ where: {deep} }})")
    lookups(
        "const a = { ...b }; const b = { ...a }; await prisma.post.findFirst({ where: { ...a, id: req.params.id } })"
    )
    lookups("await db" + ".where('a', req.params.id)" * 500)


@pytest.mark.parametrize(
    ("asked", "helper"),
    [
        (
            "if (!(await verifyCurrentUserHasAccess(req.params.id))) return res.sendStatus(403);",
            ["verifyCurrentUserHasAccess"],
        ),
        (
            "const mine = await canAccess(req.params.id); if (!mine) return res.sendStatus(403);",
            ["canAccess"],
        ),
        ("if (!(await hasAccess(req.params.other))) return res.sendStatus(403);", []),
        ("if (!isValid(req.params.id)) return res.sendStatus(400);", []),
        ("if (!(await exists(req.params.id))) return res.sendStatus(404);", []),
    ],
)
def test_a_helper_that_finds_out_itself_who_asks(asked, helper):
    held = function(
        f"async function h(req, res) {{ {asked} await prisma.note.update({{ where: {{ id: req.params.id }} }}) }}"
    )
    assert [check.helper for one in held.keyed for check in one.checks] == helper
    assert len(held.lookups) == (0 if helper else 1)
