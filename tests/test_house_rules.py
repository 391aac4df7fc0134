"""The repository tests its own promises: documents against commands, the tree against the house rules."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from cellwall import __version__
from cellwall.check.rule_registry import every_rule
from cellwall.cli.main import COMMANDS, main

ROOT = Path(__file__).parents[1]
SOURCE = sorted((ROOT / "src").rglob("*.py"))
README = (ROOT / "README.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FOR_DEVELOPERS = {"browser", "platform", "test", "servers", "benchmark"}  # extras that no service needs

# What the code base spells for which the product was asked for; the product itself must not know it.
FOREIGN = ("netra", "mission_critical", "mission critical", "auth_service", "analytics_service", "tests/e2e")

# Written in pieces, so that this file holds none of them.
ADDRESSES = (
    r"py" r"pi\.(?:org|python)",
    r"python" r"hosted",
    r"/simple" r"/",
    r"(?:extra-)?index" r"-url",
    r"registry\.npm" r"js",
    r"proxy\.golang" r"\.org",
    r"https?://(?:local" r"host|127\.0\.0\.1|10\.|192\.168\.)\S*/(?:repository|artifactory|nexus)",
)
MACHINE_PATHS = (r"(?<![\w.])/work" r"/", r"(?<![\w.])/tmp/" r"venv", r"(?<![\w.])/opt" r"/", r"\.py" r"env/")


def tracked() -> list[Path]:
    """Give the files that git tracks and that are still there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout, so nothing says which files are tracked")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def documents() -> list[Path]:
    """Give the Markdown files of the repository itself, not those that are test material."""
    return [path for path in tracked() if path.suffix == ".md" and "fixtures" not in path.parts]


def lines_with(pattern: str, paths: list[Path]) -> Iterator[str]:
    """Give path:line of every line that the pattern matches."""
    search = re.compile(pattern, re.IGNORECASE).search
    for path in paths:
        for number, line in enumerate(path.read_bytes().decode(errors="replace").splitlines(), 1):
            if search(line):
                yield f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"


def command_named(*words: str) -> click.Command | None:
    """Give the command that stands after `cellwall`."""
    command: click.Command | None = main
    for word in words:
        if not isinstance(command, click.Group):
            return None
        command = command.get_command(click.Context(command), word)
    return command


def table_rows(text: str, heading: str) -> list[list[str]]:
    """Give the cells of the table whose first heading is this."""
    rows = text.partition(f"\n| {heading} |")[2].splitlines()[2:]
    table = []
    for row in rows:
        if not row.startswith("|"):
            break
        table.append([cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]])
    return table


def shown_commands(text: str) -> set[str]:
    """Give the words that follow `cellwall` where a document shows a command."""
    return set(re.findall(r"(?:`|^|&& |\$ )cellwall ([a-z][a-z-]*)", text, re.MULTILINE))


def test_the_commands_are_the_files_with_a_command() -> None:
    files = {path.stem for path in (ROOT / "src/cellwall/cli").glob("*.py") if path.stem != "__init__"}
    with_command = {name for name in files if hasattr(import_module(f"cellwall.cli.{name}"), "command")}
    assert with_command == set(COMMANDS)


def test_every_command_of_the_readme_is_there() -> None:
    rows = table_rows(README, "command")
    named: set[str] = set()
    for cell, _ in rows:
        named |= {word for text in re.findall(r"`(?:cellwall )?([a-z]+)", cell) for word in [text]}
    assert named == set(COMMANDS)
    assert all(command_named(name) for name in named)
    assert command_named("plan", "show")
    assert command_named("plan", "lint")


def test_every_option_of_the_readme_is_there() -> None:
    shown = re.findall(r"^(?:\| `)?cellwall ([a-z]+)(?: ([a-z][a-z-]*))?(.*)", README, re.MULTILINE)
    found = 0
    for first, second, rest in shown:
        command = command_named(first, second) or command_named(first)
        assert command, first
        known = {option for parameter in command.params for option in parameter.opts}
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in known, (first, option)
            found += 1
    assert found > 5


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_documents_show_commands_that_exist(path: Path) -> None:
    assert shown_commands(path.read_text()) <= set(COMMANDS)


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_relative_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
        assert "://" in target or (path.parent / target).exists(), target


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_make_targets_that_documents_name_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", path.read_text(), re.MULTILINE)) <= targets


def test_the_readme_names_every_rule() -> None:
    rows = {code[1:6]: text.split("`")[1] for code, text, _ in table_rows(README, "code")}
    assert rows == {rule.code: rule.name for rule in every_rule()}


def test_documents_name_no_other_rule() -> None:
    known = {rule.code for rule in every_rule()}
    for path in documents():
        assert set(re.findall(r"\bCW\d{3}\b", path.read_text())) <= known, path.name


def test_the_changelog_names_every_command() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    for name in COMMANDS:
        assert re.search(rf"`(?:cellwall )?{name}\b", text), name


def test_the_version_is_one() -> None:
    assert PROJECT["project"]["version"] == __version__


def test_no_address_of_a_registry_is_tracked() -> None:
    assert list(lines_with("|".join(ADDRESSES), tracked())) == []


def test_no_path_of_a_machine_is_tracked() -> None:
    assert list(lines_with("|".join(MACHINE_PATHS), tracked())) == []


def test_the_source_knows_no_plan() -> None:
    assert list(lines_with("|".join(map(re.escape, FOREIGN)), SOURCE)) == []


def test_no_text_of_the_examples_plan_is_in_the_source() -> None:
    from cellwall.migrate.plan.parse import read_plan

    plan = read_plan(ROOT / "examples/agent_platform/PARALLEL_AGENT_TEST_UPDATE_PLAN.md")
    texts = [agent.name for agent in plan.agents] + [agent.focus for agent in plan.agents]
    texts += [task.text for agent in plan.agents for task in agent.tasks]
    texts += [item.text for item in (*plan.success_criteria, *plan.success_metrics, *plan.scope_figures)]
    source = " ".join(path.read_text() for path in SOURCE).casefold()
    assert len(texts) > 40
    assert [text for text in texts if text.casefold() in source] == []


def test_files_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCE}
    assert {path: length for path, length in lengths.items() if length > 400} == {}
    written = sorted(length for length in lengths.values() if length > 3)
    assert written[len(written) // 2] <= 100


def test_no_file_collects_odds_and_ends() -> None:
    names = {"utils", "util", "helpers", "helper", "common", "base", "misc", "tools_misc"}
    assert [path for path in SOURCE if path.stem.strip("_") in names] == []


def test_every_module_and_every_public_name_says_what_it_is() -> None:
    silent = [name for path in SOURCE for name in _silent(path)]
    assert silent == []


def _silent(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_bytes())
    if not ast.get_docstring(tree):
        yield str(path.relative_to(ROOT))
    owners: list[ast.Module | ast.ClassDef] = [tree]
    while owners:
        for node in owners.pop().body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if node.name.startswith("_") or _is_told_elsewhere(node):
                continue
            if not ast.get_docstring(node):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            if isinstance(node, ast.ClassDef):
                owners.append(node)


def _is_told_elsewhere(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """An overload, or a property's setter: the one docstring stands at the function or the getter."""
    return any(
        (isinstance(mark, ast.Name) and mark.id == "overload")
        or (isinstance(mark, ast.Attribute) and mark.attr == "setter")
        for mark in node.decorator_list
    )


def test_constraints_pin_every_requirement() -> None:
    lines = (ROOT / "constraints.txt").read_text().split()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", line) for line in lines)
    pinned = {_normal(line) for line in lines}
    assert len(pinned) == len(lines)
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *(one for extra in extras.values() for one in extra)]
    wanted += PROJECT["build-system"]["requires"]
    assert {_normal(one) for one in wanted} - {"cellwall"} <= pinned


def _normal(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement)[0]).lower()


def test_the_extra_all_is_every_optional_part() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    (whole,) = extras["all"]
    assert set(re.findall(r"[a-z]+", whole.partition("[")[2])) == set(extras) - {"all"} - FOR_DEVELOPERS


def test_the_entry_points_of_plans_are_here_too() -> None:
    from cellwall.migrate.plan_commands import COMMAND_OF

    missing = [path for path in COMMAND_OF if not (ROOT / path).is_file()]
    assert missing == []
