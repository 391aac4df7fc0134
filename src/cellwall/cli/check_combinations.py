"""Which options of `cellwall check` do not go together, and what to write instead. Prints nothing."""

from collections.abc import Iterator
from pathlib import Path

from cellwall.cli.check_options import CheckOptions


def make_sense(options: CheckOptions, *, watching: bool) -> None:
    """Make sure that the options go together.

    Raises:
        ValueError: two of them contradict each other, or one does nothing without another.
    """
    for problem in (*_without(options), *_against(options), *_of_standard_input(options, watching)):
        raise ValueError(problem)
    if len(options.reason.splitlines()) > 1:
        raise ValueError("--reason: a comment has one line, and so has its reason")


def _without(options: CheckOptions) -> Iterator[str]:
    """Give what does nothing as it stands."""
    if not (options.fix or options.diff):
        for name, given in (("--unsafe-fixes", options.unsafe_fixes), ("--include-app", options.include_app)):
            if given:
                yield f"{name} says what may be repaired; add --fix, or --diff to see it"
    if options.reason and not options.add_suppressions:
        yield "--reason is what --add-suppressions writes; add it"


def _against(options: CheckOptions) -> Iterator[str]:
    """Give what contradicts itself."""
    if options.statistics and options.form not in ("text", "concise", "json"):
        yield f"--statistics is told as text or json, not as {options.form}"
    repairing = "--fix" if options.fix else "--diff" if options.diff else ""
    if repairing and options.add_suppressions:
        yield f"{repairing} and --add-suppressions: repair first, then silence what is left"
    if not options.write_baseline:
        return
    if options.since is not None:
        yield "--write-baseline with --since would forget what is accepted elsewhere; leave one out"
    if repairing or options.add_suppressions:
        yield f"--write-baseline and {repairing or '--add-suppressions'}: one after the other"


def _of_standard_input(options: CheckOptions, watching: bool) -> Iterator[str]:
    """Give what cannot be done with a text that is no file."""
    if not options.reads_stdin:
        return
    if options.stdin_filename is None:
        yield "- needs --stdin-filename PATH, which says what the text would be called"
    if any(path != Path("-") for path in options.paths):
        yield "either standard input or files, not both"
    for name, given in (
        ("--watch", watching),
        ("--since", options.since is not None),
        ("--add-suppressions", options.add_suppressions),
        ("--write-baseline", options.write_baseline),
    ):
        if given:
            yield f"{name} needs files, not standard input"
