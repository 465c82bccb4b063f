import pytest

from launchready.source.code.files import code_files
from launchready.source.settings.servers import server_hits


def hits(path, text):
    return [
        (one.kind.value, one.place.line, one.certain) for one in server_hits(code_files({path: text}).by_path)
    ]


def test_a_listed_folder():
    text = "server {\n  location /files/ {\n    autoindex on;\n  }\n}\n"
    assert hits("deploy/nginx.conf", text) == [("listing", 3, True)]
    assert hits("deploy/nginx.conf", text.replace("on;", "off;")) == []
    assert hits("deploy/nginx.conf", text.replace("autoindex", "# autoindex")) == []
    assert hits("deploy/nginx.dev.conf", text) == []


@pytest.mark.parametrize(
    "line",
    [
        'CMD ["uvicorn", "app:app", "--reload"]',
        "CMD python manage.py runserver 0.0.0.0:8000",
        'ENTRYPOINT ["python", "manage.py", "runserver"]',
        "ENV FLASK_DEBUG=1",
        "ENV A=1 DEBUG=True",
        'CMD ["fastapi", "dev", "app.py"]',
    ],
)
def test_an_image_that_is_for_developing(line):
    text = f"FROM python:3.12\n{line}\n"
    assert hits("Dockerfile", text) == [("debug", 2, False)]
    assert hits("Dockerfile.dev", text) == []
    assert (
        hits("Dockerfile", f"FROM python AS development\n{line}\nFROM python AS production\nCMD gunicorn\n")
        == []
    )


@pytest.mark.parametrize(
    "line",
    ['CMD ["uvicorn", "app:app"]', "ENV DEBUG=0", "ENV FLASK_ENV=production", "RUN pip install debugpy"],
)
def test_an_image_for_production(line):
    assert hits("Dockerfile", f"FROM python\n{line}\n") == []
