"""Every figure of the runtime's cost in one run: `python -m benchmarks.runtime [--quick] [part ...]`.

`--write PAGE` puts the figures into that page, between its lines `<!-- figures -->` and
`<!-- end of figures -->`.
"""

import argparse
import os
import platform
import sys
import sysconfig
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from benchmarks.ratio import Row

PARTS = ("context", "middleware", "database_guard", "database_rls", "database_embedded", "websocket")


def main() -> int:
    """Run the parts one after the other; exit 1 when a limit is missed, 2 when a part could not run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all without one")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the figures into this page too")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, to see that it works")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    load = os.getloadavg()[0]
    python = f"Python {platform.python_version()} ({build()})"
    where = f"{python}, {os.cpu_count()} cores, load {load:.1f} at the start"
    print(where)
    rows, failed = [], []
    for name in options.parts or PARTS:
        print(f"\n{name}")
        try:
            measure: Callable[..., list[Row]] = import_module(f"benchmarks.{name}").measure
            found = measure(quick=options.quick)
        except (ImportError, OSError, RuntimeError) as error:
            failed.append(name)
            print(f"  not measured: {type(error).__name__}: {error}")
            continue
        for row in found:
            print(f"  {row}", flush=True)
        rows += found
    if options.write is not None:
        write(options.write, where, rows)
    rows = [row for row in rows if row.measured and row.limit]
    missed = [row.name for row in rows if not row.met]
    print(
        f"\n{len(rows) - len(missed)} of {len(rows)} limits met" + "".join(f"\n  missed: {m}" for m in missed)
    )
    return 2 if failed else int(bool(missed))


def build() -> str:
    """Say how the interpreter was configured; Debian's packages use profiles (PGO) without this option."""
    options = str(sysconfig.get_config_var("CONFIG_ARGS") or "")
    return f"configured {'with' if '--enable-optimizations' in options else 'without'} --enable-optimizations"


BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->"


def write(page: Path, where: str, rows: list[Row]) -> None:
    """Put the figures between the two marks of a page.

    Raises:
        ValueError: the page has no such marks.
    """
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no lines {BEGIN.strip()} and {END}")
    head = ["| what | limit | measured | | |", "|---|---|---|---|---|"]
    table = "\n".join([f"{where}:", "", *head, *map(_line, rows)])
    page.write_text(f"{before}{begin}\n{table}\n\n{end}{after}", "utf-8")


def _line(row: Row) -> str:
    if not row.measured:
        return f"| {row.name} | | not measured | | {row.note} |"
    value = f"{row.value:.3g} {row.unit}".strip()
    return f"| {row.name} | {row.limit} | {value} | {'' if row.met else '**missed**'} | {row.note} |"


if __name__ == "__main__":
    sys.exit(main())
