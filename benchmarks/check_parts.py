"""Where the CPU time of a cold check goes, in one process: `python -m benchmarks.check_parts TREE`.

Prints JSON: seconds by part, with what CPython takes to parse all files as the unit to compare with.
"""

import ast
import contextlib
import gc
import json
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from cellwall.check.engine import check_module, rules_for
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.parse import syntax_error
from cellwall.check.project_facts import collect_facts
from cellwall.check.rule_gates import gates
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import DirectorySourceTree


class Parts:
    """Seconds by the name of a part, in the order in which the parts were first measured."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Add the CPU time of the block."""
        start = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - start


def measured(root: Path) -> dict[str, float]:
    """Check every file of a tree by the stable rules, part by part."""
    parts, settings, tree = Parts(), CheckSettings(), DirectorySourceTree(root)
    gates(settings)  # imports the rules
    with parts.part("reading every file once"):
        sources = {path: tree.read(path) for path in tree.paths()}
    with parts.part("CPython parses all files"):
        for source in sources.values():
            with contextlib.suppress(SyntaxError, ValueError, RecursionError):
                ast.parse(source)
    with parts.part("facts that cross files"):
        facts = collect_facts(tree, settings)
    for path, source in sources.items():
        with parts.part("gates"):
            rules = rules_for(path, source, settings, facts)
        if not rules:
            with parts.part("syntax of files that no rule looks into"):
                syntax_error(source)
            continue
        with parts.part("parsing the others"):
            module = module_facts(path, source, facts, is_test=settings.is_test_file(path))
        if isinstance(module, ModuleFacts):
            with parts.part("indexing their nodes"):
                module.nodes  # noqa: B018 - it is worked out when it is first asked for
            with parts.part("rules"):
                check_module(module, rules, settings, [])
        del module
    return parts.seconds


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    gc.disable()  # as in a check
    print(json.dumps(measured(Path(sys.argv[1]))))
