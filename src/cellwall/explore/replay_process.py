"""Replays one schedule: `python -m cellwall.explore.replay_process MODULE:SCENARIO SCHEDULE`.

MODULE is a module's name or its file's path.
"""

import argparse
import importlib
import importlib.util
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cellwall.explore.outcome import Outcome
from cellwall.explore.replay_mark import MARK
from cellwall.explore.run_once import run_once


def load(target: str) -> Any:
    """Give what MODULE:NAME names; raises ImportError or AttributeError."""
    module_name, _, name = target.rpartition(":")
    if not module_name.endswith(".py"):
        return getattr(importlib.import_module(module_name), name)
    path = Path(module_name).resolve()
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return getattr(module, name)


def main(arguments: Sequence[str] | None = None) -> Outcome:
    """Replay as the arguments say, and print the result as one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m cellwall.explore.replay_process", description=__doc__)
    parser.add_argument("scenario", help="MODULE:NAME or PATH.py:NAME")
    parser.add_argument("schedule", help="the text of a schedule")
    parser.add_argument("--judge", default="", help="MODULE:NAME or PATH.py:NAME")
    options = parser.parse_args(arguments)
    judge = load(options.judge) if options.judge else None
    outcome = run_once(load(options.scenario), options.schedule, judge=judge)
    told = {"failure": outcome.failure, "kind": outcome.kind, "trace_hash": outcome.trace_hash}
    sys.stdout.write(f"\n{MARK}{json.dumps(told)}\n")
    return outcome


if __name__ == "__main__":
    main()
