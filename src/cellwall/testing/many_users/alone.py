"""Repeats a failing schedule alone, in a fresh pytest process, before the failure is told: what fails only
after earlier runs of this process is told apart."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final
from xml.etree import ElementTree

from cellwall.testing.many_users.report import RECORD
from cellwall.testing.spoilers import without_spoilers

TIMEOUT: Final = 120.0  # s for the whole process
_LEFT_OUT: Final = ("PYTEST_", "COV_CORE_")  # the session's own, not the child's


@final
@dataclass(frozen=True, slots=True)
class Alone:
    """What came of the repetition.

    Attributes:
        verdict: the word; "" when there is none.
        trace_hash: of the run's steps.
        seconds: how long the process took.
        trouble: why there is no verdict; "" when there is one.
    """

    verdict: str = ""
    trace_hash: str = ""
    seconds: float = 0.0
    trouble: str = ""

    def told(self, trace_hash: str) -> str:
        """Say in words whether it failed alike."""
        if self.trouble:
            return f"not repeated: {self.trouble}"
        if self.verdict == "passed":
            return f"passes in a process of its own ({self.seconds:.1f} s)"
        alike = "fails alike" if self.trace_hash == trace_hash else "fails, by other steps,"
        return f"{alike} in a process of its own ({self.seconds:.1f} s)"


def repeat_alone(item: Any, replay: str, *, timeout: float = TIMEOUT) -> Alone:
    """Run the item once more with the options of `replay` in a fresh process, like this session otherwise."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cellwall-alone-") as folder:
        report = Path(folder, "report.xml")
        try:
            done = subprocess.run(
                [*command_of(item.config, replay, Path(folder)), f"--junitxml={report}", place_of(item)],
                cwd=item.config.invocation_params.dir,
                env=environment_of(os.environ),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Alone(trouble=f"it did not end within {timeout:.0f} s")
        seconds = time.monotonic() - begun
        record = _record(report)
    if "verdict" not in record:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        return Alone(trouble=f"pytest ended with {done.returncode}: {(said or ['nothing'])[-1][:200]}")
    return Alone(record["verdict"], record.get("trace_hash", ""), seconds)


def command_of(config: Any, replay: str, scratch: Path) -> list[str]:
    """Give the command line: this session's, without its paths and what would spoil the repetition."""
    paths = set(map(str, config.known_args_namespace.file_or_dir))
    given = [text for text in map(str, config.invocation_params.args) if text not in paths]
    own, _ = without_spoilers([*config.getini("addopts"), *given])
    configured = ["-c", str(config.inipath)] if config.inipath else []
    cache = (
        ["-o", f"cache_dir={scratch / 'cache'}"] if config.pluginmanager.hasplugin("cacheprovider") else []
    )
    return [
        *(sys.executable, "-m", "pytest", *own, *configured, f"--rootdir={config.rootpath}"),
        *("-o", "addopts=", "-o", "junit_family=xunit2", *cache, *replay.split()),
    ]


def place_of(item: Any) -> str:
    """Give the item as pytest is asked for it from any folder."""
    path, colons, rest = item.nodeid.partition("::")
    return f"{item.config.rootpath / path}{colons}{rest}"


def environment_of(variables: Mapping[str, str]) -> dict[str, str]:
    """Give the process's environment: this one's, with this one's module path."""
    kept = {name: value for name, value in variables.items() if not name.startswith(_LEFT_OUT)}
    if "PYTEST_DISABLE_PLUGIN_AUTOLOAD" in variables:
        kept["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = variables["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _record(report: Path) -> dict[str, Any]:
    """Give what the child recorded of the test."""
    try:
        properties = ElementTree.parse(report).iter("property")
    except (OSError, ElementTree.ParseError):
        return {}
    for element in properties:
        if element.get("name") == RECORD:
            found: dict[str, Any] = json.loads(element.get("value") or "{}")
            return found
    return {}
