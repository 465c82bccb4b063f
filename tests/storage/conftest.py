import pytest

from launchready.model.report import RunInfo
from launchready.model.settings import CollectSettings, JudgeSettings
from launchready.storage.content import RunStart


@pytest.fixture
def start():
    info = RunInfo(
        id="run-1",
        started_at="2026-03-01T10:00:00+00:00",
        ended_at="",
        seconds=0.0,
        requests=0,
        profile="standard",
        target="http://127.0.0.1:8000",
    )
    return RunStart(info=info, tool="0.1.0", rules=1, collect=CollectSettings(), judge=JudgeSettings())
