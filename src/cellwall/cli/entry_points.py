"""What the five entry points do: they put `cellwall` commands together from their own place and arguments."""

from collections.abc import Sequence
from pathlib import Path

import click

from cellwall.cli.main import main
from cellwall.migrate.errors import RunUsageError


def launch_test_update_agents(script: str, arguments: Sequence[str]) -> int:
    """`cellwall run` on the plan that is found at the repository's root; `--plan FILE` names another."""
    try:
        return _cellwall(run_command(script, arguments))
    except RunUsageError as error:
        return _refuse(str(error))


def execute_parallel_test_update(script: str, arguments: Sequence[str]) -> int:
    """`cellwall run` on the plan named by `--plan`, else on the one that is found at the root."""
    return launch_test_update_agents(script, arguments)


def check_isolation_patterns(script: str, arguments: Sequence[str]) -> int:
    """`cellwall check` on the whole repository, unless the arguments name paths."""
    return _cellwall(check_command(script, arguments))


def run_command(script: str, arguments: Sequence[str]) -> list[str]:
    """Give the arguments of `cellwall` that execute a plan in the script's repository.

    Raises:
        RunUsageError: no plan is named, and none or several are found.
    """
    root, rest = _root(script), list(arguments)
    plan = _take_plan(rest)
    if plan is None and not _asks_for_help(rest):
        plan = _find_plan(root, Path(script).stem)
    return ["run", *_plan_argument(plan, root), "--repo", str(root), *rest]


def check_command(script: str, arguments: Sequence[str]) -> list[str]:
    """Give the arguments of `cellwall` that check the script's repository, or the paths that are given."""
    root = _root(script)
    paths = any(not each.startswith("-") and Path(each).exists() for each in arguments)
    whole = [] if paths else ["." if root == Path.cwd() else str(root)]
    return ["check", *arguments, *whole]


def security_audit(script: str, arguments: Sequence[str]) -> int:
    """`cellwall audit` on the script's repository."""
    return _cellwall(["audit", "--repo", str(_root(script)), *arguments])


def unified_test_runner(script: str, arguments: Sequence[str]) -> int:
    """`cellwall test` on the script's repository."""
    return _cellwall(["test", "--repo", str(_root(script)), *arguments])


def _root(script: str) -> Path:
    return Path(script).resolve().parent.parent


def _take_plan(rest: list[str]) -> str | None:
    """Take `--plan FILE` or `--plan=FILE` out of the arguments."""
    for index, argument in enumerate(rest):
        if argument.startswith("--plan="):
            return rest.pop(index).partition("=")[2]
        if argument == "--plan" and index + 1 < len(rest):
            rest.pop(index)
            return rest.pop(index)
    return None


def _find_plan(root: Path, program: str) -> str:
    """Give the plan at the root by its name; of several, the one that names this program is meant."""
    found = sorted(path for path in root.glob("*.md") if path.stem.upper().endswith("PLAN"))
    if len(found) > 1:
        program = program.removeprefix("cellwall_")
        found = [path for path in found if program in _text(path)] or found
    if len(found) == 1:
        return str(found[0])
    names = ", ".join(path.name for path in found)
    problem = f"several plans at {root}: {names}" if found else f"no file *PLAN.md at {root}"
    raise RunUsageError(f"{problem}; name the plan with --plan FILE")


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(1 << 20)
    except OSError:
        return ""


def _plan_argument(plan: str | None, root: Path) -> list[str]:
    if plan is None:
        return []
    here = Path(plan)
    return [str(here if here.exists() or not (root / plan).exists() else root / plan)]


def _asks_for_help(arguments: Sequence[str]) -> bool:
    return not {"--help", "-h"}.isdisjoint(arguments)


def _cellwall(arguments: Sequence[str]) -> int:
    """Run the command line; it ends the process with its own exit code."""
    main.main(args=list(arguments), prog_name="cellwall")
    return 0


def _refuse(message: str) -> int:
    click.echo(f"error: {message}", err=True)
    return 2
