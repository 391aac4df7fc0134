"""Every figure of the runtime's cost in one run: `python -m benchmarks.runtime [--quick] [part ...]`."""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from importlib import import_module

from benchmarks.ratio import Row

PARTS = ("context", "middleware", "database_guard", "database_rls", "database_embedded", "websocket")


def main() -> int:
    """Run the parts one after the other; exit 1 when a limit is missed, 2 when a part could not run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all without one")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, to see that it works")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} at the start")
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
    rows = [row for row in rows if row.measured]
    missed = [row.name for row in rows if not row.met]
    print(
        f"\n{len(rows) - len(missed)} of {len(rows)} limits met" + "".join(f"\n  missed: {m}" for m in missed)
    )
    return 2 if failed else int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
