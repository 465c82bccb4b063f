"""Commands, program text, templates and objects made of what the caller sent (INP-05; CWE-78, CWE-94, CWE-502)."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping

from launchready.model.source import Flow, HitKind
from launchready.source.python.flows.names import leaf
from launchready.source.python.flows.scopes import Seen
from launchready.source.python.flows.values import BUILT, SAFE_HOLE, Value
from launchready.source.python.project import dotted_name
from launchready.source.python.sinks.rules import (
    Hit,
    Site,
    argument,
    argument_node,
    called,
    is_false,
    is_sure,
    is_true,
    keyword,
    reaching,
)

_SHELLS = frozenset({
    "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "commands.getoutput",
    "commands.getstatusoutput", "asyncio.create_subprocess_shell", "popen2.popen2", "os.popen2", "os.popen3",
})  # fmt: skip
_PROGRAMS = frozenset({
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen",
})  # fmt: skip
_OPEN_LOADERS = frozenset({"Loader", "UnsafeLoader", "CLoader", "CUnsafeLoader"})
_ENGINE = re.compile(r"jinja|template|environment|\benv\b|engine|mako|_env\b", re.IGNORECASE)
_FILES = frozenset({"open", "read", "read_text", "read_bytes"})


# ------------------------------------------------------------------------------------------- commands


def _command(_site: Site, seen: Seen) -> Iterator[Hit]:
    held = argument(seen, 0, "cmd", "command", "args")
    if seen.name in _SHELLS:
        yield from _shell(seen, held)
    elif seen.name in _PROGRAMS:
        if is_true(keyword(seen.node, "shell")):
            yield from _shell(seen, held)
        else:
            yield from _inner_shell(seen)


def _shell(seen: Seen, held: Value) -> Iterator[Hit]:
    flow = reaching(held)
    if flow is not None:
        yield _ran(seen, flow, "A command line for a shell is put together with", certain=is_sure(held))


def _inner_shell(seen: Seen) -> Iterator[Hit]:
    """`["sh", "-c", text]`, and a program that the caller names."""
    first = seen.node.args[0] if seen.node.args else keyword(seen.node, "args")
    if not isinstance(first, ast.List | ast.Tuple) or not seen.args or not seen.args[0].dangerous:
        return
    parts = [one.value if isinstance(one, ast.Constant) else None for one in first.elts]
    shell = (
        isinstance(parts[0], str) and parts[0].rpartition("/")[2] in {"sh", "bash", "zsh", "cmd"}
        if parts
        else False
    )
    if shell and ("-c" in parts or "/c" in parts):
        yield _ran(
            seen,
            Flow.REQUEST,
            "A command line for a shell is put together with",
            certain=is_sure(seen.args[0]),
        )


def _ran(seen: Seen, flow: Flow, what: str, *, certain: bool) -> Hit:
    return Hit(
        kind=HitKind.COMMAND,
        rule="python-shell",
        message=f"{what} {'what the caller sent' if flow is Flow.REQUEST else 'a variable'}",
        node=seen.node,
        fix="Give the program and its arguments as a list, without a shell",
        flow=flow,
        certain=certain,
    )


# --------------------------------------------------------------------------------------- program text


def _evaluated(site: Site, seen: Seen) -> Iterator[Hit]:
    if not isinstance(seen.node.func, ast.Name) or seen.name != seen.node.func.id:
        return
    if seen.name in site.names.functions:
        return
    held = argument(seen, 0)
    flow = reaching(held)
    first = seen.node.args[0] if seen.node.args else None
    own = first is not None and any(
        called(one) in _FILES | {"compile"} for one in ast.walk(first) if isinstance(one, ast.Call)
    )
    if flow is None or (flow is Flow.VARIABLE and (own or seen.name == "compile")):
        return
    yield Hit(
        kind=HitKind.CODE,
        rule="python-eval",
        message=f"Text is run as Python: {'what the caller sent' if flow is Flow.REQUEST else 'a variable'}",
        node=seen.node,
        fix="Read values with ast.literal_eval or json.loads; choose functions from a dictionary",
        flow=flow,
        certain=is_sure(held),
    )


def _imported(_site: Site, seen: Seen) -> Iterator[Hit]:
    held = argument(seen, 0, "name")
    # A prefix of the product's own bounds what can be imported
    if held.dangerous and not held.pattern.startswith(SAFE_HOLE) and not held.pattern[:1].isalpha():
        yield Hit(
            kind=HitKind.CODE,
            rule="python-import-by-name",
            message="The caller names the module that is imported",
            node=seen.node,
            fix="Choose the module from a dictionary of those that are meant",
            flow=Flow.REQUEST,
        )


# ------------------------------------------------------------------------------------------ templates


def _template(site: Site, seen: Seen) -> Iterator[Hit]:
    name = leaf(seen.name)
    if name == "Template" and not seen.name.startswith(("jinja2.", "mako.", "django.template")):
        return
    if name == "from_string" and not _ENGINE.search(f"{dotted_name(seen.node.func)} {seen.made}"):
        return
    held = argument(seen, 0, "source", "template_string", "text")
    flow = reaching(held)
    sandboxed = any("Sandboxed" in origin for origin in site.names.imports.values())
    if flow is None or sandboxed or "Sandboxed" in seen.made:
        return
    if flow is Flow.VARIABLE and not (held.flags & BUILT or held.found):
        return
    yield Hit(
        kind=HitKind.TEMPLATE,
        rule="python-template-text",
        message=f"A template is made of {'what the caller sent' if flow is Flow.REQUEST else 'a variable'}",
        node=seen.node,
        fix="Keep the template constant and pass values to it as variables",
        flow=flow,
        certain=is_sure(held),
    )


# ------------------------------------------------------------------------------------------- objects


def _unpickled(_site: Site, seen: Seen) -> Iterator[Hit]:
    full = seen.name
    package, _, name = full.rpartition(".")
    if package.lstrip("_") in {
        "pickle",
        "cPickle",
        "dill",
        "cloudpickle",
        "marshal",
        "jsonpickle",
        "joblib",
        "shelve",
    }:
        if (package, name) in {("joblib", "loads"), ("shelve", "load"), ("marshal", "load")}:
            return
    elif full not in {"pandas.read_pickle", "yaml.unsafe_load", "yaml.unsafe_load_all"}:
        return
    held = argument(seen, 0)
    if name != "open" or held.dangerous:
        yield from _restored(seen, held, f"{leaf(package)}.{name}")


def _loaded(_site: Site, seen: Seen) -> Iterator[Hit]:
    """`yaml.load` without a safe loader, `numpy.load(allow_pickle=True)`, `torch.load(weights_only=False)`."""
    node = seen.node
    if seen.name in {"yaml.load", "yaml.load_all"}:
        loader = argument_node(node, 1, "Loader")
        name = leaf(dotted_name(loader)) if loader is not None else ""
        if loader is None or name in _OPEN_LOADERS:
            yield from _restored(seen, argument(seen, 0, "stream"), seen.name)
    elif (seen.name == "numpy.load" and is_true(keyword(node, "allow_pickle"))) or (
        seen.name == "torch.load" and is_false(keyword(node, "weights_only"))
    ):
        yield from _restored(seen, argument(seen, 0), seen.name)


def _read(site: Site, seen: Seen) -> Iterator[Hit]:
    yield from _loaded(site, seen)
    yield from _unpickled(site, seen)


def _restored(seen: Seen, held: Value, name: str) -> Iterator[Hit]:
    flow = reaching(held)
    if flow is None:
        return
    yield Hit(
        kind=HitKind.DESERIALIZE,
        rule="python-deserialize",
        message=f"{name} makes objects, and runs code, of "
        + ("what the caller sent" if flow is Flow.REQUEST else "data whose origin was not followed"),
        node=seen.node,
        fix="Keep data as JSON; read YAML with yaml.safe_load",
        flow=flow,
        certain=is_sure(held),
    )


CODE_RULES: Mapping[str, Callable[[Site, Seen], Iterator[Hit]]] = {
    **dict.fromkeys((leaf(name) for name in (*_SHELLS, *_PROGRAMS)), _command),
    **dict.fromkeys(("eval", "exec", "compile"), _evaluated),
    "import_module": _imported,
    "__import__": _imported,
    **dict.fromkeys(("render_template_string", "from_string", "Template"), _template),
    **dict.fromkeys(
        ("loads", "decode", "Unpickler", "read_pickle", "unsafe_load", "unsafe_load_all", "open"), _unpickled
    ),
    "load_all": _loaded,
    "load": _read,
}
