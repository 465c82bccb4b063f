from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.accounts.support import Run, Target, stage


@pytest.fixture
async def run() -> AsyncIterator[Run]:
    """Starts a target and a crew before it; everything is closed at the end."""
    async with AsyncExitStack() as stack:

        async def start(target: Target, **options):
            return await stage(stack, target, **options)

        yield start
