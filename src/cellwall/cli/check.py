"""`cellwall check`: finds isolation defects in files, repairs what is safe, and says why not the rest."""

import atexit
import gc
import signal
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from cellwall.check.garbage import collection_paused
from cellwall.check.output.formats import FORMATS
from cellwall.cli.check_combinations import make_sense
from cellwall.cli.check_options import CheckOptions
from cellwall.project.check_config import CheckConfig

_INTERRUPTED = 128 + signal.SIGINT
_RULES = "Rules by name, code or beginning of a code, separated by commas; can be repeated."


@click.command(short_help="Find isolation defects, and repair what is safe to repair.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--repo", type=click.Path(path_type=Path), help="The repository; default: the one around here.")
@click.option("--select", "--rule", "select", multiple=True, help=f"Run only these rules. {_RULES}")
@click.option("--extend-select", multiple=True, help="Run these rules besides.")
@click.option("--ignore", multiple=True, help="Do not run these rules.")
@click.option("--force-exclude", is_flag=True, help="Leave out excluded and ignored files even where named.")
@click.option("--preview", is_flag=True, help="Run rules in preview too.")
@click.option("--fix", is_flag=True, help="Repair what is safe to repair.")
@click.option("--unsafe-fixes", is_flag=True, help="Apply repairs too that may change what the code does.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--include-app", is_flag=True, help="Repair application files too, not only tests.")
@click.option("--add-suppressions", is_flag=True, help="Silence what is found now by comments.")
@click.option("--reason", default="", help="The reason that --add-suppressions writes.")
@click.option("--baseline", type=click.Path(path_type=Path), help="Findings in this file do not count.")
@click.option("--write-baseline", is_flag=True, help="Write what is found now to the baseline file.")
@click.option("--since", metavar="REV", help="Only findings on lines changed since this revision.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output-file", type=click.Path(path_type=Path), help="Write the report to this file.")
@click.option("--statistics", is_flag=True, help="Show how many findings each rule has, and no finding.")
@click.option("--strict", is_flag=True, help="Warnings and files that do not parse fail too; reasons needed.")
@click.option("--exit-zero", is_flag=True, help="End with 0 whatever is found.")
@click.option("--stdin-filename", metavar="PATH", help="Check standard input as if it were this file.")
@click.option("--watch", "watching", is_flag=True, help="Check again whenever a file changes.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="How many processes.")
def command(**given: Any) -> None:
    """Find isolation defects in PATHS (default: the whole repository), and repair what is safe to repair.

    Exit status: 0 nothing found that fails, 1 something found, 2 the check could not start or a rule failed,
    130 interrupted.
    """
    watching = given.pop("watching")
    asked = CheckConfig(
        select=_words("--select", given.pop("select")),
        extend_select=_words("--extend-select", given.pop("extend_select")),
        ignore=_words("--ignore", given.pop("ignore")),
        preview=given.pop("preview"),
        strict=given.pop("strict"),
    )
    options = CheckOptions(asked=asked, **given)
    try:
        make_sense(options, watching=watching)
    except ValueError as error:
        click.echo(f"cellwall check: {error}", err=True)
        raise SystemExit(2) from None
    if watching:
        from cellwall.cli.check_watch import watch

        watch(options)
    atexit.register(gc.freeze)  # else the interpreter ends by looking for garbage among all that was imported
    try:
        raise SystemExit(_run(options))
    except KeyboardInterrupt:
        click.echo("cellwall check: interrupted; each file is as it was, or repaired whole", err=True)
        raise SystemExit(_INTERRUPTED) from None


def _run(options: CheckOptions) -> int:
    """Check; trees that are repaired leave garbage, all else that is imported and read stays to the end."""
    repairs = options.fix or options.diff or options.add_suppressions
    with nullcontext() if repairs else collection_paused():
        from cellwall.cli.check_run import run_check

        return run_check(options)


def _words(option: str, given: tuple[str, ...]) -> tuple[str, ...]:
    words = tuple(word.strip() for text in given for word in text.split(",") if word.strip())
    if given and not words:
        raise click.UsageError(f"{option} names no rule; leave it out, or name one")
    return words
