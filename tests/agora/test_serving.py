"""The command line, migrations, health: the process as an operator sees it."""

import json
import os
import subprocess
import sys
import threading
import urllib.request

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from agora import migrate, models
from agora.database import Base
from tests.agora import support

ENVIRONMENT = {
    "AGORA_SECRET_KEY": "a" * 32,
    "AGORA_WEBHOOK_SECRET": "b" * 32,
    "AGORA_ALLOWED_ORIGINS": support.ORIGIN,
    "AGORA_PUBLIC_BASE_URL": "http://127.0.0.1:8000",
    "AGORA_SMTP_URL": "none",
    "AGORA_REQUIRE_VERIFIED_EMAIL": "false",
    "AGORA_AUTO_MIGRATE": "1",
}


def tables(path):
    engine = create_engine(f"sqlite:///{path}")
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


@pytest.mark.parametrize("module", ["agora", "agora_flaws"])
def test_serve_says_where_it_listens(module, tmp_path):
    environment = {**os.environ, **ENVIRONMENT, "AGORA_DATABASE_URL": f"sqlite:///{tmp_path}/a.db"}
    process = subprocess.Popen(
        [sys.executable, "-m", module, "serve", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        line = json.loads(process.stdout.readline())
        assert line["event"] == "listening"
        with urllib.request.urlopen(line["url"] + "/readyz", timeout=10) as answer:
            assert json.load(answer) == {"status": "ok", "checks": {"database": "ok"}}
    finally:
        process.terminate()
        rest, _ = process.communicate(timeout=20)
    assert rest == ""
    assert process.returncode in {0, -15}


def test_migrations_go_up_and_down(tmp_path):
    path = tmp_path / "agora.db"
    settings = support.settings_for(path)
    migrate.upgrade(settings)
    assert tables(path) == set(Base.metadata.tables)
    migrate.downgrade(settings, "base")
    assert tables(path) == set()
    migrate.upgrade(settings)
    assert "members" in tables(path)


def test_migrations_match_the_models(template):
    assert models.Member.__table__ is Base.metadata.tables["members"]
    engine = create_engine(f"sqlite:///{template}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_writers_at_the_same_time_take_turns(database):
    """More of them than there are threads; none waits for one that waits for it."""
    statuses = []

    def write(api):
        person = api.member()
        statuses.extend(api.post("/collections", {"name": "x"}, by=person).status for _ in range(4))

    with support.serve(database) as server:
        writers = [threading.Thread(target=write, args=(server.api,)) for _ in range(50)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(timeout=40)
    assert statuses == [201] * 200


def test_readiness_is_truthful(tmp_path):
    """Without tables the service is alive and not ready."""
    with support.serve(tmp_path / "empty.db", admin_email=None, admin_password=None,
                       moderator_email=None, moderator_password=None) as server:  # fmt: skip
        assert server.api.get("/healthz").status == 200
        reply = server.api.get("/readyz")
        assert reply.status == 503
        assert reply.json["checks"] == {"database": "unavailable"}


def test_documentation_page_is_not_served_in_production(database):
    with support.serve(database, environment="production") as server:
        assert server.api.get("/docs").status == 404
        assert server.api.get("/openapi.json").status == 200


def test_documentation_page_elsewhere(api):
    reply = api.get("/docs")
    assert reply.status == 200
    assert "<script" not in reply.text
