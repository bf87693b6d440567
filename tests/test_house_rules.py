"""The only place for the house rules that no linter can say. Each rule is tried on a breach of it as well."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parent.parent
FEATURES = frozenset(path.parent.name for path in (ROOT / "training").glob("*/domain*"))
LONGEST_FILE = 400
LONGEST_VIEW = 40

#: Templates that may print markup unescaped, and whose markup that is.
TRUSTED_MARKUP = {
    "templates/macros/icons.html": "the shapes written in the macro itself",
}
#: Files that stand outside every page, where no token reaches.
OWN_COLOURS = {"static/favicon.svg"}
#: Pages that a view of another name answers with.
ANSWERS = {
    "homes/nothing.html": "the home of somebody without a role",
    "people/invited.html": "the one showing of an invitation's link",
}
#: Folders of templates whose names are not endpoints: parts that other templates include.
PARTS = ("macros", "questions")
#: What may read the clock; everything else is handed the time.
CLOCK_READERS = ("routes.py", "cli.py", "training/db.py", "training/web/access.py")
#: What a service may take from SQLAlchemy: the type it is handed, and the errors it turns into sentences.
FOR_SERVICES = {"Session", "IntegrityError", "OperationalError", "DBAPIError"}


@dataclass(frozen=True)
class Rule:
    """One rule over files: `find` names each breach in a file."""

    title: str
    files: tuple[str, ...]
    find: Callable[[str, str], Iterator[str]]
    #: A file that breaks the rule: path and text.
    breach: tuple[str, str]


def _opens_without_its_line(_path: str, text: str) -> Iterator[str]:
    if not text.strip():
        return
    opening = ast.get_docstring(ast.parse(text)) or ""
    if not re.match(r"[A-Z].*[.)]$", opening.partition("\n")[0]):
        yield "does not open with one whole line saying what it is for"


def _too_long(_path: str, text: str) -> Iterator[str]:
    lines = text.count("\n")
    if lines > LONGEST_FILE:
        yield f"has {lines} lines, more than {LONGEST_FILE}"


def _says_nothing(path: str, _text: str) -> Iterator[str]:
    if re.search(r"(^|[/_])(utils?|helpers?|common|misc|manager)(_|\.|/)", path):
        yield "has a name that says nothing"


def _reads_the_clock(path: str, text: str) -> Iterator[str]:
    if path.endswith(CLOCK_READERS) or "/routes/" in path or path == "training/clock.py":
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and _name(node.func) in {"clock.now", "now", "stamp.now"}:
            yield f"line {node.lineno} reads the clock"


def _other_clock(path: str, text: str) -> Iterator[str]:
    if path == "training/clock.py":
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and re.search(
            r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time)$", _name(node.func)
        ):
            yield f"line {node.lineno} goes round training/clock.py"


def _reads_the_environment(path: str, text: str) -> Iterator[str]:
    if path in {"training/config.py", "training/clock.py"}:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute | ast.Name) and _name(node) in {"os.environ", "os.getenv", "environ"}:
            yield f"line {node.lineno} reads the environment"


def _commits(path: str, text: str) -> Iterator[str]:
    if path == "training/db.py":
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and _name(node.func).endswith(".commit"):
            yield f"line {node.lineno} commits"


def _knows_sql(path: str, text: str) -> Iterator[str]:
    parts = Path(path).parts
    if len(parts) < 3 or parts[1] == "web" or {"store", "store.py", "tables", "tables.py"} & set(parts):
        return
    typing_only = {
        id(inner)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.If) and _name(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(ast.parse(text)):
        if id(node) in typing_only or not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        named = {alias.name for alias in node.names}
        if module.startswith("sqlalchemy") and not named <= FOR_SERVICES:
            yield f"line {node.lineno} imports {', '.join(sorted(named - FOR_SERVICES))} from SQLAlchemy"
        elif any(name.partition(".")[0] == "sqlalchemy" for name in named):
            yield f"line {node.lineno} imports SQLAlchemy"


#: Features whose store others may ask.
LENDERS = frozenset({"people", "evidence"})


def _takes_anothers_tables(path: str, text: str) -> Iterator[str]:
    """A feature's store and tables are its own, but for joins: a store may name another's tables.

    Two lend theirs: everything names people and locks them, and clearance is the way in to evidence; a service that
    only passed on would add a room without a purpose. The demo makes what pages make, and looks where they do.
    """
    feature = Path(path).parts[1]
    if feature == "demo":
        return
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        for name in [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]:
            found = re.match(r"training\.(\w+)\.(store|routes|tables)$", name)
            if not found or found[1] == feature or (found[2] == "store" and found[1] in LENDERS):
                continue
            if found[2] != "tables" or "store" not in Path(path).as_posix():
                yield f"line {node.lineno} imports {name}; ask {found[1]}'s service"


def _views_too_long(_path: str, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and any("route" in _name(_called(mark)) for mark in node.decorator_list):
            lines = (node.end_lineno or node.lineno) - node.lineno
            if lines > LONGEST_VIEW:
                yield f"{node.name} has {lines} lines, more than {LONGEST_VIEW}"


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return ""


def _imports_the_app(_path: str, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if any(module.partition(".")[0] == "training" for module in modules):
            yield "imports the app, which will have changed when this migration runs"


def _prints_markup(path: str, text: str) -> Iterator[str]:
    if path not in TRUSTED_MARKUP and re.search(r"\|\s*safe\b|Markup\(|autoescape\s+false", text):
        yield "prints markup unescaped and is not on the list in this file"


def _blocked_by_the_policy(_path: str, text: str) -> Iterator[str]:
    # A comment cannot be blocked, and may say what is.
    text = re.sub(r"\{#.*?#\}|<!--.*?-->", "", text, flags=re.DOTALL)
    for pattern, what in (
        (r"\sstyle\s*=", "a style attribute"),
        (r"<style\b", "a style element"),
        (r"<script\b(?![^>]*\bsrc=)", "an inline script"),
        (r"\son[a-z]+\s*=\s*[\"']", "an event attribute"),
        (r"javascript:", "a script address"),
    ):
        if re.search(pattern, text, flags=re.IGNORECASE):
            yield f"has {what}, which the content security policy blocks"


def _names_a_colour(path: str, text: str) -> Iterator[str]:
    if path in OWN_COLOURS:
        return
    if path == "static/site.css":
        # The tokens are the two :root blocks, light and dark.
        text = re.sub(r":root\s*\{[^}]*\}", "", text)
    text = re.sub(r"\{#.*?#\}|/\*.*?\*/|<!--.*?-->", "", text, flags=re.DOTALL)
    for found in re.finditer(r"#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b", text, re.IGNORECASE):
        # Not an anchor (href="#add") nor a character reference (&#169;).
        if not re.search(r"(href\s*=\s*[\"'][^\"']*|&)$", text[max(0, found.start() - 120) : found.start()]):
            yield f"names the colour {found[0]}"
    for found in re.finditer(r"\b(rgba?|hsla?|oklch|oklab|lab|lch|hwb|color)\(", text):
        yield f"names a colour with {found[0]})"
    names = "red|green|blue|black|white|gr[ae]y|orange|yellow|purple|brown|pink|teal|navy"
    for found in re.finditer(rf"(?:fill|stroke|color|stop-color)\s*[:=]\s*[\"']?({names})\b", text):
        yield f"names the colour {found[1]}"


PYTHON = ("training/**/*.py", "tests/**/*.py", "bench/**/*.py", "migrations/**/*.py")
MARKUP = ("templates/**/*.html", "content/pictures/*.svg", "static/**/*.svg")
RULES = (
    Rule("every module says what it is for", PYTHON[:3], _opens_without_its_line, ("training/x.py", "import os\n")),
    Rule("no file grows past its bound", PYTHON, _too_long, ("training/x.py", "x = 1\n" * (LONGEST_FILE + 1))),
    Rule("no name says nothing", (*PYTHON, *MARKUP), _says_nothing, ("training/people/utils.py", "")),
    Rule(
        "the clock is read at the edges alone",
        ("training/**/*.py",),
        _reads_the_clock,
        ("training/people/service.py", "from training import clock\nat = clock.now()\n"),
    ),
    Rule(
        "there is one clock",
        ("training/**/*.py",),
        _other_clock,
        ("training/people/routes.py", "from datetime import UTC, datetime\nat = datetime.now(UTC)\n"),
    ),
    Rule(
        "settings are read in one place",
        ("training/**/*.py",),
        _reads_the_environment,
        ("training/people/service.py", "import os\nkey = os.environ['KEY']\n"),
    ),
    Rule(
        "one place commits",
        ("training/**/*.py",),
        _commits,
        ("training/people/service.py", "def save(session):\n    session.commit()\n"),
    ),
    Rule(
        "SQL stays in stores and tables",
        ("training/**/*.py",),
        _knows_sql,
        ("training/people/service.py", "from sqlalchemy import select\n"),
    ),
    Rule(
        "a feature's store is its own",
        tuple(f"training/{feature}/**/*.py" for feature in sorted(FEATURES)),
        _takes_anothers_tables,
        ("training/homes/service.py", "from training.documents import store\n"),
    ),
    Rule(
        "a view is short",
        ("training/**/routes*.py", "training/*/routes/*.py"),
        _views_too_long,
        ("training/people/routes.py", "@blueprint.get('/')\n@route\ndef home():\n" + "    x = 1\n" * 50),
    ),
    Rule(
        "a migration stands alone",
        ("migrations/**/*.py",),
        _imports_the_app,
        ("migrations/versions/0001_people.py", "from training.people.tables import Person\n"),
    ),
    Rule("markup is printed escaped", ("templates/**/*.html",), _prints_markup, ("x.html", "{{ name|safe }}")),
    Rule("nothing needs an unsafe policy", MARKUP, _blocked_by_the_policy, ("x.html", '<p style="margin: 0">Hi</p>')),
    Rule(
        "colours are named as tokens and nowhere else",
        (*MARKUP, "static/**/*.css", "static/**/*.js"),
        _names_a_colour,
        ("static/site.css", ":root { --ink: #22201c; }\np { color: #22201c; }"),
    ),
)


def _title(rule: Rule) -> str:
    return rule.title.replace(" ", "_")


@pytest.mark.parametrize("rule", RULES, ids=_title)
def test_the_tree_keeps_the_rule(rule: Rule) -> None:
    paths = sorted({path for pattern in rule.files for path in ROOT.glob(pattern)})
    assert paths, "the rule looks at no file"
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}
    faults = [f"{path}: {fault}" for path, text in texts.items() for fault in rule.find(path, text)]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize("rule", RULES, ids=_title)
def test_the_rule_sees_its_breach(rule: Rule) -> None:
    assert list(rule.find(*rule.breach)) != []


def test_every_template_of_a_page_has_the_name_of_its_view(app: Flask) -> None:
    assert _without_view(_templates(), set(app.view_functions)) == []


def test_a_template_without_a_view_is_seen() -> None:
    templates = ["people/stray.html", "people/home.html", "macros/path.html", "layout.html"]
    assert _without_view(templates, {"people.home"}) == ["people/stray.html"]


def _templates() -> list[str]:
    folder = ROOT / "templates"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html"))


def _without_view(templates: list[str], endpoints: set[str]) -> list[str]:
    pages = [path for path in templates if "/" in path and not path.startswith(PARTS) and "/_" not in path]
    pages = [path for path in pages if path not in ANSWERS]
    return [path for path in pages if path.removesuffix(".html").replace("/", ".") not in endpoints]


def test_every_template_is_used() -> None:
    sources = [*(ROOT / "training").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    unused = [path for path in _templates() if not path.startswith(PARTS) and f'"{path}"' not in text]
    assert unused == []


def test_the_import_contract_knows_every_feature() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(one for one in settings["tool"]["importlinter"]["contracts"] if one["id"] == "files")
    assert sorted(contract["containers"]) == sorted(f"training.{feature}" for feature in _packages() - {"web"})


def _packages() -> set[str]:
    return {path.parent.name for path in (ROOT / "training").glob("*/__init__.py")}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_file_names_no_place_and_checks_every_package(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if re.search(r"://|--(index|extra|find)|@ |(^|\s)/", line)] == []
    pins = [number for number, line in enumerate(lines) if re.match(r"\w", line)]
    assert pins
    assert [lines[number] for number in pins if "--hash=sha256:" not in lines[number + 1]] == []


def test_both_lock_files_pin_the_same_releases() -> None:
    run, test = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE))
        for name in ("requirements.lock", "requirements-test.lock")
    )
    assert {name: (version, test.get(name)) for name, version in run.items() if test.get(name) != version} == {}
