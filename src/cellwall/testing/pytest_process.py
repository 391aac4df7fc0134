"""One pytest process in the target environment: builds its command line and reads what it told."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, final

from cellwall.project.config import TestSettings
from cellwall.project.environment import Completed, Limits, TargetEnvironment
from cellwall.project.pytest_config import PytestConfig
from cellwall.testing.measured import Session, read_session
from cellwall.testing.spoilers import without_cache, without_spoilers

# The plugin is copied, never imported here: it imports pytest, which only the target needs to have.
PLUGIN: Final = Path(__file__).with_name("outcomes.py")
PLUGIN_NAME: Final = "cellwall_outcomes"
VARIABLE: Final = "CELLWALL_OUTCOMES"


@dataclass(frozen=True, slots=True)
class Injected:
    """A further plugin: a package that is copied beside the outcome plugin, under another name.

    Attributes:
        package: its folder.
        plugin: the dotted name of the plugin in the copy; the part before the first dot names the copy.
        variables: what tells it what to do.
    """

    package: Path
    plugin: str
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a pytest process told by the plugin, and how it ended."""

    session: Session
    completed: Completed


@final
@dataclass(slots=True)
class PytestProcess:
    """Starts pytest on paths of a workspace; every start has an outcome file of its own in `scratch`."""

    environment: TargetEnvironment
    workspace: Path
    scratch: Path
    settings: TestSettings
    prefix: Sequence[str] = ("-m", "pytest")  # what follows the interpreter
    injected: Injected | None = None
    _starts: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Put the plugin where the target's interpreter finds it, alone in its folder."""
        plugins = self.scratch / "plugin"
        plugins.mkdir(parents=True)
        shutil.copyfile(PLUGIN, plugins / f"{PLUGIN_NAME}.py")
        if self.injected:
            name = self.injected.plugin.partition(".")[0]
            shutil.copytree(
                self.injected.package, plugins / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        (self.scratch / "pytest.ini").write_text("[pytest]\n")

    def options(self, config: PytestConfig) -> tuple[list[str], list[str]]:
        """Give the options for this configuration, and which of the target's own were overridden."""
        own, removed = without_spoilers(config.addopts)
        given, removed_too = without_spoilers(self.settings.arguments)
        place = config.path.relative_to(self.workspace).as_posix() if config.path else ""
        overridden = [f"{option} ({place})" for option in removed]
        overridden += [f"{option} (tool.cellwall.tests.arguments)" for option in removed_too]
        return [*own, *given], overridden

    def run(self, config: PytestConfig, options: Sequence[str], paths: Sequence[str]) -> Answer:
        """Run pytest on the paths to its end."""
        self._starts += 1
        record = self.scratch / f"outcomes-{self._starts}.jsonl"
        completed = self.environment.run(
            [str(self.environment.python), *self.prefix, *self._fixed(config, options), *options]
            + [f"./{path}" for path in paths],
            cwd=self.workspace,
            limits=replace(Limits(), seconds=self.settings.timeout),
            extra_env={
                **(self.injected.variables if self.injected else {}),
                "PYTHONPATH": self._python_path(),
                VARIABLE: str(record),
                "PYTEST_ADDOPTS": "",
            },
            writable=(self.scratch,),
        )
        try:
            with record.open(encoding="utf-8", errors="replace") as lines:
                return Answer(read_session(lines), completed)
        except OSError:
            return Answer(Session(), completed)

    def _fixed(self, config: PytestConfig, options: Sequence[str]) -> list[str]:
        fixed = ["-c", str(config.path or self.scratch / "pytest.ini"), f"--rootdir={self.workspace}"]
        if config.path is None:
            fixed.append(f"--confcutdir={self.workspace}")
        if not without_cache(options):
            fixed += ["-o", f"cache_dir={self.scratch / 'cache'}"]
        return [
            *fixed,
            "-o",
            "addopts=",
            "-p",
            PLUGIN_NAME,
            *(["-p", self.injected.plugin] if self.injected else []),
            "-p",
            "no:randomly",
            "--continue-on-collection-errors",
        ]

    def _python_path(self) -> str:
        # An editable install leads to the user's own tree; the workspace's copy must come first.
        source = self.workspace / "src"
        folders = [self.scratch / "plugin", *([source] if source.is_dir() else [])]
        return ":".join(map(str, folders))
