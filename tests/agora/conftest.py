import pytest

from tests.agora import support


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    return support.migrated(tmp_path_factory.mktemp("template") / "template.db")


@pytest.fixture
def database(template, tmp_path):
    return support.copied(template, tmp_path)


@pytest.fixture(scope="module")
def running(template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("agora")
    with support.serve(support.copied(template, folder)) as server:
        yield server


@pytest.fixture(scope="module")
def api(running):
    return running.api


@pytest.fixture
def a(api):
    return api.member()


@pytest.fixture
def b(api):
    return api.member()


@pytest.fixture(scope="module")
def admin(api):
    return api.staff(support.ADMIN)


@pytest.fixture(scope="module")
def moderator(api):
    return api.staff(support.MODERATOR)
