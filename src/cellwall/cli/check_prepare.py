"""What a run of `cellwall check` needs: the configuration read, the files found, the baseline read."""

from pathlib import Path
from typing import NamedTuple

from cellwall.check.baseline import BaselineError, read_baseline
from cellwall.check.cache_key import cache_key
from cellwall.check.changed_lines import Ranges, changed_lines
from cellwall.check.findings_cache import FindingsCache
from cellwall.check.javascript.languages import can_parse
from cellwall.check.parse import ParseError
from cellwall.check.rule_plugins import PluginError
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.check.wanted_files import absolute, inside, is_left_out, repository_of, wanted_files
from cellwall.cli.check_options import CheckOptions
from cellwall.project.config import ProjectConfig, load_project


class Prepared(NamedTuple):
    """What a run needs. `changed` is None where all lines count, `baseline` where there is none."""

    root: Path
    project: ProjectConfig
    settings: CheckSettings
    tree: DirectorySourceTree
    wanted: list[str]
    changed: dict[str, Ranges] | None
    accepted: frozenset[str]
    baseline: Path | None
    cache: FindingsCache | None
    unread: int = 0  # scripts that are left out, since their parser is not installed
    obstacles: tuple[tuple[str, ParseError], ...] = ()  # what cannot be looked at


def prepare(options: CheckOptions) -> Prepared:
    """Read the configuration, and find the files.

    Raises:
        ProjectError, ValueError: something asked for or configured cannot be used.
    """
    root = absolute(options.repo) if options.repo is not None else repository_of(_here())
    project = load_project(root)
    settings = CheckSettings.from_project(project, include_app=options.include_app, asked=options.asked)
    for folder, each in {"": settings, **settings.folders}.items():
        if each.rules or each.extend or each.ignore or each.per_file_ignores:
            _known_rules(each, options, root / folder / "pyproject.toml")
    tree = DirectorySourceTree(root, gitignore=project.check.respect_gitignore)
    changed = changed_lines(root, options.since) if options.since is not None else None
    baseline = _baseline_path(options, project)
    return Prepared(
        root,
        project,
        settings,
        tree,
        [] if options.reads_stdin else _wanted(options, root, tree, project, changed),
        changed,
        frozenset() if baseline is None or options.write_baseline else read_baseline(baseline),
        baseline,
        None if options.no_cache else FindingsCache(root, cache_key(settings)),
        0 if options.reads_stdin else _unread(options, root, tree, project),
        () if options.reads_stdin or changed is not None else _obstacles(options, root, tree, project),
    )


def _here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise ValueError(
            "the current folder is gone; go to one that is there, or name one by --repo"
        ) from error


def _known_rules(settings: CheckSettings, options: CheckOptions, path: Path) -> None:
    """Make sure that what was asked for names rules; rules are imported only where something was.

    Raises:
        ValueError: a word names none; where it is configured in the file `path`, the text says in which line.
    """
    from cellwall.check.rule_selection import known_selectors

    given = {*options.asked.select, *options.asked.extend_select, *options.asked.ignore}
    known_selectors(given)
    of_files = (word for _, words in settings.per_file_ignores for word in words)
    for word in (*settings.rules, *settings.extend, *settings.ignore, *of_files):
        try:
            known_selectors((word,))
        except PluginError:
            raise
        except ValueError as error:
            raise ValueError(f"{path}:{_line_with(path, word)}: {error}") from error


def _line_with(path: Path, word: str) -> int:
    """Give the first line of a TOML file that has a text, the first one where it is spelled otherwise."""
    lines = enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
    return next((number for number, line in lines if f'"{word}"' in line or f"'{word}'" in line), 1)


def _wanted(
    options: CheckOptions,
    root: Path,
    tree: DirectorySourceTree,
    project: ProjectConfig,
    changed: dict[str, Ranges] | None,
) -> list[str]:
    given = _given(options, root)
    named = [path for path in given if path and not (root / path).is_dir()]  # even where git ignores them
    if options.force_exclude:
        left_out = {path for path in named if is_left_out(path, tree, project)}
        given, named = ([path for path in paths if path not in left_out] for paths in (given, named))
    scripts = tree.scripts() if can_parse() else ()
    every = sorted({*tree.paths(), *scripts, *named}) if named or scripts else tree.paths()
    return [path for path in wanted_files(every, given, project) if changed is None or path in changed]


def _unread(options: CheckOptions, root: Path, tree: DirectorySourceTree, project: ProjectConfig) -> int:
    if can_parse():
        return 0
    return sum(1 for _ in wanted_files(tree.scripts(), _given(options, root), project))


def _obstacles(
    options: CheckOptions, root: Path, tree: DirectorySourceTree, project: ProjectConfig
) -> tuple[tuple[str, ParseError], ...]:
    why = tree.obstacles()
    given = _given(options, root)
    named = frozenset(given)  # these are read, and say why that cannot be
    found = (path for path in wanted_files(why, given, project) if path not in named or not path)
    return tuple((path or ".", ParseError(1, why[path])) for path in found)


def _given(options: CheckOptions, root: Path) -> list[str]:
    """Give the paths that were named, "" for the whole repository.

    Raises:
        ValueError: one does not exist, lies outside of the repository or leads to a folder through a link.
    """
    given = [inside(path, root) for path in options.paths] or [""]
    for path in given:
        place = root / path
        if place.is_dir() and place.resolve() != root.resolve() / path:
            raise ValueError(f"{path}: links are not followed; name the folder {place.resolve()} itself")
    return given


def _baseline_path(options: CheckOptions, project: ProjectConfig) -> Path | None:
    if options.baseline is not None:
        return options.baseline
    if project.check.baseline:
        return project.root / inside(project.root / project.check.baseline, project.root, must_exist=False)
    if options.write_baseline:
        raise BaselineError("--write-baseline needs --baseline FILE, or `baseline` in [tool.cellwall.check]")
    return None
