"""Jobs of pipelines that run tests, and whether they do for pull requests: GitHub, GitLab, CircleCI and others."""

import re
from collections.abc import Iterator, Mapping

import yaml

from launchready.model.source import TestJob
from launchready.source.code.files import CodeFile
from launchready.source.code.lines import place_in
from launchready.source.settings.commands import Scripts
from launchready.source.settings.yaml_nodes import entries, get, items, parsed, text_of, texts

_GITHUB = re.compile(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$")
_GITLAB = re.compile(r"(?:^|/)\.gitlab-ci[\w.-]*\.ya?ml$|(?:^|/)\.gitlab/ci/[^/]+\.ya?ml$")
_CIRCLE = re.compile(r"(?:^|/)\.circleci/config\.ya?ml$")
_OTHERS = re.compile(r"(?:^|/)(?:\.travis\.yml|bitbucket-pipelines\.yml|azure-pipelines[\w.-]*\.ya?ml)$")
_PULL_REQUEST = frozenset({"pull_request", "pull_request_target", "merge_group"})
_BRANCHES_ONLY = re.compile(r"^(?:main|master|production|release.*|tags|staging|stable|develop|/.*/)$")
_PUSH_ONLY = re.compile(
    r"github\.event_name\s*==\s*'(?!pull_request)|github\.ref\s*==\s*'refs/heads/|"
    r"startsWith\(\s*github\.ref\s*,\s*'refs/tags|github\.event_name\s*!=\s*'pull_request'"
)
_DEEPEST = 3
_GITLAB_WORDS = frozenset({
    "stages", "variables", "default", "include", "workflow", "image", "services", "cache", "before_script",
    "after_script", "pages",
})  # fmt: skip


def test_jobs(files: Mapping[str, CodeFile]) -> tuple[TestJob, ...]:
    """The commands of all pipelines that run tests, one for each job."""
    scripts = Scripts(files)
    found: list[TestJob] = []
    for path in sorted(files):
        if _GITHUB.search(path):
            found.extend(_Workflows(files, scripts).jobs(path))
        elif _GITLAB.search(path):
            found.extend(_gitlab(path, files[path], scripts))
        elif _CIRCLE.search(path):
            found.extend(_circle(path, files[path], scripts))
        elif _OTHERS.search(path):
            found.extend(_other(path, files[path], scripts))
    return tuple(found)


def _job(name: str, path: str, held: CodeFile, found: tuple[str, int], *, on_pull_request: bool) -> TestJob:
    command, line = found
    return TestJob(
        name=name,
        command=" ".join(command.split())[:160],
        place=place_in(path, held.text.splitlines(), line),
        on_pull_request=on_pull_request,
    )


def _first_test(scripts: Scripts, commands: Iterator[tuple[str, int]]) -> tuple[str, int] | None:
    for command, line in commands:
        found = scripts.test_line(command)
        if found is not None:
            return found[0], line + found[1]
    return None


# --------------------------------------------------------------------------------------------- GitHub


def _is_every_branch(push: yaml.Node | None) -> bool:
    """Whether pushes to any branch run it, and with them the branches of pull requests."""
    chosen = [text_of(one) for one in items(get(push, "branches"))]
    only_tags = get(push, "tags") is not None and not chosen and get(push, "branches-ignore") is None
    return not only_tags and (not chosen or bool({"**", "*"} & set(chosen)))


class _Workflows:
    """Workflows of GitHub Actions: reusable ones and local actions are followed."""

    def __init__(self, files: Mapping[str, CodeFile], scripts: Scripts) -> None:
        self._files = files
        self._scripts = scripts

    def jobs(self, path: str) -> Iterator[TestJob]:
        document = parsed(self._files[path].text)
        for_pulls = self._for_pulls(path, document, 0)
        for name, job, _ in entries(get(document, "jobs")):
            condition = text_of(get(job, "if"))
            if condition.strip() == "false":
                continue
            found = self._test_of(job, 0)
            if found is not None:
                yield _job(
                    text_of(get(job, "name")) or name,
                    path,
                    self._files[path],
                    found,
                    on_pull_request=for_pulls and not _PUSH_ONLY.search(condition),
                )

    def _for_pulls(self, path: str, document: yaml.Node | None, depth: int) -> bool:
        """Whether a workflow runs for pull requests, by itself or called by one that does."""
        trigger = get(document, "on") or get(document, "true")
        names = {text_of(one) for one in items(trigger)} | {key for key, _, _ in entries(trigger)}
        if names & _PULL_REQUEST or ("push" in names and _is_every_branch(get(trigger, "push"))):
            return True
        if "workflow_call" not in names or depth >= _DEEPEST:
            return False
        called = f"./.github/workflows/{path.rpartition('/')[2]}"
        for other in sorted(self._files):
            if other != path and _GITHUB.search(other) and called in self._files[other].text:
                caller = parsed(self._files[other].text)
                if self._for_pulls(other, caller, depth + 1):
                    return True
        return False

    def _test_of(self, job: yaml.Node, depth: int) -> tuple[str, int] | None:
        for step in items(get(job, "steps")):
            found = _first_test(self._scripts, texts(get(step, "run")))
            if found is not None:
                return found
            used = get(step, "uses")
            if used is not None and text_of(used).startswith("./") and depth < _DEEPEST:
                inner = self._action(text_of(used))
                found = self._test_of(inner, depth + 1) if inner is not None else None
                if found is not None:
                    return found[0], used.start_mark.line + 1
        return None

    def _action(self, name: str) -> yaml.Node | None:
        """The steps of a local action."""
        folder = name.removeprefix("./").rstrip("/")
        for file in ("action.yml", "action.yaml"):
            held = self._files.get(f"{folder}/{file}")
            if held is not None:
                return get(parsed(held.text), "runs")
        return None


# ------------------------------------------------------------------------------------ GitLab, CircleCI


def _gitlab(path: str, held: CodeFile, scripts: Scripts) -> Iterator[TestJob]:
    document = parsed(held.text)
    jobs = {name: node for name, node, _ in entries(document)}
    for name, node in jobs.items():
        if name in _GITLAB_WORDS or name.startswith("."):
            continue
        commands = (pair for one in _with_parents(node, jobs) for pair in texts(get(one, "script")))
        found = _first_test(scripts, commands)
        if found is not None:
            yield _job(name, path, held, found, on_pull_request=_for_merge_requests(node, jobs))


def _with_parents(node: yaml.Node, jobs: Mapping[str, yaml.Node], depth: int = 0) -> Iterator[yaml.Node]:
    yield node
    if depth < _DEEPEST:
        for name, _ in texts(get(node, "extends")):
            if name in jobs:
                yield from _with_parents(jobs[name], jobs, depth + 1)


def _for_merge_requests(node: yaml.Node, jobs: Mapping[str, yaml.Node]) -> bool:
    """Whether a job runs for merge requests; without rules it runs for every pushed branch, theirs among them."""
    for one in _with_parents(node, jobs):
        rules = get(one, "rules")
        if rules is not None:
            conditions = [text_of(get(rule, "if")) for rule in items_of(rules)]
            asked = [text for text in conditions if text]
            return not asked or any("merge_request" in text.lower() for text in asked)
        only = get(one, "only")
        if only is not None:
            names = [text for text, _ in texts(only)] or [text for text, _ in texts(get(only, "refs"))]
            return any(
                name in {"merge_requests", "branches", "external_pull_requests"} for name in names
            ) or not all(_BRANCHES_ONLY.match(name) for name in names)
    return True


def items_of(node: yaml.Node) -> list[yaml.Node]:
    """The elements of a list."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _circle(path: str, held: CodeFile, scripts: Scripts) -> Iterator[TestJob]:
    document = parsed(held.text)
    limited = _limited_jobs(document)
    for name, job, _ in entries(get(document, "jobs")):
        found = _first_test(scripts, _circle_commands(job))
        if found is not None:
            yield _job(name, path, held, found, on_pull_request=name not in limited)


def _circle_commands(job: yaml.Node) -> Iterator[tuple[str, int]]:
    for step in items(get(job, "steps")):
        run = get(step, "run")
        yield from texts(run if isinstance(run, yaml.ScalarNode) else get(run, "command"))


def _limited_jobs(document: yaml.Node | None) -> set[str]:
    """Jobs that run for some branches only."""
    found: set[str] = set()
    for _, workflow, _ in entries(get(document, "workflows")):
        for one in items(get(workflow, "jobs")):
            for name, job, _ in entries(one):
                only = [text for text, _ in texts(get(job, "filters", "branches", "only"))]
                if only and all(_BRANCHES_ONLY.match(text) for text in only):
                    found.add(name)
    return found


def _other(path: str, held: CodeFile, scripts: Scripts) -> Iterator[TestJob]:
    """Travis, Bitbucket, Azure: one job for the file."""
    document = parsed(held.text)
    name = path.rpartition("/")[2]
    if name == ".travis.yml":
        found = _first_test(scripts, texts(get(document, "script")))
        for_pulls = True
    elif name.startswith("bitbucket"):
        found = _first_test(scripts, _all_scripts(get(document, "pipelines"), 0))
        pipelines = {key for key, _, _ in entries(get(document, "pipelines"))}
        for_pulls = bool(pipelines & {"default", "pull-requests"})
    else:
        found = _first_test(scripts, _all_scripts(document, 0))
        for_pulls = text_of(get(document, "pr")) != "none"
    if found is not None:
        yield _job(name, path, held, found, on_pull_request=for_pulls)


def _all_scripts(node: yaml.Node | None, depth: int) -> Iterator[tuple[str, int]]:
    if depth > 12:  # noqa: PLR2004 - stages, jobs, strategies, steps
        return
    for key, value, _ in entries(node):
        if key in {"script", "bash", "inlineScript"}:
            yield from texts(value)
        else:
            yield from _all_scripts(value, depth + 1)
    if isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _all_scripts(one, depth + 1)
