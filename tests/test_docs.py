"""The documentation, held to the code: what it names exists, and what exists is named."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pydantic
import pytest

from ccr_proxy.config import paths
from ccr_proxy.config.document import parse
from ccr_proxy.config.load import evaluate
from ccr_proxy.config.router import ThinkWhen
from ccr_proxy.config.schema import Config, ModelPrice, ModelSettings, Provider, Router, Timeouts, UsageSettings
from tests.help_blocks import COMMANDS_PAGE, aliases, commands, with_help
from tests.markdown_tables import DOCS, ROOT, code_spans, documents, section, tables

CONFIGURATION = (DOCS / "configuration.md").read_text(encoding="utf-8")
# What the section of each heading documents. Names below `Providers` of models are in the second table of its section.
KEY_TABLES: dict[str, tuple[type[pydantic.BaseModel], ...]] = {
    "Top level": (Config,),
    "Providers": (Provider, ModelSettings),
    "Router": (Router,),
    "thinkWhen": (ThinkWhen,),
    "timeouts": (Timeouts,),
    "usage": (UsageSettings, ModelPrice),
}
# Folders whose files the documentation may name; a star or an upper-case placeholder makes a name a pattern.
_OWN_FILE = re.compile(r"^(ccr_proxy|zcf|tests|scripts|presets|docs|benchmarks|\.ci)/[\w./-]*$")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_MACHINE_PATH = re.compile(
    r"(?<![\w~.$<])/(home|root|tmp|work|Users|var|opt|private)/|[A-Z]:\\Users|localhost:\d+/simple|pypi\.org/simple"
)


def names_of(model: type[pydantic.BaseModel]) -> set[str]:
    """The names under which a model's fields may stand in the file."""
    names: set[str] = set()
    for attribute, field in model.model_fields.items():
        match field.validation_alias:
            case pydantic.AliasChoices(choices=choices):
                names |= {str(choice) for choice in choices}
            case None:
                names.add(attribute)
            case alias:
                names.add(str(alias))
    return names


@pytest.mark.parametrize("heading", KEY_TABLES)
def test_every_key_of_the_configuration_is_documented_and_no_other(heading: str) -> None:
    found = tables(section(CONFIGURATION, heading))
    models = KEY_TABLES[heading]
    assert len(found) == len(models)
    for table, model in zip(found, models, strict=True):
        assert {row["key"].strip("`") for row in table} == names_of(model)


def test_the_sample_configuration_works_as_it_stands() -> None:
    sample = re.findall(r"```json5\n(.*?)```", CONFIGURATION, re.DOTALL)[0]
    environ = {"CCR_KEY": "k", "DEEPSEEK_API_KEY": "d"}
    loaded = evaluate(parse(sample, "sample"), Path("sample"), environ)
    assert loaded.problems == ()
    assert set(loaded.config.router.routes()) == {"default", "think"}


def test_the_files_of_the_gateway_are_named() -> None:
    spans = code_spans(section(CONFIGURATION, "Files"))
    for path in (
        paths.config_path(),
        paths.state_path(),
        paths.pid_path(),
        paths.usage_path(),
        paths.log_directory() / "gateway.log",
    ):
        assert f"~/{path.relative_to(Path.home()).as_posix()}" in spans


def test_the_help_texts_are_those_of_the_commands() -> None:
    page = COMMANDS_PAGE.read_text(encoding="utf-8")
    assert with_help(page) == page, "run `python -m tests.help_blocks`"


def test_every_command_has_a_heading_and_no_other_has() -> None:
    page = COMMANDS_PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"^### (.+)$", page, re.MULTILINE)) == {name for name, _, _ in commands()}


def options_of(name: str) -> set[str]:
    """Every spelling of every option of a command, and of the command above it."""
    found: set[str] = set()
    for other, command, context in commands():
        if name == other or name.startswith(f"{other} "):
            found |= {spelling for option in _options(command, context) for spelling in option.opts}
    return found


def _options(command: click.Command, context: click.Context) -> Iterator[click.Option]:
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option):
            yield parameter


def mentioned_command_lines() -> Iterator[tuple[Path, str]]:
    """Every `zcf …` and `ccr …` that a document shows, in code spans and in fenced shell blocks."""
    for document in documents():
        text = document.read_text(encoding="utf-8")
        fenced = "\n".join(re.findall(r"^```(?:sh|console)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
        for line in (*code_spans(text), *fenced.splitlines()):
            stripped = line.strip().removeprefix("$ ").partition("#")[0].strip()
            if re.match(r"(zcf|ccr)( |$)", stripped):
                yield document, stripped


def command_of(words: list[str], known: set[str]) -> str:
    """The command that a line runs, with as many of its words as are a command's name; any profile is PROFILE, and
    `team`, the preset of all examples, is NAME."""
    plain = [word for word in words[:3] if not word.startswith("-")]
    if len(plain) > 1:
        alias = " ".join(plain[:2])
        plain[:2] = aliases().get(alias, alias).split()
    if plain[:2] == ["zcf", "api"] and len(plain) == 3 and " ".join(plain) not in known:
        return "zcf api PROFILE"
    if plain == ["ccr", "team"]:
        return "ccr NAME"
    names = (" ".join(plain[:count]) for count in (3, 2))
    return next((name for name in names if name in known), " ".join(plain[:2]))


def test_every_command_line_that_is_shown_exists() -> None:
    known = {name for name, _, _ in commands()}
    unknown = []
    lines = list(mentioned_command_lines())
    for document, line in lines:
        words = line.split()
        name = command_of(words, known)
        flags = {word.partition("=")[0] for word in words if re.match(r"--?[a-zA-Z]", word)}
        if name not in known or not flags <= options_of(name):
            unknown.append(f"{document.name}: {line}")
    assert len(lines) > 20
    assert unknown == []


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_relative_links_lead_to_files(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, fragment = target.partition("#")
        linked = (document.parent / name).resolve() if name else document
        assert linked.exists(), f"{document.name} links to {target}"
        if fragment:
            assert fragment in anchors(linked), f"{document.name} links to {target}"


def anchors(document: Path) -> set[str]:
    """The anchors that a Markdown page's headings make, as GitHub spells them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_own_files_that_are_named_exist(document: Path) -> None:
    named = [span.partition("::")[0] for span in code_spans(document.read_text(encoding="utf-8"))]
    missing = [name for name in named if _OWN_FILE.match(name) and not (ROOT / name).exists()]
    assert missing == []


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_no_path_of_somebodys_machine(document: Path) -> None:
    assert _MACHINE_PATH.findall(document.read_text(encoding="utf-8")) == []


def functions_of(test_file: Path) -> set[str]:
    """The names of the test functions in a file."""
    tree = ast.parse(test_file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def conformance_rows() -> list[dict[str, Any]]:
    """The table of docs/conformance.md."""
    return [row for table in tables((DOCS / "conformance.md").read_text(encoding="utf-8")) for row in table]


def test_conformance_numbers_are_complete() -> None:
    assert [int(row["#"]) for row in conformance_rows()] == list(range(1, 51))


def missing_tests(cell: str) -> list[str]:
    """The tests that a cell of a table names and that do not exist."""
    named = [span.split("::") for span in code_spans(cell) if "::" in span]
    return [
        f"{file}::{function}"
        for file, function in named
        if not (ROOT / file).is_file() or function not in functions_of(ROOT / file)
    ]


def test_every_test_named_in_the_conformance_table_exists() -> None:
    for row in conformance_rows():
        assert "::" in row["covered by"] or re.match(r"(not yet|does not apply)\b", row["covered by"]), row
        assert missing_tests(row["covered by"]) == []


def test_every_defect_of_zcf_has_a_test_that_exists() -> None:
    rows = [row for table in tables((DOCS / "zcf-defects.md").read_text(encoding="utf-8")) for row in table]
    assert len(rows) > 40
    for row in rows:
        assert "::" in row["test"], row
        assert missing_tests(row["test"]) == []


def imports_of(file: Path) -> set[str]:
    """The top-level names of the modules that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def test_what_the_architecture_says_of_imports_is_true() -> None:
    io = {"aiohttp", "httpx", "asyncio", "sqlite3", "questionary", "rich", "subprocess", "socket", "psutil", "filelock"}
    planning = {file.name: imports_of(file) & io for file in (ROOT / "zcf" / "plan").glob("*.py")}
    assert planning
    assert {name: found for name, found in planning.items() if found} == {}
    sources = [file for package in ("zcf", "ccr_proxy") for file in (ROOT / package).rglob("*.py")]
    assert [file.relative_to(ROOT).as_posix() for file in sources if "httpx" in imports_of(file)] == ["zcf/net.py"]


def test_every_room_is_in_the_architecture() -> None:
    (rooms,) = tables(section((DOCS / "architecture.md").read_text(encoding="utf-8"), "Rooms"))
    packages = {
        f"{child.relative_to(ROOT).as_posix()}/"
        for package in ("zcf", "ccr_proxy")
        for child in (ROOT / package).iterdir()
        if (child / "__init__.py").is_file()
    }
    assert packages <= {row["room"].strip("`") for row in rooms}


def test_files_named_in_the_diagrams_exist() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    diagrams = "".join(re.findall(r"```text\n(.*?)```", text, re.DOTALL))
    named = re.findall(r"\b(?:ccr_proxy|zcf)/[\w/]*(?:\.py)?", diagrams)
    assert len(named) > 20
    assert [name for name in named if not (ROOT / name).exists()] == []
