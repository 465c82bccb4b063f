import pytest

from tests.source.python.reading import function, guards

HEAD = "from flask import Flask, abort, g, redirect, request, session, url_for\nfrom flask_login import current_user\n"


def handler(body, parameters=""):
    lines = "\n".join(f"    {line}" for line in body.strip("\n").split("\n"))
    return f"{HEAD}@app.get('/things')\ndef read({parameters}):\n{lines}\n"


@pytest.mark.parametrize(
    "body",
    [
        "if not current_user.is_authenticated:\n    abort(401)\nreturn things",
        "if current_user.is_anonymous:\n    return redirect(url_for('auth.login'))\nreturn things",
        "if 'user_id' not in session:\n    return redirect('/login')\nreturn things",
        "if not session.get('user_id'):\n    return jsonify(error='x'), 401\nreturn things",
        "if g.user is None:\n    return redirect(url_for('auth.login'))\nreturn things",
        "user = get_current_user()\nif not user:\n    abort(401)\nreturn things",
        "if current_user.is_authenticated:\n    return things\nabort(401)",
        "if current_user.is_authenticated:\n    return things\nelse:\n    abort(403)",
        "try:\n    claims = jwt.decode(token, KEY)\nexcept InvalidTokenError:\n    abort(401)\nreturn things",
        "with lock:\n    if not current_user.is_authenticated:\n        raise Unauthorized()\nreturn things",
    ],
)
def test_a_refusal_of_whoever_is_not_signed_in(body):
    assert guards(handler(body), "read") == [("authenticates", "")]


@pytest.mark.parametrize(
    ("body", "role"),
    [
        ("if current_user.role != 'admin':\n    abort(403)\nreturn things", "current_user.role != 'admin'"),
        ("if not current_user.is_admin:\n    abort(403)\nreturn things", "current_user.is_admin"),
        ("if current_user.role not in STAFF:\n    raise Forbidden()\nreturn things", "current_user.role not in STAFF"),
        (
            "if not current_user.has_permission('edit'):\n    abort(403)\nreturn things",
            "current_user.has_permission('edit')",
        ),
        ("if not is_admin(current_user):\n    abort(403)\nreturn things", "is_admin(current_user)"),
        ("if 'admin' not in current_user.roles:\n    abort(403)\nreturn things", "'admin' not in current_user.roles"),
        (
            "if not (current_user.is_admin or current_user.is_moderator):\n    abort(403)\nreturn things",
            "current_user.is_admin or current_user.is_moderator",
        ),
    ],
)  # fmt: skip
def test_a_refusal_of_whoever_lacks_a_role(body, role):
    assert guards(handler(body), "read") == [("authorizes", role)]


@pytest.mark.parametrize(
    "body",
    [
        (
            "event = stripe.Webhook.construct_event(request.data, request.headers['Stripe-Signature'], KEY)\n"
            "return event"
        ),
        (
            "if not hmac.compare_digest(expected, request.headers.get('X-Signature', '')):\n"
            "    abort(401)\nreturn things"
        ),
        "if request.headers.get('X-Cron-Key') != settings.CRON_SECRET:\n    abort(403)\nreturn things",
        "if not verify_signature(request.data, request.headers['X-Sig']):\n    abort(400)\nreturn things",
        (
            "try:\n    event = stripe.Webhook.construct_event(body, sig, KEY)\n"
            "except ValueError:\n    abort(400)\nreturn event"
        ),
    ],
)
def test_a_refusal_of_whoever_lacks_a_secret(body):
    assert [kind for kind, _ in guards(handler(body), "read")] == ["service"]


@pytest.mark.parametrize(
    "body",
    [
        # Credentials that are wrong: a login, no guard
        (
            "user = User.query.filter_by(email=request.form['email']).first()\n"
            "if not user or not user.check(request.form['p']):\n"
            "    abort(401)\nreturn token(user)"
        ),
        # Signed in already: sent away
        "if current_user.is_authenticated:\n    return redirect('/')\nreturn things",
        # A state, no role
        "if not current_user.is_active:\n    abort(400)\nreturn things",
        "if current_user.is_admin:\n    everything = True\nreturn things",
        "thing = Thing.query.first()\nif thing is None:\n    abort(404)\nreturn thing",
        "if not current_user.is_authenticated:\n    name = 'guest'\nreturn things",
        "if request.form['plan'] != 'free':\n    abort(403)\nreturn things",
        "if not hmac.compare_digest(hash(request.form['password']), user.password):\n    abort(401)\nreturn things",
        "try:\n    load()\nexcept LoadError:\n    abort(401)\nreturn things",
    ],
)
def test_what_looks_like_a_guard_and_is_none(body):
    assert guards(handler(body), "read") == []


@pytest.mark.parametrize(
    "body",
    [
        "if request.method == 'POST':\n    if not current_user.is_authenticated:\n        abort(401)\nreturn things",
        "if thing.private and not current_user.is_authenticated:\n    abort(401)\nreturn thing",
        "if cached:\n    return cached\nif not current_user.is_authenticated:\n    abort(401)\nreturn things",
        "for one in things:\n    if not current_user.is_admin:\n        abort(403)",
    ],
)
def test_a_refusal_under_a_condition_is_unclear(body):
    assert [kind for kind, _ in guards(handler(body), "read")] == ["unclear"]


def test_a_helper_that_refuses_is_a_guard_of_every_handler_that_calls_it():
    helper = "def require_admin(user):\n    if not user.is_admin:\n        abort(403)\n"
    assert guards(helper + handler("require_admin(current_user)\nreturn things"), "read") == [
        ("authorizes", "user.is_admin")
    ]
    # asked about somebody else, or not always
    assert guards(helper + handler("require_admin(load(request.args['id']))\nreturn things"), "read") == []
    assert (
        guards(helper + handler("if strict:\n    require_admin(current_user)\nreturn things"), "read") == []
    )


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        ("raise HTTPException(status_code=401)", (401,)),
        ("raise HTTPException(status.HTTP_403_FORBIDDEN, 'no')", (403,)),
        ("raise HTTPException(HTTPStatus.FORBIDDEN)", (403,)),
        ("abort(403)", (403,)),
        ("abort(HTTPStatus.UNAUTHORIZED)", (401,)),
        ("return Response({'a': 1}, status=status.HTTP_401_UNAUTHORIZED)", (401,)),
        ("return JsonResponse({}, status=403)", (403,)),
        ("return JSONResponse(status_code=403, content={})", (403,)),
        ("return jsonify(error='x'), 401", (401,)),
        ("return HttpResponseForbidden('no')", (403,)),
        ("raise PermissionDenied", (403,)),
        ("raise exceptions.NotAuthenticated()", (401,)),
        ("raise AuthenticationFailed('x')", (401,)),
        ("raise werkzeug.exceptions.Unauthorized()", (401,)),
        ("raise Http404", (404,)),
        ("raise errors.not_found('thing')", (404,)),
        ("return redirect(url_for('auth.login'))", (401,)),
        ("return redirect_to_login(request.path)", (401,)),
        ("error = HTTPException(401)\ntry:\n    x()\nexcept ValueError:\n    raise error", (401,)),
        ("def inner():\n    abort(401)\nreturn inner", (401,)),
        ("return Response(status=204)", ()),
        ("return redirect('/home')", ()),
        ("return 401", ()),
        ("raise ValueError(403000)", ()),
    ],
)
def test_statuses_that_a_function_refuses_with(body, statuses):
    assert function(handler(body), "read").refusals == statuses
