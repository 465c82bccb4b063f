import pytest

from launchready.model.source import Flow
from tests.source.python.reading import facts_of

FLASK = (
    "import hmac, os, pickle, re, shlex, ssl, subprocess\nimport requests, httpx, yaml\n"
    "from flask import Flask, request, render_template_string\nfrom markupsafe import Markup, escape\n"
    "from sqlalchemy import text\n\n@app.route('/things/<name>')\ndef read(name):\n"
)


def handler(body, head=FLASK):
    return head + "\n".join(f"    {line}" for line in body.strip("\n").split("\n")) + "\n"


def hits(text, path="app/api.py"):
    return [(one.kind.value, one.flow, one.certain) for one in facts_of(text, path).hits]


def kinds(text, path="app/api.py"):
    return [kind for kind, _, _ in hits(text, path)]


PYDANTIC = "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n"
SURE = [
    ("sql", "db.execute(f\"SELECT * FROM t WHERE name = '{name}'\")"),
    ("sql", "db.execute(\"SELECT * FROM t WHERE name = '%s'\" % name)"),
    ("sql", "db.execute(\"SELECT * FROM t WHERE name = '{}'\".format(request.args['q']))"),
    ("sql", "db.execute('SELECT * FROM t WHERE name = ' + request.form.get('q'))"),
    ("sql", "session.execute(text('SELECT * FROM t ORDER BY ' + request.args.get('sort', 'id')))"),
    (
        "sql",
        "query = 'SELECT * FROM t'\nif name:\n    query += f\" WHERE name = '{name.strip()}'\"\ndb.execute(query)",
    ),
    ("sql", "session.execute(text(f\"SELECT * FROM t LIMIT {request.args['n']}\"))"),
    ("sql", "cursor.execute(request.json['sql'])"),
    ("command", "os.system('ping ' + name)"),
    ("command", "subprocess.run(f'convert {name}', shell=True)"),
    ("command", "subprocess.run(['sh', '-c', f'convert {name}'])"),
    ("code", "eval(request.args['x'])"),
    ("code", "exec(name)"),
    ("template", "return render_template_string('Hello ' + name)"),
    ("deserialize", "pickle.loads(request.data)"),
    ("deserialize", "yaml.load(request.data, Loader=yaml.Loader)"),
    ("raw_html", "return f'<h1>{name}</h1>'"),
    ("raw_html", "Markup(f'<b>{name}</b>')"),
    ("server_fetch", "requests.get(request.args['url'], timeout=3)"),
    ("server_fetch", "httpx.get(f'https://{name}/feed')"),
    ("server_fetch", "requests.post(url=request.json['callback'], json={}, timeout=3)"),
]


@pytest.mark.parametrize(("kind", "body"), SURE)
def test_what_the_caller_sent_reaches_a_dangerous_call(kind, body):
    assert hits(handler(body)) == [(kind, Flow.REQUEST, True)]


@pytest.mark.parametrize(
    "body",
    [
        # parameters
        "db.execute('SELECT * FROM t WHERE name = ?', (name,))",
        "session.execute(text('SELECT * FROM t WHERE name = :name'), {'name': name})",
        'db.execute(f\'SELECT * FROM t WHERE id IN ({",".join(["?"] * len(ids))})\', ids)',
        # constants, numbers, lists of what is allowed
        "table = 'things'\ndb.execute(f'SELECT * FROM {table}')",
        "db.execute(f'SELECT * FROM {TABLE} WHERE a = 1')",
        "db.execute(f'SELECT * FROM t WHERE id = {int(name)}')",
        "db.execute(f'SELECT * FROM {Thing.__tablename__}')",
        (
            "sort = request.args.get('sort')\nif sort not in COLUMNS:\n    abort(400)\n"
            "db.execute(f'SELECT * FROM t ORDER BY {sort}')"
        ),
        (
            "sort = request.args.get('sort')\nif sort not in ('a', 'b'):\n    sort = 'a'\n"
            "db.execute(f'SELECT * FROM t ORDER BY {sort}')"
        ),
        "db.execute(f\"SELECT * FROM t ORDER BY {COLUMNS.get(name, 'id')}\")",
        "db.execute(f'SELECT * FROM t ORDER BY {COLUMNS[name]}')",
        "if not name.isalnum():\n    abort(400)\ndb.execute(f\"SELECT * FROM t WHERE n = '{name}'\")",
        "if not re.fullmatch('[a-z]+', name):\n    abort(400)\ndb.execute(f\"SELECT * FROM t WHERE n = '{name}'\")",
        "executor.execute(f'job {name}')",
        "os.system('ping localhost')",
        "os.system('ping ' + shlex.quote(name))",
        "subprocess.run(['ping', name])",
        "eval('1 + 1')",
        "ast.literal_eval(name)",
        "model.eval()",
        "return render_template_string('Hello {{ name }}', name=name)",
        "return render_template('hello.html', name=name)",
        "yaml.load(text, Loader=yaml.SafeLoader)",
        "json.loads(request.data)",
        "return f'<h1>{escape(name)}</h1>'",
        "return {'name': f'<b>{name}</b>'}",
        "return jsonify(name=name)",
        "Markup('<b>fixed</b>')",
        "Markup(escape(name))",
        "requests.get('https://api.example.com/things/' + name, timeout=3)",
        "requests.get(f'{settings.API}/things/{name}', timeout=3)",
        "url = request.args['url']\nif url not in FEEDS:\n    abort(400)\nrequests.get(url, timeout=3)",
        "requests.get(BASE, params={'q': name}, timeout=3)",
    ],
)
def test_what_is_harmless(body):
    assert hits(handler(body)) == []


def test_where_the_type_or_a_check_is_not_known_there_is_doubt():
    view = (
        "from django.db import connection\n@api_view(['GET'])\ndef read(request, pk):\n"
        "    connection.cursor().execute(f'SELECT * FROM t WHERE id = {pk}')\n"
    )
    assert hits(view) == [("sql", Flow.REQUEST, False)]
    body = "url = request.args['url']\nif not is_safe_url(url):\n    abort(400)\nrequests.get(url, timeout=3)"
    assert hits(handler(body)) == [("server_fetch", Flow.REQUEST, False)]


def test_a_typed_number_of_fastapi_is_harmless_and_a_text_is_not():
    text = (
        "from fastapi import APIRouter\nimport sqlite3\n@router.get('/t/{key}')\ndef read(key: {kind}):\n"
        "    db.execute(f\"SELECT * FROM t WHERE k = '{{key}}'\")\n"
    )
    for kind, expected in (
        ("int", []),
        ("UUID", []),
        ("int | None", []),
        ("str", [("sql", Flow.REQUEST, True)]),
    ):
        made = text.replace("{kind}", kind).replace("{{", "{").replace("}}", "}")
        assert hits(made) == expected, kind


def test_what_came_from_elsewhere_in_the_product_is_a_variable():
    function = "import os, sqlite3\ndef find(name, table):\n    {}\n"
    assert hits(function.format("db.execute(f\"SELECT * FROM t WHERE n = '{name}'\")")) == [
        ("sql", Flow.VARIABLE, False)
    ]
    assert hits(function.format("os.system('ls ' + name)")) == [("command", Flow.VARIABLE, False)]
    # a table's name is chosen by the product
    assert hits(function.format("db.execute(f'SELECT * FROM {table}')")) == []


@pytest.mark.parametrize(
    ("kind", "flawed", "harmless"),
    [
        (
            "nosql",
            "users.find_one({'name': request.json['name']})",
            "users.find_one({'name': str(request.json['name'])})",
        ),
        ("nosql", "users.find_one(request.json)", "users.find_one({'name': request.args['name']})"),
        ("nosql", "users.find({'$where': 'this.a == ' + name})", "users.find({'a': name})"),
        ("no_timeout", "requests.get('https://a.example')", "requests.get('https://a.example', timeout=5)"),
        ("no_timeout", "requests.Session().get('https://a.example')", "httpx.get('https://a.example')"),
        (
            "no_timeout",
            "httpx.get('https://a.example', timeout=None)",
            "requests.get('https://a.example', **options)",
        ),
        (
            "tls_off",
            "requests.get('https://a.example', timeout=5, verify=False)",
            "requests.get(A, timeout=5, verify=CA)",
        ),
        ("tls_off", "context = ssl._create_unverified_context()", "context = ssl.create_default_context()"),
        ("tls_off", "context.verify_mode = ssl.CERT_NONE", "context.verify_mode = ssl.CERT_REQUIRED"),
        ("tls_off", "httpx.AsyncClient(verify=False)", "jwt.decode(name, KEY, verify=False)"),
        ("yaml_aliases", "yaml.safe_load(request.data)", "yaml.safe_load(open('settings.yml'))"),
    ],
)
def test_a_flaw_and_its_harmless_twin(kind, flawed, harmless):
    head = "import pymongo\n" + FLASK
    assert kinds(handler(flawed, head)) == [kind]
    assert kinds(handler(harmless, head)) == []


@pytest.mark.parametrize(
    ("flawed", "harmless"),
    [
        ("etree.XMLParser(resolve_entities=True)", "etree.XMLParser(resolve_entities=False)"),
        ("parser.setFeature(feature_external_ges, True)", "parser.setFeature(feature_external_ges, False)"),
        (
            "etree.fromstring(request.data)",
            "etree.fromstring(request.data, etree.XMLParser(resolve_entities=False))",
        ),
        ("etree.fromstring(request.data)", "xml.etree.ElementTree.fromstring(request.data)"),
        ("etree.fromstring(request.data)", "minidom.parseString(request.data)"),
        ("etree.fromstring(request.data)", "etree.fromstring(TEMPLATE)"),
    ],
)
def test_xml_is_read_with_entities(flawed, harmless):
    head = "from lxml import etree\nimport xml.etree.ElementTree\n" + FLASK
    assert kinds(handler(flawed, head)) == ["xml"]
    assert kinds(handler(harmless, head)) == []


# ----------------------------------------------------------------------------------------------- logs


@pytest.mark.parametrize(
    "line",
    [
        "logger.info('login %s', password)",
        "logger.info(f'token {user.access_token}')",
        "logging.debug('got ' + form['password'])",
        "self.logger.warning('key', extra={'api_key': key})",
        "print(request.headers)",
        "print(secret)",
        "log.info('body', body=request.get_json())",
        "logger.info('authorization %s', request.headers['Authorization'])",
        "current_app.logger.error(str(request.cookies))",
    ],
)
def test_a_secret_or_a_whole_request_goes_to_the_log(line):
    assert kinds(handler(f"logger = logging.getLogger()\n{line}")) == ["risky_log"]


@pytest.mark.parametrize(
    "line",
    [
        "logger.info('password changed for %s', user.id)",
        "logger.info('%s tokens used', total_tokens)",
        "logger.info('token %s', token.id)",
        "logger.info('token ends in %s', token[-4:])",
        "logger.info('has password: %s', bool(password))",
        "logger.info('length %s', len(secret))",
        "logger.info('%s', mask(api_key))",
        "logger.info('%s', csrf_token)",
        "logger.info('agent %s', request.headers.get('User-Agent'))",
        "logger.info('path %s', request.path)",
        "logger.info('reset', reset_password)",
        "validator.error('wrong', password)",
        "print(token_count)",
    ],
)
def test_what_may_be_logged(line):
    assert kinds(handler(f"logger = logging.getLogger()\n{line}")) == []


# ------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("kind", "text", "certain"),
    [
        ("debug", "from fastapi import FastAPI\napp = FastAPI(debug=True)\n", True),
        ("debug", "from flask import Flask\napp.run(host='0.0.0.0', debug=True)\n", True),
        ("debug", "from flask import Flask\nif __name__ == '__main__':\n    app.run(debug=True)\n", False),
        ("debug", "app.config['DEBUG'] = True\n", True),
        ("debug", f"{PYDANTIC}    debug: bool = True\n", False),
        ("verbose", "engine = create_engine(URL, echo=True)\n", True),
        ("verbose", "import logging\nlogging.basicConfig(level=logging.DEBUG)\n", False),
        ("listing", "app.router.add_static('/files', 'files', show_index=True)\n", True),
        ("any_origin", "app.add_middleware(CORSMiddleware, allow_origins=['*'], allow_credentials=True)\n", True),
        ("any_origin", "app.add_middleware(CORSMiddleware, allow_origins=['*'])\n", False),
        ("any_origin", "app.add_middleware(CORSMiddleware, allow_origin_regex='.*', allow_credentials=True)\n", True),
        ("any_origin", "from flask_cors import CORS\nCORS(app, supports_credentials=True)\n", True),
        ("any_origin", "CORS_ALLOW_ALL_ORIGINS = True\nCORS_ALLOW_CREDENTIALS = True\n", True),
        (
            "dev_origin",
            ("ORIGINS = ['https://a.example', 'http://localhost:3000']\n"
            "app.add_middleware(CORSMiddleware, allow_origins=ORIGINS)\n"),
            True,
        ),
        ("sample_key", "import os\nKEY = os.getenv('JWT_SECRET', 'changeme')\n", True),
        ("sample_key", "import os\nKEY = os.environ.get('SECRET_KEY') or 'dev'\n", True),
        ("sample_key", "app.secret_key = 'dev'\napp.config['SECRET_KEY'] = 'dev'\n", True),
        ("sample_key", "SECRET_KEY = 'django-insecure-0'\n", True),
        ("sample_key", f"{PYDANTIC}    secret_key: str = 'x1'\n", True),
        ("sample_key", "from decouple import config\nA = config('SECRET_KEY', default='not-so-secret')\n", True),
        ("super_key", "import psycopg\npsycopg.connect(user='postgres', host=HOST)\n", False),
    ],
)  # fmt: skip
def test_settings_that_are_wrong_by_themselves(kind, text, certain):
    assert {(one, sure) for one, _, sure in hits(text)} == {(kind, certain)}


@pytest.mark.parametrize(
    "text",
    [
        "from fastapi import FastAPI\napp = FastAPI(debug=settings.debug)\n",
        "from flask import Flask\napp.run(host='127.0.0.1', debug=True)\n",
        "if settings.DEBUG:\n    app.config['DEBUG'] = True\n",
        "class DevelopmentConfig(Config):\n    DEBUG = True\n",
        "class Config:\n    DEBUG = True\nclass ProductionConfig(Config):\n    DEBUG = False\n",
        "engine = create_engine(URL, echo=settings.echo)\n",
        "import logging\nif DEBUG:\n    logging.basicConfig(level=logging.DEBUG)\n",
        "handler.setLevel(logging.DEBUG)\n",
        "app.add_middleware(CORSMiddleware, allow_origins=settings.origins, allow_credentials=True)\n",
        "app.add_middleware(CORSMiddleware, allow_origins=['https://a.example'])\n",
        "if settings.local:\n    app.add_middleware(CORSMiddleware, allow_origins=['http://localhost:3000'])\n",
        "import os\nKEY = os.environ['SECRET_KEY']\n",
        "import os\nKEY = os.getenv('SECRET_KEY', '')\n",
        "import os\nKEY = os.getenv('TOKEN_URL', 'https://a.example')\n",
        "import os\nKEY = os.getenv('EMAIL_KEY', 'mail')\n",
        "import os\nKEY = os.getenv('JWT_SECRET', 'changeme')\nif KEY == 'changeme':\n    raise SystemExit(1)\n",
    ],
)
def test_settings_that_are_right(text):
    assert hits(text) == []


@pytest.mark.parametrize(
    "path",
    [
        "tests/test_api.py", "app/tests/conftest.py", "migrations/0001_first.py", "scripts/load.py", "examples/app.py",
        "docs/conf.py",
        "alembic/versions/1.py", "app/management/commands/load.py",
    ],
)  # fmt: skip
def test_tests_samples_and_scripts_yield_no_hits(path):
    assert hits(handler("db.execute('SELECT * FROM t WHERE a = ' + name)\nrequests.get(A)"), path) == []


def test_a_hit_names_its_function_and_shows_no_secret():
    value = "dev" + "key" * 2
    one = facts_of(f"def make():\n    app.secret_key = '{value}'\n").hits[0]
    assert one.function == "make"
    assert one.place.line == 2
    assert value not in one.place.code
    assert one.fix
