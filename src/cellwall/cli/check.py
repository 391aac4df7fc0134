"""`cellwall check`: finds isolation defects in files, repairs what is safe, and says why not the rest."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from pathspec import PathSpec

from cellwall.check.atomic_write import WriteError, atomic_write
from cellwall.check.engine import FileReport, check_tree
from cellwall.check.finding import Finding
from cellwall.check.fixer import fix_source
from cellwall.check.output.diff import diff_lines
from cellwall.check.output.json import json_text
from cellwall.check.output.text import text_lines
from cellwall.check.parse import ParseError
from cellwall.check.project_facts import ProjectFacts, collect_facts
from cellwall.check.report import CheckReport
from cellwall.check.rule_selection import rules_of
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.project.config import ProjectConfig, load_project
from cellwall.project.errors import ProjectError


@click.command(short_help="Find isolation defects, and repair what is safe to repair.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--repo", type=click.Path(path_type=Path), help="The repository; default: the one around here.")
@click.option("--fix", is_flag=True, help="Repair what is safe to repair.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Warnings and files that do not parse fail too.")
@click.option("--unsafe-fixes", is_flag=True, help="Apply repairs too that may change what the code does.")
@click.option("--include-app", is_flag=True, help="Repair application files too, not only tests.")
@click.option("--rule", "rules", multiple=True, help="Only this rule, by name or code; can be repeated.")
def command(  # noqa: PLR0917 - click passes them by name
    paths: tuple[Path, ...],
    repo: Path | None,
    fix: bool,
    diff: bool,
    form: str,
    strict: bool,
    unsafe_fixes: bool,
    include_app: bool,
    rules: tuple[str, ...],
) -> None:
    """Find isolation defects in PATHS (default: the whole repository), and repair what is safe to repair.

    Exit status: 0 nothing found, 1 something found, 2 the check could not start.
    """
    root = Path(os.path.abspath(repo)) if repo is not None else _repository(Path.cwd())  # noqa: PTH100
    try:
        project = load_project(root)
        rules_of(CheckSettings(rules=rules))
        tree = DirectorySourceTree(root)
        wanted = list(_wanted(tree.paths(), paths, root, project))
    except (ProjectError, ValueError) as error:
        click.echo(f"cellwall check: {error}", err=True)
        sys.exit(2)
    settings = CheckSettings.from_project(project, rules=rules, include_app=include_app)
    facts = collect_facts(tree, settings)
    run = _Run(
        root, tree, settings, facts, write=not diff, unsafe=unsafe_fixes, diff_to_stderr=form == "json"
    )
    report = run.check(wanted, repair=fix or diff)
    if form == "json":
        click.echo(json_text(report))
    else:
        for line in text_lines(report):
            click.echo(line, err=diff)
    sys.exit(1 if report.fails(strict=strict) else 0)


class _Run:
    """One run of the command over files: checks, repairs, writes."""

    def __init__(
        self,
        root: Path,
        tree: DirectorySourceTree,
        settings: CheckSettings,
        facts: ProjectFacts,
        *,
        write: bool,
        unsafe: bool,
        diff_to_stderr: bool,
    ) -> None:
        self._root = root
        self._tree = tree
        self._settings = settings
        self._facts = facts
        self._write = write
        self._unsafe = unsafe
        self._diff_to_stderr = diff_to_stderr
        self._repaired: list[Finding] = []
        self._not_written: list[str] = []

    def check(self, paths: list[str], *, repair: bool) -> CheckReport:
        findings: list[Finding] = []
        unparseable: list[tuple[str, ParseError]] = []
        for report in check_tree(self._tree, paths, self._settings, self._facts):
            if report.parse_error is not None:
                unparseable.append((report.path, report.parse_error))
            elif repair and any(finding.fix for finding in report.findings):
                findings += self._repair(report)
            else:
                findings += report.findings
        return CheckReport(
            len(paths), tuple(findings), tuple(self._repaired), tuple(unparseable), tuple(self._not_written)
        )

    def _repair(self, report: FileReport) -> Iterable[Finding]:
        """Repair one file and give the findings that are there afterwards."""
        before = self._tree.read(report.path)
        result = fix_source(report.path, before, self._settings, self._facts, unsafe=self._unsafe)
        if result.source == before:
            return result.remaining
        if not self._write:
            for line in diff_lines(report.path, before, result.source):
                click.echo(line, nl=False, err=self._diff_to_stderr)
            return report.findings
        try:
            atomic_write(self._root / report.path, result.source)
        except WriteError as error:
            self._not_written.append(str(error))
            return report.findings
        self._repaired += result.repaired
        return result.remaining


def _repository(start: Path) -> Path:
    """Give the nearest folder, from `start` upward, that holds a git repository or a pyproject.toml."""
    for folder in (start, *start.parents):
        if (folder / ".git").exists() or (folder / "pyproject.toml").exists():
            return folder
    return start


def _wanted(
    every: Iterable[str], paths: tuple[Path, ...], root: Path, project: ProjectConfig
) -> Iterator[str]:
    """Give the files below the given paths; a file that is named itself is taken whatever is excluded.

    Raises:
        ValueError: a path does not exist or lies outside the repository.
    """
    given = [_inside(path, root) for path in paths] or [""]
    include = PathSpec.from_lines("gitignore", project.include or ("*",))
    exclude = PathSpec.from_lines("gitignore", project.exclude)
    for path in every:
        below = any(one in ("", path) or path.startswith(one + "/") for one in given)
        listed = include.match_file(path) and not exclude.match_file(path)
        if below and (listed or path in given):
            yield path


def _inside(path: Path, root: Path) -> str:
    """Give a path as seen from the root, "" for the root itself."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - links are not followed
    if not absolute.exists() and not path.is_absolute():
        absolute = Path(os.path.abspath(root / path))  # noqa: PTH100
    if not absolute.exists():
        raise ValueError(f"{path}: there is no such file or folder")
    if not absolute.is_relative_to(root):
        raise ValueError(f"{path}: lies outside the repository {root}")
    relative = absolute.relative_to(root).as_posix()
    return "" if relative == "." else relative
