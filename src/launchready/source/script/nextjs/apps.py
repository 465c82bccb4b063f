"""Applications made with Next.js, and what their settings say about addresses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ast_grep_py import SgNode

from launchready.model.source import CodePlace
from launchready.source.code.lines import place_at
from launchready.source.script.binding import ScriptModule
from launchready.source.script.nodes import object_entries, operator_of, string_value, unwrapped
from launchready.source.script.project import ScriptProject

FRAMEWORK = "Next.js"
_CONFIGS = ("next.config.js", "next.config.mjs", "next.config.ts", "next.config.cjs", "next.config.mts")
_EXTENSIONS = ("tsx", "ts", "jsx", "js")
_CONVENTIONS = frozenset({"page", "route", "layout"})
_SETTINGS = frozenset({"basePath", "pageExtensions", "trailingSlash"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSettings:
    """What next.config says: `base` is put before every address, `extensions` make pages. `unread` was not literal."""

    base: str = ""
    extensions: tuple[str, ...] = _EXTENSIONS
    trailing_slash: bool = False
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NextApp:
    """An application: `root` is the folder of its settings, `source` that of `app` and `pages` (`src` or the root)."""

    name: str
    root: str
    source: str
    version: str
    entry: CodePlace
    settings: NextSettings

    def folder(self, name: str) -> str:
        """`app/` or `pages/` of this application, from the repository's root."""
        return _joined(self.source, name) + "/"


def next_apps(project: ScriptProject) -> tuple[NextApp, ...]:
    """The applications of the repository, by their folders."""
    found = {
        app.root: app for app in (_app(project, root) for root in sorted(_roots(project))) if app is not None
    }
    return tuple(found.values())


def _roots(project: ScriptProject) -> set[str]:
    configured = {path.rpartition("/")[0] for path in project.files if path.rpartition("/")[2] in _CONFIGS}
    manifests = (path for path in project.settings if path.rpartition("/")[2] == "package.json")
    depending = {
        path.rpartition("/")[0]
        for path in manifests
        if '"next"' in project.settings[path].text and _version(project.package_json(path)[1])
    }
    return configured | depending


def _app(project: ScriptProject, root: str) -> NextApp | None:
    source = _source_folder(project, root)
    if source is None:
        return None
    _, manifest = project.package_json(_joined(root, "package.json"))
    config = next((path for name in _CONFIGS if (path := _joined(root, name)) in project.files), None)
    version = _version(manifest)
    if config is None and not version:
        return None
    name = manifest.get("name")
    entry = config or _joined(root, "package.json")
    held = project.files.get(entry) or project.settings.get(entry)
    return NextApp(
        name=name if isinstance(name, str) and name else root.rpartition("/")[2] or FRAMEWORK,
        root=root,
        source=source,
        version=version,
        entry=place_at(entry, held.text if held is not None else "", 1),
        settings=_settings(project, config),
    )


def _source_folder(project: ScriptProject, root: str) -> str | None:
    """Where `app` and `pages` are: Next.js looks into the root first, then into `src`."""
    for folder in (root, _joined(root, "src")):
        pages, app = _joined(folder, "pages/"), _joined(folder, "app/")
        for path in project.files:
            if path.startswith(pages):
                return folder
            if path.startswith(app) and path.rpartition("/")[2].split(".")[0] in _CONVENTIONS:
                return folder
    return None


def _version(manifest: Mapping[str, object]) -> str:
    for kind in ("dependencies", "devDependencies"):
        held = manifest.get(kind)
        if isinstance(held, Mapping) and isinstance(version := held.get("next"), str):
            return version
    return ""


def _settings(project: ScriptProject, config: str | None) -> NextSettings:
    module = project.module(config) if config is not None else None
    if module is None:
        return NextSettings()
    held = dict(_stated(module))
    unread: list[str] = []
    base = _text(project, module, held.get("basePath"))
    if base is None:
        unread.append("basePath")
    listed = held.get("pageExtensions")
    extensions = _texts(project, module, listed) if listed is not None else _EXTENSIONS
    if not extensions:
        unread.append("pageExtensions")
    slash = held.get("trailingSlash")
    return NextSettings(
        base=(base or "").rstrip("/"),
        extensions=extensions or _EXTENSIONS,
        trailing_slash=slash is not None and unwrapped(slash).kind() == "true",
        unread=tuple(unread),
    )


def _stated(module: ScriptModule) -> Iterator[tuple[str, SgNode]]:
    """Settings that the file states in any object that is not inside another one: plugins are wrapped around it."""
    for node in module.root.find_all(kind="object"):
        if any(around.kind() == "pair" for around in node.ancestors()):
            continue
        for name, value in object_entries(node):
            if name in _SETTINGS:
                yield name, value


def _text(project: ScriptProject, module: ScriptModule, node: SgNode | None) -> str | None:
    """A text of the settings; of `process.env.X || "y"` the default; None where it is not literal."""
    if node is None:
        return ""
    node = unwrapped(node)
    if node.kind() == "binary_expression" and operator_of(node) in {"||", "??"}:
        right = node.field("right")
        return _text(project, module, right) if right is not None else None
    if node.kind() in {"undefined", "null"} or node.text() == "undefined":
        return ""
    return project.text(module, node)


def _texts(project: ScriptProject, module: ScriptModule, node: SgNode) -> tuple[str, ...]:
    _, value = project.value(module, node)
    if value.kind() != "array":
        return ()
    return tuple(string_value(child) for child in value.named_children() if child.kind() == "string")


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
