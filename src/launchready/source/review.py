"""The review of a repository's code: read, parsed, never run.

What one file says by itself (`FileFacts`) is kept by the file's content; what files say together (routes with prefixes
and guard chains) is read anew each time, from the files that have a word of the framework in them.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from launchready.model.evidence import Gap, SourceReview
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.source import EnvironmentVariable, Skipped, SourceRoute
from launchready.source.code.facts import Call, FileFacts, Found, FunctionFacts, Key
from launchready.source.code.files import CodeFile, CodeFiles, Language, read_files
from launchready.source.joining import joined, with_routes
from launchready.source.python.project import PythonProject
from launchready.source.readers import python_facts, python_frameworks, script_facts, script_frameworks
from launchready.source.repository import WorkingTree
from launchready.source.script.project import ScriptProject
