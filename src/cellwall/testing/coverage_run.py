"""Measures the coverage of application modules by the `coverage` library of the target's interpreter."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final, final

from cellwall.project.environment import TargetEnvironment, asked_again_if_killed
from cellwall.project.number_of import number_of

_HAS_COVERAGE: Final = "import coverage"
# Runs in the target's interpreter: combines the data of all processes and prints the figures.
_REPORT: Final = """
import json, sys, coverage
run = coverage.Coverage(config_file=sys.argv[1])
run.combine([sys.argv[2]])
percent = run.json_report(outfile=sys.argv[2] + "/report.json")
print(json.dumps({"percent": percent, "files": len(run.get_data().measured_files())}))
"""


@final
class CoverageRun:
    """Wraps pytest's start in `coverage run` where there are modules to measure and the library is there."""

    def __init__(
        self, environment: TargetEnvironment, workspace: Path, scratch: Path, modules: Sequence[str]
    ) -> None:
        """Look whether the library is there; `modules` are paths relative to the workspace."""
        self._environment, self._workspace = environment, workspace
        self._settings, self._data = scratch / "coveragerc", scratch / "coverage"
        self._modules = [path for path in modules if "\n" not in path and (workspace / path).is_file()]
        self.prefix: tuple[str, ...] = ("-m", "pytest")
        self._note = ""
        if not self._modules:
            return
        probe = [str(environment.python), "-c", _HAS_COVERAGE]
        if asked_again_if_killed(partial(environment.run, probe, cwd=workspace)).returncode:
            self._note = "coverage not measured: the target's interpreter has no library `coverage`"
            return
        self._data.mkdir()
        include = "".join(f"    {workspace / path}\n" for path in sorted(self._modules))
        settings = f"[run]\nparallel = true\ndata_file = {self._data}/data\ninclude =\n{include}"
        self._settings.write_text(settings, encoding="utf-8")
        self.prefix = ("-m", "coverage", "run", f"--rcfile={self._settings}", "-m", "pytest")

    def result(self) -> tuple[float | None, str]:
        """Give the percentage of executed statements, or None and why not."""
        if "coverage" not in self.prefix:
            return None, self._note
        answer = self._environment.run(
            [str(self._environment.python), "-c", _REPORT, str(self._settings), str(self._data)],
            cwd=self._workspace,
            writable=(self._data,),
        )
        try:
            figures = json.loads(answer.stdout.strip().splitlines()[-1])
            percent, files = float(figures["percent"]), int(figures["files"])
        except (ValueError, LookupError, TypeError):
            return None, "coverage not measured: none of the modules ran"
        asked = number_of(len(self._modules), "module")
        if files == len(self._modules):
            return percent, ""
        return percent, f"coverage is of {files} of {asked}, the others never ran"
