import pytest

from tests.mail.server import NameServer
from tests.mail.world import WORLD


@pytest.fixture
async def name_server():
    async with NameServer(WORLD) as server:
        yield server
