import pytest

from tests.source.flask.apps import main, one, read, routes


def test_routes_with_converters():
    found = routes(
        main(
            """
            @app.route("/")
            @app.route("/home")
            def home(): ...
            @app.route("/users/<int:user_id>/<path:rest>", methods=["GET", "HEAD", "OPTIONS", "DELETE"])
            def user(user_id, rest): ...
            @app.post("/any/<any(a, b):kind>")
            def kind(kind): ...
            """
        )
    )
    assert sorted(found) == [
        "DELETE /users/{user_id}/{rest}",
        "GET /",
        "GET /home",
        "GET /users/{user_id}/{rest}",
        "POST /any/{kind}",
    ]
    schemas = {each.name: each.schema for each in found["GET /users/{user_id}/{rest}"].parameters}
    assert schemas == {"user_id": {"type": "integer", "minimum": 0}, "rest": {"type": "string"}}
    assert found["POST /any/{kind}"].parameters[0].schema == {"enum": ["a", "b"]}


def test_blueprints_in_blueprints():
    found = routes(
        {
            "shop/users/__init__.py": """
                from flask import Blueprint
                bp = Blueprint("users", __name__, url_prefix="/users")
                from shop.users import views
            """,
            "shop/users/views.py": """
                from shop.users import bp
                @bp.get("/<uuid:id>")
                def show(id): ...
            """,
            "shop/api.py": """
                from flask import Blueprint
                from shop.users import bp as users
                api = Blueprint("api", __name__, url_prefix="/ignored")
                api.register_blueprint(users)
            """,
            "shop/__init__.py": """
                from flask import Flask
                def create_app(config=None):
                    app = Flask(__name__)
                    register(app)
                    return app
                def register(app):
                    from shop.api import api
                    app.register_blueprint(api, url_prefix="/api")
            """,
        }
    )
    assert list(found) == ["GET /api/users/{id}"]
    route = found["GET /api/users/{id}"]
    assert (route.handler, route.place.path, route.app) == (
        "show",
        "shop/users/views.py",
        "shop/__init__.py:create_app",
    )


def test_class_based_views():
    found = read(
        main(
            """
            class Items(MethodView):
                def get(self, id): ...
                def delete(self, id): ...
            class Page(View):
                methods = ["GET", "POST"]
                def dispatch_request(self): ...
            app.add_url_rule("/items/<int:id>", view_func=Items.as_view("items"))
            app.add_url_rule("/items", view_func=Items.as_view("list"), methods=["GET"])
            app.add_url_rule("/page", view_func=login_required(Page.as_view("page")))
            """
        )
    ).routes
    assert sorted((each.route.id, each.handler[1]) for each in found) == [
        ("DELETE /items/{id}", "Items.delete"),
        ("GET /items", "Items.get"),
        ("GET /items/{id}", "Items.get"),
        ("GET /page", "Page.dispatch_request"),
        ("POST /page", "Page.dispatch_request"),
    ]
    access = {each.route.id: each.route.access.value for each in found}
    assert access["GET /page"] == "member"
    assert access["GET /items"] == "none"


def test_flask_restful():
    found = routes(
        """
        from flask import Blueprint, Flask
        from flask_restful import Api, Resource
        app = Flask(__name__)
        bp = Blueprint("api", __name__)
        class OwnApi(Api):
            def add_versioned(self, resource, *urls):
                self.add_resource(resource, *[f"/v1{url}" for url in urls])
        api = OwnApi(bp, prefix="/api")
        class Item(Resource):
            def get(self, id): ...
            def put(self, id): ...
        api.add_versioned(Item, "/items/<int:id>", "/things/<int:id>")
        app.register_blueprint(bp, url_prefix="/x")
        """
    )
    assert sorted(found) == [
        "GET /x/api/v1/items/{id}",
        "GET /x/api/v1/things/{id}",
        "PUT /x/api/v1/items/{id}",
        "PUT /x/api/v1/things/{id}",
    ]


def test_flask_restx():
    found = routes(
        """
        from flask import Flask
        from flask_restx import Api, Namespace, Resource, fields
        app = Flask(__name__)
        api = Api(prefix="/api")
        ns = Namespace("users")
        other = Namespace("other", path="/o")
        user = ns.model("User", {"email": fields.String(required=True), "age": fields.Integer})
        @ns.route("/", "/all")
        class Users(Resource):
            def get(self): ...
            @ns.expect(user, validate=True)
            def post(self): ...
        @other.route("/x")
        class Other(Resource):
            def get(self): ...
        api.add_namespace(ns)
        api.add_namespace(other, path="/moved")
        api.init_app(app)
        """
    )
    assert sorted(found) == [
        "GET /api/moved/x",
        "GET /api/users/",
        "GET /api/users/all",
        "POST /api/users/",
        "POST /api/users/all",
    ]
    assert found["POST /api/users/"].bodies[0].schema == {
        "type": "object",
        "properties": {"email": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["email"],
    }


def test_flask_smorest():
    route = one(
        """
        from flask import Flask
        from flask.views import MethodView
        from flask_smorest import Api, Blueprint
        from marshmallow import Schema, fields
        app = Flask(__name__)
        api = Api(app)
        blp = Blueprint("pets", "pets", url_prefix="/pets")
        class PetSchema(Schema):
            name = fields.Str(required=True)
        @blp.route("/")
        class Pets(MethodView):
            @blp.arguments(PetSchema)
            @blp.response(201, PetSchema)
            def post(self, data): ...
        api.register_blueprint(blp)
        """
    )
    assert route.id == "POST /pets/"
    assert route.bodies[0].schema["required"] == ["name"]
    assert route.guards == ()


def test_a_prefix_from_the_configuration():
    route = one(
        {
            "shop/config.py": 'class Config:\n    API_PREFIX = "/api"\n',
            "shop/app.py": main(
                """
                bp = Blueprint("b", __name__)
                @bp.route("/x")
                def x(): ...
                app.register_blueprint(bp, url_prefix=app.config["API_PREFIX"])
                """
            ),
        }
    )
    assert route.path == "/api/x"
    assert "its default stands here" in route.note


def test_what_cannot_be_read_is_uncertain():
    route = one(
        main(
            """
            bp = Blueprint("b", __name__)
            @bp.route("/x")
            def x(): ...
            app.register_blueprint(bp, url_prefix=app.config["NOWHERE"])
            """
        )
    )
    assert not route.certain
    assert "NOWHERE" in route.note


def test_a_blueprint_that_nobody_registers():
    route = one("from flask import Blueprint\nbp = Blueprint('b', __name__)\n@bp.get('/x')\ndef x(): ...\n")
    assert (route.served, route.certain) == (False, False)


def test_a_plugin_that_is_loaded_by_name():
    found = routes(
        {
            "shop/app.py": main("import importlib\nimportlib.import_module('plugins.extra').load(app)\n"),
            "plugins/extra.py": """
                from flask import Blueprint
                def load(app):
                    bp = Blueprint("extra", __name__)
                    @bp.route("/extra")
                    def extra(): ...
                    app.register_blueprint(bp)
            """,
        }
    )
    assert found["GET /extra"].served


def test_own_application_class_and_helpers():
    found = routes(
        """
        from flask import Flask
        class Shop(Flask):
            def __init__(self, **kwargs):
                super().__init__(__name__, **kwargs)
        def page(app, rules, view):
            for rule in rules:
                app.add_url_rule(rule, view_func=view)
        def create():
            app = Shop()
            def view(): ...
            page(app, ["/a", "/b"], view)
            return app
        """
    )
    assert sorted(found) == ["GET /a", "GET /b"]


def test_the_stack_with_its_version():
    found = read(main('@app.get("/")\ndef home(): ...\n'), manifest="Flask==3.0.2\nflask-login==0.6\n")
    assert [(app.framework, app.version, app.name) for app in found.apps] == [
        ("Flask", "3.0.2", "shop/app.py:app")
    ]


@pytest.mark.parametrize("text", ["", "x = 1\n", "from flask import (\n", "import flask\n" + "(" * 300])
def test_nothing_comes_of_nothing(text):
    assert read(text).routes == ()


def test_apiflask():
    found = routes(
        """
        from apiflask import APIBlueprint, APIFlask, HTTPTokenAuth, Schema
        from apiflask.fields import String
        app = APIFlask(__name__)
        auth = HTTPTokenAuth()
        bp = APIBlueprint("pets", __name__, url_prefix="/pets")
        class PetIn(Schema):
            name = String(required=True)
        @bp.post("/")
        @bp.input(PetIn)
        @app.auth_required(auth)
        def create(data): ...
        app.register_blueprint(bp)
        """
    )
    route = found["POST /pets/"]
    assert route.access == "member"
    assert set(route.bodies[0].schema["properties"]) == {"name"}
