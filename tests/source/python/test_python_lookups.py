import pytest

from tests.source.python.reading import bounds, facts_of, route

HEAD = """
from fastapi import APIRouter, Depends, HTTPException
from app.deps import CurrentUser, SessionDep, get_current_user, get_db
router = APIRouter()
"""


def fastapi(body, parameters="item_id: int, session: SessionDep, current_user: CurrentUser"):
    lines = "\n".join(f"    {line}" for line in body.strip("\n").split("\n"))
    return f"{HEAD}\n@router.get('/items/{{item_id}}')\ndef read(\n    {parameters},\n):\n{lines}\n"


def django(body, signature="request, pk"):
    lines = "\n".join(f"    {line}" for line in body.strip("\n").split("\n"))
    return f"from django.shortcuts import get_object_or_404\n@api_view(['GET'])\ndef read({signature}):\n{lines}\n"


@pytest.mark.parametrize(
    "body",
    [
        "return session.get(Item, item_id)",
        "return session.query(Item).get(item_id)",
        "return session.query(Item).filter(Item.id == item_id).first()",
        "return session.query(Item).filter_by(id=item_id).one_or_none()",
        "return session.scalar(select(Item).where(Item.id == item_id))",
        (
            "statement = select(Item)\n"
            "statement = statement.where(item_id == Item.id)\nreturn session.exec(statement).first()"
        ),
        "return Item.query.get_or_404(item_id)",
        "return db.get_or_404(Item, item_id)",
        "return Item.get_by_id(item_id)",
        "return Item.get_or_none(id=item_id)",
        "return Item.filter(id=item_id).first()",
        "return session.execute(text('SELECT * FROM Item WHERE id = :id'), {'id': item_id}).first()",
        "return cursor.execute('SELECT * FROM Item WHERE state = ? AND id = ?', (1, item_id))",
        "return cursor.execute(f'SELECT * FROM Item WHERE id = {item_id}')",
        "return db.Item.find_one({'_id': ObjectId(item_id)})",
        "return session.query(Item).filter(and_(Item.id == item_id, Item.deleted == False)).first()",
    ],
)
def test_a_fetch_by_id_alone_is_bound_to_nobody(body):
    assert bounds(fastapi(body), "read") == [("Item", "none")]


@pytest.mark.parametrize(
    "body",
    [
        "return session.query(Item).filter(Item.id == item_id, Item.owner_id == current_user.id).first()",
        "return session.scalar(select(Item).where(Item.id == item_id).where(Item.author == current_user))",
        "return session.query(Item).filter_by(id=item_id, tenant_id=current_user.tenant_id).first()",
        "return session.query(Item).filter(Item.id == item_id, Item.members.any(User.id == current_user.id)).first()",
        "me = current_user.id\nreturn Item.get_or_none(id=item_id, whose=me)",
        "return cursor.execute('SELECT * FROM Item WHERE id = ? AND owner = ?', (item_id, current_user.id))",
        "return db.Item.find_one({'_id': item_id, 'owner': current_user.id})",
        (
            "item = session.get(Item, item_id)\nif item.owner_id != current_user.id:\n"
            "    raise HTTPException(403)\nreturn item"
        ),
        (
            "item = session.get(Item, item_id)\n"
            "if not current_user.is_superuser and item.owner_id != current_user.id:\n"
            "    raise HTTPException(403)\nreturn item"
        ),
        (
            "item = session.get(Item, item_id)\nif item is None or str(item.owner_id) != str(current_user.id):\n"
            "    raise HTTPException(404)\nreturn item"
        ),
        (
            "item = session.get(Item, item_id)\nif item.owner_id == current_user.id:\n"
            "    return item\nraise HTTPException(403)"
        ),
        (
            "item = session.get(Item, item_id)\nif current_user not in item.members:\n"
            "    raise HTTPException(403)\nreturn item"
        ),
        "item = session.get(Item, item_id)\nassert item.owner_id == current_user.id\nreturn item",
        (
            "statement = select(Item).where(Item.id == item_id)\nif not current_user.is_admin:\n"
            "    statement = statement.where(Item.owner_id == current_user.id)\nreturn session.scalar(statement)"
        ),
    ],
)
def test_an_owner_term_or_a_comparison_binds_it(body):
    assert bounds(fastapi(body), "read") == [("Item", "owner")]


@pytest.mark.parametrize(
    "body",
    [
        # Named like an owner, chosen by the caller
        "return session.query(Item).filter(Item.id == item_id, Item.owner_id == owner_id).first()",
        # Compared, and nothing comes of it
        (
            "item = session.get(Item, item_id)\nif item.owner_id == current_user.id:\n"
            "    raise HTTPException(409)\nreturn item"
        ),
        # Compared with somebody else
        "item = session.get(Item, item_id)\nif item.owner_id != owner_id:\n    raise HTTPException(403)\nreturn item",
        # The user is fetched and not asked
        "item = session.get(Item, item_id)\nlog(current_user.id)\nreturn item",
        # An excluded owner is no owner
        "return session.query(Item).filter(Item.id == item_id, Item.owner_id != current_user.id).first()",
    ],
)
def test_what_looks_like_an_owner_check_and_is_none(body):
    parameters = "item_id: int, owner_id: int, session: SessionDep, current_user: CurrentUser"
    assert bounds(fastapi(body, parameters), "read") == [("Item", "none")]


@pytest.mark.parametrize(
    "body",
    [
        "return session.get(User, current_user.id)",
        "return session.get(Item, 1)",
        "return session.get(Item, DEFAULT_ITEM)",
        "return session.query(Item).filter(Item.owner_id == current_user.id).all()",
        "order = current_user.orders[0]\nreturn session.get(Item, order.item_id)",
        "return cache.get(item_id)",
        "return {'a': 1}.get(item_id)",
        "return requests.get(BASE, params=item_id)",
        "if item_id != current_user.id:\n    raise HTTPException(403)\nreturn session.get(User, item_id)",
    ],
)
def test_what_is_no_fetch_by_the_callers_id(body):
    assert bounds(fastapi(body), "read") == []


def test_what_an_unread_helper_asks_is_unclear():
    body = "item = session.get(Item, item_id)\ncheck_access(current_user, item)\nreturn item"
    assert bounds(fastapi(body), "read") == [("Item", "unclear")]


def test_a_helper_of_the_repository_is_read():
    asks = "def check_access(user, item):\n    if item.owner_id != user.id:\n        raise Forbidden()\n"
    silent = "def notify(user, item):\n    mail(user.email, item.name)\n"
    body = "item = session.get(Item, item_id)\n{}(current_user, item)\nreturn item"
    assert bounds(asks + fastapi(body.format("check_access")), "read") == [("Item", "owner")]
    assert bounds(silent + fastapi(body.format("notify")), "read") == [("Item", "none")]


def test_a_predicate_binds_where_a_refusal_hangs_on_it():
    predicate = "def can_edit(user, item):\n    return item.owner_id == user.id\n"
    body = (
        "item = session.get(Item, item_id)\nif not can_edit(current_user, item):\n"
        "    raise HTTPException(403)\nreturn item"
    )
    assert bounds(predicate + fastapi(body), "read") == [("Item", "owner")]
    idle = "item = session.get(Item, item_id)\nshown = can_edit(current_user, item)\nreturn item"
    assert bounds(predicate + fastapi(idle), "read") == [("Item", "none")]


def test_a_refusal_of_some_only_is_unclear():
    body = (
        "item = session.get(Item, item_id)\nif settings.STRICT and item.owner_id != current_user.id:\n"
        "    raise HTTPException(403)\nreturn item"
    )
    assert bounds(fastapi(body), "read") == [("Item", "unclear")]


def test_a_tenant_that_the_caller_names_is_unclear():
    body = "return session.query(Item).filter(Item.id == item_id, Item.workspace_id == workspace_id).first()"
    parameters = "workspace_id: int, item_id: int, session: SessionDep"
    assert bounds(fastapi(body, parameters), "read") == [("Item", "unclear")]


# --------------------------------------------------------------------------------------------- calls

SERVICE = """
class ItemService:
    def __init__(self, db):
        self.db = db

    def get(self, item_id, user_id=None):
        query = self.db.query(Item).filter(Item.id == item_id)
        if user_id is not None:
            query = query.filter(Item.owner_id == user_id)
        return query.first()
"""


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("service.get(item_id, current_user.id)", [("Item", "owner")]),
        ("service.get(item_id, user_id=current_user.id)", [("Item", "owner")]),
        ("service.get(item_id)", [("Item", "none")]),
        ("service.get(item_id, owner_id)", [("Item", "none")]),
        ("service.get(current_user.item_id)", []),
        ("service.get(1)", []),
    ],
)
def test_lookups_of_a_service_are_judged_by_what_it_is_given(call, expected):
    files = {
        "app/services.py": SERVICE,
        "app/api.py": "from app.services import ItemService\n"
        + fastapi(
            f"service = ItemService(session)\nreturn {call}",
            "item_id: int, owner_id: int, session: SessionDep, current_user: CurrentUser",
        ),
    }
    assert bounds(files, "read") == expected


def test_an_injected_service_is_found_by_its_type_or_alias():
    for parameters in (
        "item_id: int, service: ItemService = Depends(get_service)",
        "item_id: int, service: Annotated[ItemService, Depends()]",
        "item_id: int, service: ItemServiceDep",
    ):
        files = {
            "app/services.py": SERVICE + "\nItemServiceDep = Annotated[ItemService, Depends(get_service)]\n",
            "app/api.py": "from app.services import ItemService, ItemServiceDep\n"
            + fastapi("return service.get(item_id)", parameters),
        }
        assert bounds(files, "read") == [("Item", "none")], parameters


def test_a_dependency_that_fetches_the_object_is_followed():
    deps = (
        "def item_of_caller(item_id: int, user=Depends(get_current_user)):\n    item = session.get(Item, item_id)\n"
        "    if item.owner_id != user.id:\n        raise HTTPException(404)\n    return item\n"
        "def any_item(item_id: int):\n    return session.get(Item, item_id)\n"
    )
    for name, expected in (("item_of_caller", "owner"), ("any_item", "none")):
        text = (
            HEAD
            + deps
            + f"@router.get('/items/{{item_id}}')\ndef read(item=Depends({name})):\n    return item\n"
        )
        assert bounds(text, "read") == [("Item", expected)]


def test_the_caller_is_known_by_what_its_dependency_gives_not_by_its_name():
    deps = (
        "def whoever(token: str = Depends(scheme)):\n    payload = jwt.decode(token, KEY)\n"
        "    return session.get(User, payload['sub'])\n"
        "def by_path(user_id: int):\n    return session.get(User, user_id)\n"
        "PersonDep = Annotated[User, Depends(whoever)]\nOtherDep = Annotated[User, Depends(by_path)]\n"
    )
    body = "return session.query(Item).filter(Item.id == item_id, Item.owner_id == person.id).first()"
    for alias, expected in (
        ("PersonDep", [("Item", "owner")]),
        ("OtherDep", [("Item", "none"), ("User", "none")]),
    ):
        files = {
            "app/deps.py": HEAD + deps,
            "app/api.py": f"from app.deps import {alias}\n" + fastapi(body, f"item_id: int, person: {alias}"),
        }
        assert bounds(files, "read") == expected


def test_a_comparison_after_the_call_binds_what_the_callee_fetched():
    crud = "def get_item(db, item_id):\n    return db.query(Item).filter(Item.id == item_id).first()\n"
    body = (
        "item = get_item(session, item_id)\nif item.owner_id != current_user.id:\n"
        "    raise HTTPException(403)\nreturn item"
    )
    assert bounds(crud + fastapi(body), "read") == [("Item", "owner")]
    assert bounds(crud + fastapi("return get_item(session, item_id)"), "read") == [("Item", "none")]


def test_class_methods_are_named_after_the_class_they_are_called_on():
    models = (
        "class Base:\n    @classmethod\n    def by_id(cls, key):\n"
        "        return cls.query.filter(cls.id == key).one()\nclass Item(Base):\n    pass\n"
    )
    files = {
        "app/models.py": models,
        "app/api.py": "from app.models import Item\n" + fastapi("return Item.by_id(item_id)"),
    }
    assert bounds(files, "read") == [("Item", "none")]


def test_functions_that_run_elsewhere_are_followed():
    crud = "def load(item_id):\n    return session.get(Item, item_id)\n"
    assert bounds(crud + fastapi("return asyncio.to_thread(load, item_id)"), "read") == [("Item", "none")]
    inner = "def work():\n    return session.get(Item, item_id)\nreturn run_in_threadpool(work)"
    assert bounds(fastapi(inner), "read") == [("Item", "none")]


# -------------------------------------------------------------------------------------------- Django


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return Item.objects.get(pk=pk)", [("Item", "none")]),
        ("return get_object_or_404(Item, pk=pk)", [("Item", "none")]),
        ("return get_object_or_404(Item, pk=pk, owner=request.user)", [("Item", "owner")]),
        ("return get_object_or_404(Item.objects.filter(owner=request.user), pk=pk)", [("Item", "owner")]),
        ("return Item.objects.filter(id=pk).first()", [("Item", "none")]),
        ("return Item.objects.filter(Q(owner=request.user) | Q(public=True), id=pk).first()", [("Item", "owner")]),
        ("return request.user.items.get(pk=pk)", [("items", "owner")]),
        (
            "item = Item.objects.get(pk=pk)\nif item.owner != request.user:\n    raise PermissionDenied\nreturn item",
            [("Item", "owner")],
        ),
        ("return Item.objects.get(pk=request.GET['id'])", [("Item", "none")]),
        ("return Item.objects.exclude(owner=request.user).get(pk=pk)", [("Item", "none")]),
        ("return User.objects.get(pk=request.user.pk)", []),
        (
            ("if not Member.objects.filter(project_id=pk, user=request.user).exists():\n    raise PermissionDenied\n"
            "return Project.objects.get(pk=pk)"),
            [("Project", "owner")],
        ),
        (
            ("project = get_object_or_404(Project, pk=pk)\n"
            "get_object_or_404(Member, project=project, user=request.user)\n"
            "return project"),
            [("Project", "owner")],
        ),
    ],
)  # fmt: skip
def test_lookups_of_django(body, expected):
    assert bounds(django(body), "read", path="app/api.py") == expected


def test_a_caller_that_is_only_handed_over_binds_nothing_for_certain():
    assert bounds(django("return get_object_or_error(Item, request.user, pk=pk)"), "read") == [
        ("Item", "unclear")
    ]
    assert bounds(django("return Item.objects.filter(visible_to(request.user), pk=pk)"), "read") == [
        ("Item", "unclear")
    ]
    conditions = (
        "conditions = [Item.pk == pk, Item.owner == request.user]\n"
        "return query(Item).filter(Item.pk == pk, *conditions)"
    )
    assert bounds(django(conditions), "read") == [("Item", "owner")]


def test_attributes_of_what_was_fetched_are_not_the_callers_choice():
    service = "def history(thing):\n    return Event.query.filter(Event.thing_id == thing.id).all()\n"
    body = "thing = load(item_id)\nreturn history(thing)"
    assert bounds(service + fastapi(body), "read") == []
    # of a body they are
    given = "@router.post('/')\ndef read(thing: ThingIn):\n    return history(thing)\n"
    assert bounds(HEAD + service + given, "read") == [("Event", "none")]


def test_a_row_of_the_caller_beside_the_object_is_no_check():
    body = (
        "item = session.get(Item, item_id)\n"
        "seen = session.query(Seen).filter(Seen.item_id == item.id, Seen.user == current_user).first()\nreturn item"
    )
    assert bounds(fastapi(body), "read") == [("Item", "none")]
    refused = body.replace("return item", "if seen is None:\n    raise HTTPException(403)\nreturn item")
    assert bounds(fastapi(refused), "read") == [("Item", "owner")]


def test_the_query_set_of_a_view_is_read():
    view = (
        "class ItemView(APIView):\n    def get_queryset(self):\n        return {}\n"
        "    def get(self, request, pk):\n        return self.get_queryset().get(pk=pk)\n"
    )
    own = view.format("Item.objects.filter(owner=self.request.user)")
    everybody = view.format("Item.objects.all()")
    assert bounds(own, "ItemView.get") == [("get_queryset", "owner")]
    assert bounds(everybody, "ItemView.get") == [("get_queryset", "none")]


def test_what_is_done_with_what_was_fetched():
    def action(body, method="POST"):
        return [one.action.value for one in route(fastapi(body), "read", method=method).lookups]

    assert action("session.delete(session.get(Item, item_id))") == ["delete"]
    assert action("item = session.get(Item, item_id)\nitem.name = 'x'") == ["update"]
    assert action("session.execute(delete(Item).where(Item.id == item_id))") == ["delete"]
    assert action("Item.query.filter_by(id=item_id).update({'a': 1})") == ["update"]
    assert action("return session.get(Item, item_id)") == ["read"]
    assert action("return session.get(Item, item_id)", "DELETE") == ["delete"]


# ------------------------------------------------------------------------------------------- robust


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 80 + "1" + ")" * 80,
        "x = " + " + ".join(["'a'"] * 3000),
        "def f(a):\n    x = " + "a" + ".b()" * 900,
        "def f(a):\n" + "".join(f"{'    ' * (i + 1)}if a:\n" for i in range(60)) + "    " * 61 + "pass",
        "def f(a):\n    return " + "[" * 60 + "a" + "]" * 60,
        "def f(a):\n    if a == 0:\n        pass\n"
        + "".join(f"    elif a == {i}:\n        pass\n" for i in range(900)),
    ],
)
def test_hostile_nesting_is_passed_over(text):
    assert facts_of(text).path


def test_broken_syntax_is_said():
    assert "line 1" in facts_of("def f(:\n").problem


def test_a_method_of_what_was_fetched_is_read_whatever_its_name():
    models = (
        "class Shelf(Base):\n    def raise_not_deletable(self, viewer):\n        if self.user != viewer:\n"
        "            raise PermissionDenied()\n    def shown_to(self, viewer):\n        log(viewer)\n"
    )
    body = "shelf = get_object_or_404(models.Shelf, id=pk)\nshelf.{}(request.user)\nshelf.delete()"
    for method, expected in (("raise_not_deletable", "owner"), ("shown_to", "none"), ("unknown", "none")):
        files = {
            "app/models.py": models,
            "app/api.py": "from app import models\n" + django(body.format(method)),
        }
        assert bounds(files, "read") == [("Shelf", expected)], method


def test_what_leaves_a_relation_of_an_object_leaves_the_object_there():
    text = "def {0}(request, slug):\n    item = Item.objects.get(slug=slug)\n    item.{1}\n"
    for change, action in (
        ("fans.remove(request.user)", "read"),
        ("delete()", "delete"),
        ("save()", "update"),
    ):
        held = route({"app/api.py": text.format("view", change)}, "view")
        assert [one.action.value for one in held.lookups] == [action]


@pytest.mark.parametrize(("key", "action"), [("slug", "read"), ("id", "delete")])
def test_only_the_last_parameter_of_a_path_names_what_is_deleted(key, action):
    text = f"def view(request, {key}):\n    return Item.objects.get({key}={key})\n"
    held = route({"app/api.py": text}, "view", method="DELETE", serves="/items/{slug}/notes/{id}")
    assert [one.action.value for one in held.lookups] == [action]
