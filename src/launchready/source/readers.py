"""The readers of frameworks, by language: each takes the whole project and finds its applications and routes."""

from collections.abc import Callable
from typing import TypeAlias

from launchready.source.code.facts import Found
from launchready.source.python.django.reader import read_django
from launchready.source.python.fastapi.reader import read_fastapi
from launchready.source.python.flask.reader import read_flask
from launchready.source.python.project import PythonProject
from launchready.source.script.express.reader import read_express
from launchready.source.script.nest.reader import read_nest
from launchready.source.script.nextjs.reader import read_nextjs
from launchready.source.script.other_servers import read_other_servers
from launchready.source.script.project import ScriptProject

PythonReader: TypeAlias = Callable[[PythonProject], Found]
ScriptReader: TypeAlias = Callable[[ScriptProject], Found]

PYTHON_READERS: tuple[PythonReader, ...] = (read_fastapi, read_flask, read_django)
SCRIPT_READERS: tuple[ScriptReader, ...] = (read_nextjs, read_express, read_nest, read_other_servers)
