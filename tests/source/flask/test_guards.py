import pytest

from tests.source.flask.apps import access, kinds, main, one, read, routes


@pytest.mark.parametrize(
    ("imported", "decorator", "kind"),
    [
        ("from flask_login import login_required", "login_required", "authenticates"),
        ("from flask_jwt_extended import jwt_required", "jwt_required()", "authenticates"),
        ("from flask_jwt_extended import jwt_required", "jwt_required(optional=True)", "identifies"),
        ("from flask_jwt_extended import jwt_required", "jwt_required", "authenticates"),
        (
            "from flask_httpauth import HTTPTokenAuth\nauth = HTTPTokenAuth()",
            "auth.login_required",
            "authenticates",
        ),
        (
            "from flask_httpauth import HTTPTokenAuth\nauth = HTTPTokenAuth()",
            "auth.login_required(optional=True)",
            "identifies",
        ),
        (
            "from flask_httpauth import HTTPTokenAuth\nauth = HTTPTokenAuth()",
            "auth.login_required(role='admin')",
            "authorizes",
        ),
        ("from flask_security import auth_required", "auth_required('token')", "authenticates"),
        ("from flask_security import roles_required", "roles_required('editor')", "authorizes"),
    ],
)
def test_packages(imported, decorator, kind):
    route = one(main(f'{imported}\n@app.get("/x")\n@{decorator}\ndef x(): ...\n'))
    assert [guard.kind.value for guard in route.guards] == [kind]


@pytest.mark.parametrize(
    "decorator",
    ["cache.cached(60)", "limiter.limit('1/s')", "cross_origin()", "swag_from('x.yml')", "validate()"],
)
def test_decorators_that_guard_nothing(decorator):
    imports = (
        "from flask_caching import Cache\nfrom flask_cors import cross_origin\nfrom flasgger import swag_from\n"
        "from flask_limiter import Limiter\nfrom flask_pydantic import validate\ncache = Cache()\nlimiter = Limiter()\n"
    )
    assert one(main(f'{imports}@app.get("/x")\n@{decorator}\ndef x(): ...\n')).guards == ()


def test_a_decorator_above_the_route_guards_nothing():
    assert one(main('@login_required\n@app.get("/x")\ndef x(): ...\n')).guards == ()


OWN = """
def signed_in(view):
    @functools.wraps(view)
    def wrapped(*args, **kwargs):
        if {test}:
            {refuse}
        return view(*args, **kwargs)
    return wrapped
@app.get("/x")
@signed_in
def x(): ...
"""


@pytest.mark.parametrize(
    "test",
    [
        "not current_user.is_authenticated",
        "current_user.is_anonymous",
        "g.user is None",
        'not session.get("user_id")',
        '"user_id" not in session',
        'session.get("user_id") is None',
        'not request.headers.get("Authorization")',
        'not request.cookies.get("token")',
        "request.authorization is None",
    ],
)
@pytest.mark.parametrize(
    "refuse",
    [
        "abort(401)",
        "abort(403)",
        'return redirect(url_for("auth.login"))',
        'return jsonify(error="no"), 401',
        "return current_app.login_manager.unauthorized()",
    ],
)
def test_own_decorators_are_read(test, refuse):
    assert kinds(one(main(OWN.format(test=test, refuse=refuse)))) == [("signed_in", "authenticates", "route")]


@pytest.mark.parametrize(
    ("test", "refuse"),
    [
        ("current_user.is_authenticated", "abort(403)"),  # it turns away members, not strangers
        ("not current_user.is_authenticated", "log()"),
        ("not current_user.is_authenticated", "abort(404)"),
        ("not current_user.is_authenticated", "g.user = None"),
    ],
)
def test_what_only_looks_like_a_guard(test, refuse):
    assert one(main(OWN.format(test=test, refuse=refuse))).access == "none"


def test_roles_are_told_from_members():
    found = routes(
        main(
            """
            def is_admin():
                return current_user.is_authenticated and current_user.role == "admin"
            def admins_only(view):
                @functools.wraps(view)
                def wrapped(*args, **kwargs):
                    if is_admin():
                        return view(*args, **kwargs)
                    abort(403)
                return wrapped
            class needs:
                def __init__(self, permission):
                    self.permission = permission
                def __call__(self, view):
                    @functools.wraps(view)
                    def wrapped(*args, **kwargs):
                        if not current_user.has_permission(self.permission):
                            abort(403)
                        return view(*args, **kwargs)
                    return wrapped
            def needs_moderator(view):
                return needs("moderator")(view)
            @app.get("/a")
            @admins_only
            def a(): ...
            @app.get("/b")
            @needs("reports")
            def b(): ...
            @app.get("/c")
            @needs_moderator
            def c(): ...
            """
        )
    )
    assert found["GET /a"].access == "admin"
    assert [(guard.kind.value, guard.role) for guard in found["GET /b"].guards] == [("authorizes", "reports")]
    assert found["GET /c"].guards[0].kind == "authorizes"


def test_a_decorator_that_a_setting_decides_about_is_unclear():
    route = one(
        main(
            """
            def visible(view):
                @functools.wraps(view)
                def wrapped(*args, **kwargs):
                    mode = current_app.config.get("VISIBILITY")
                    if mode == "public":
                        return view(*args, **kwargs)
                    if current_user.is_authenticated:
                        return view(*args, **kwargs)
                    return redirect(url_for("login"))
                return wrapped
            @app.get("/x")
            @visible
            def x(): ...
            """
        )
    )
    assert route.access == "unclear"


def test_a_shared_key_is_for_services():
    route = one(
        main(
            """
            import hmac
            def api_key_required(view):
                @functools.wraps(view)
                def wrapped(*args, **kwargs):
                    if not hmac.compare_digest(request.headers.get("X-Api-Key", ""), current_app.config["KEY"]):
                        abort(401)
                    return view(*args, **kwargs)
                return wrapped
            @app.post("/hook")
            @api_key_required
            def hook(): ...
            """
        )
    )
    assert route.access == "service"


# -------------------------------------------------------------------------------------------------- hooks


def test_a_function_before_all_requests_exempts_endpoints():
    found = access(
        main(
            """
            bp = Blueprint("auth", __name__, url_prefix="/auth")
            @bp.route("/login", methods=["POST"])
            def login(): ...
            @bp.route("/me")
            def me(): ...
            @app.route("/health")
            def health(): ...
            @app.route("/things")
            def things(): ...
            app.register_blueprint(bp)
            OPEN = {"auth.login"}
            @app.before_request
            def check():
                if request.endpoint in OPEN or request.path.startswith("/health"):
                    return None
                if not session.get("user_id"):
                    abort(401)
            """
        )
    )
    assert found == {
        "POST /auth/login": "public",
        "GET /auth/me": "member",
        "GET /health": "public",
        "GET /things": "member",
    }


def test_a_function_before_the_requests_of_a_blueprint():
    found = routes(
        main(
            """
            bp = Blueprint("mine", __name__, url_prefix="/mine")
            @bp.before_request
            @login_required
            def check():
                pass
            @bp.route("/x")
            def x(): ...
            @app.route("/open")
            def open_(): ...
            app.register_blueprint(bp)
            """
        )
    )
    assert kinds(found["GET /mine/x"]) == [("check", "authenticates", "group")]
    assert found["GET /open"].guards == ()


def test_a_blueprints_function_before_all_requests():
    found = read(
        main(
            """
            bp = Blueprint("b", __name__)
            @bp.before_app_request
            def load():
                g.user = find(session.get("user_id"))
            @app.route("/x")
            def x(): ...
            app.register_blueprint(bp)
            """
        )
    )
    assert kinds(found.routes[0].route) == [("load", "identifies", "global")]
    assert [guard.name for guard in found.apps[0].guards] == ["load"]


def test_a_hook_that_refuses_nobody_for_who_they_are():
    route = one(
        main(
            """
            @app.before_request
            def maintenance():
                if current_app.config["CLOSED"]:
                    return "closed", 503
            @app.before_request
            def csrf_protect():
                if session.get("token") != request.form.get("token"):
                    abort(403)
            @app.route("/x")
            def x(): ...
            """
        )
    )
    assert route.access == "none"


def test_decorators_of_classes():
    found = access(
        main(
            """
            class Base(MethodView):
                decorators = [login_required]
            class Items(Base):
                def get(self): ...
            class Open(MethodView):
                def get(self): ...
                @login_required
                def post(self): ...
            app.add_url_rule("/items", view_func=Items.as_view("items"))
            app.add_url_rule("/open", view_func=Open.as_view("open"))
            """
        )
    )
    assert found == {"GET /items": "member", "GET /open": "none", "POST /open": "member"}


def test_method_decorators_of_resources():
    found = access(
        """
        from flask import Flask
        from flask_jwt_extended import jwt_required
        from flask_restful import Api, Resource
        app = Flask(__name__)
        api = Api(app)
        class Item(Resource):
            method_decorators = {"post": [jwt_required()]}
            def get(self): ...
            def post(self): ...
        api.add_resource(Item, "/item")
        """
    )
    assert found == {"GET /item": "none", "POST /item": "member"}


def test_a_decorator_that_cannot_be_read_is_unclear():
    route = one(main('from . import gone\n@app.get("/x")\n@gone.check_it\ndef x(): ...\n'))
    assert route.access in {"unclear", "none"}


@pytest.mark.parametrize(
    "asked",
    [
        'getattr(app.view_functions[request.endpoint], "is_open", False)',
        'hasattr(current_app.view_functions.get(request.endpoint), "is_open")',
    ],
)
def test_handlers_that_a_decorator_marks(asked):
    found = access(
        main(
            f"""
            def open_to_all(view):
                view.is_open = True
                return view
            @app.before_request
            def check():
                if {asked}:
                    return
                if not session.get("user_id"):
                    abort(401)
            @app.route("/a")
            @open_to_all
            def a(): ...
            @app.route("/b")
            def b(): ...
            """
        )
    )
    assert found == {"GET /a": "public", "GET /b": "member"}
