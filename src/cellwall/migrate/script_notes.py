"""What a run cannot do with scripts on this machine, said before it begins: loud, and in the report."""

import shutil
from collections.abc import Iterator

from cellwall.check.javascript.languages import EXTRA, can_parse, is_test_script, language_of
from cellwall.migrate.plan.model import Plan
from cellwall.migrate.scope import Scope
from cellwall.migrate.survey import owner_of
from cellwall.project.number_of import number_of


def script_notes(plan: Plan, scope: Scope) -> Iterator[str]:
    """Give a line for each thing that is missing: the parser of scripts, or node for their tests."""
    if not can_parse():
        named = [path for path in scope.tracked if language_of(path) is not None and is_test_script(path)]
        reached = [path for path in named if owner_of(plan, path) is not None]
        if reached:
            what = f"{number_of(len(reached), 'script')} in scope ({reached[0]}, ...) left out"
            yield f"{what}: their parser is not installed; {EXTRA}"
    elif scope.test_scripts and shutil.which("node") is None:
        what = f"the tests in {number_of(len(scope.test_scripts), 'script')} in scope do not run"
        yield f"node is not on the PATH: {what}, and repairs of them are judged by reading them alone"
