"""The target's `[tool.cellwall]`, read once into a frozen object.

[tool.cellwall]
python = ".venv/bin/python"
exclude = ["legacy/**"]
critical = ["tests/checkout/**"]

[tool.cellwall.tests]
arguments = ["-m", "not slow"]
timeout = 900

[tool.cellwall.roles.context]
import = "from app.context import RequestContext"
create = "RequestContext.for_user({user_id})"
"""

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from cellwall.project.check_config import CheckConfig, nested_checks, read_check
from cellwall.project.configuration_files import ConfigurationFiles
from cellwall.project.default_roles import with_defaults
from cellwall.project.errors import ConfigError
from cellwall.project.pytest_config import NAMES, PytestConfig, configs, says_async, speaks_of_asyncio
from cellwall.project.role_table import read_roles
from cellwall.project.roles import Roles
from cellwall.project.samples import Samples, read_samples
from cellwall.project.scripts_config import ScriptsConfig, read_scripts
from cellwall.project.table import Table
from cellwall.project.test_files import TEST_FILES
from cellwall.project.toml_lines import key_lines

KEYS: Final = (
    "python", "include", "exclude", "test_files", "critical", "tests", "roles", "samples", "benchmark",
    "check", "services", "audit", "scripts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TestSettings:
    """How the target's tests run: extra pytest arguments, seconds for one pytest process, and whether the
    tests may reach the network (by default only servers of their own, on localhost)."""

    __test__ = False

    arguments: tuple[str, ...] = ()
    timeout: float = 600.0
    network: bool = False


class ProjectConfig(NamedTuple):
    """A target code base as configured.

    Attributes:
        root: the repository's top folder.
        python: the interpreter that has the target's dependencies.
        roles: how the roles are spelled; the runtime's own names where nothing is configured.
        samples: what new tests may do in the target.
        scripts: how tests in JavaScript and TypeScript run, where they are not for node's own runner.
        include, exclude: git-style globs that limit what is surveyed; empty include means everything.
        test_files: git-style globs of test and test-support files.
        critical: git-style globs of the test modules on critical paths; empty means those whose path says so.
        benchmark: the command that measures what isolation costs, () for none; it prints a JSON object with
            `overhead_percent`.
        async_tests: whether the pytest setup at the top runs `async def test_...` without a marker.
        async_folders: the same for each folder with a pytest configuration of its own.
        async_marks: folders ("" for the top) whose pytest configuration speaks of pytest-asyncio, so that
            tests marked for it run.
        check: what `cellwall check` runs with; check_folders: the same for each folder with its own table.
        configured: whether a `[tool.cellwall]` table was found.
    """

    root: Path
    python: Path
    roles: Roles
    tests: TestSettings = TestSettings()
    samples: Samples = Samples()
    scripts: ScriptsConfig = ScriptsConfig()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    test_files: tuple[str, ...] = ()
    critical: tuple[str, ...] = ()
    benchmark: tuple[str, ...] = ()
    async_tests: bool = False
    async_folders: Mapping[str, bool] = MappingProxyType({})
    async_marks: tuple[str, ...] = ()
    check: CheckConfig = CheckConfig()
    check_folders: Mapping[str, CheckConfig] = MappingProxyType({})
    configured: bool = False

    def async_tests_for(self, path: str) -> bool:
        """Whether the pytest setup that governs this file (relative path) runs `async def test_...`."""
        for parent in PurePosixPath(path).parents:
            key = "" if str(parent) == "." else str(parent)
            if key in self.async_folders:
                return self.async_folders[key]
        return self.async_tests

    def async_marks_for(self, path: str) -> bool:
        """Whether the pytest setup that governs this file runs tests marked for pytest-asyncio."""
        parents = ["" if str(parent) == "." else str(parent) for parent in PurePosixPath(path).parents]
        return next((key for key in parents if key in self.async_folders), "") in self.async_marks


def load_project(root: Path, *, python: Path | None = None) -> ProjectConfig:
    """Read the target's configuration; `python` overrules the configured interpreter.

    Raises:
        ConfigError: the file, a key or a value cannot be used; the message has path and line.
    """
    root = Path(os.path.abspath(root))  # noqa: PTH100  # the path as the user knows it, links kept
    if not root.is_dir():
        raise ConfigError(f"{root}: there is no such folder")
    path = root / "pyproject.toml"
    files = ConfigurationFiles(root, frozenset(NAMES))
    text = files.text(path) or ""
    tool = Table(_parse(path, text), (), path=path, lines=key_lines(text)).table("tool")
    configured = "cellwall" in tool.keys()  # noqa: SIM118  # a Table is no mapping
    table = tool.table("cellwall").only(KEYS)
    tests = _tests(table.table("tests"))
    found = dict(configs(files))
    folders = {
        folder: says_async(config.options, config.addopts + tests.arguments)
        for folder, config in found.items()
    }
    marks = [
        folder
        for folder, config in {"": PytestConfig(), **found}.items()
        if speaks_of_asyncio(config.options, config.addopts + tests.arguments)
    ]
    return ProjectConfig(
        root=root,
        python=_absolute(root, python) if python else _python(table, root),
        roles=with_defaults(read_roles(table.table("roles"))),
        samples=read_samples(table.table("samples")),
        tests=tests,
        scripts=read_scripts(table.table("scripts")),
        include=_globs(table, "include"),
        exclude=_globs(table, "exclude"),
        test_files=_globs(table, "test_files") or TEST_FILES,
        critical=_globs(table, "critical"),
        benchmark=_words(table.table("benchmark").only(("command",)), "command"),
        async_tests=folders.get("", says_async({}, tests.arguments)),
        async_folders=MappingProxyType(folders),
        async_marks=tuple(sorted(marks)),
        check=read_check(table.table("check")),
        check_folders=MappingProxyType(dict(nested_checks(files))),
        configured=configured,
    )


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}:{_error_line(str(error))}: is not TOML: {error}") from error
    except (RecursionError, ValueError, OverflowError, MemoryError) as error:
        raise ConfigError(
            f"{path}:1: cannot be read as TOML ({type(error).__name__}): nested too deeply?"
        ) from error


def _error_line(message: str) -> str:
    _, mark, rest = message.partition("at line ")
    return rest.split(",")[0] if mark else "1"


def _tests(table: Table) -> TestSettings:
    table.only(("arguments", "timeout", "network"))
    return TestSettings(
        table.texts("arguments"), table.number("timeout", 600.0), table.flag("network", False)
    )


def _globs(table: Table, key: str) -> tuple[str, ...]:
    globs = table.texts(key)
    for glob in globs:
        plain = glob.lstrip("!")
        if plain.startswith("/") or ".." in PurePosixPath(plain).parts:
            table.fail(f"the glob {glob!r} leaves the repository", key)
    return globs


def _words(table: Table, key: str) -> tuple[str, ...]:
    words = table.texts(key)
    if len(words) == 1 and " " in words[0]:
        table.fail('must be a list of words, such as ["python", "-m", "benchmarks"]; no shell reads it', key)
    return words


def _python(table: Table, root: Path) -> Path:
    if "python" not in table.keys():  # noqa: SIM118
        return Path(sys.executable)
    python = _absolute(root, Path(table.text("python")))
    if not (python.is_file() and os.access(python, os.X_OK)):
        table.fail(f"there is no interpreter at {python}; give the path of one, or remove the key", "python")
    return python


def _absolute(root: Path, python: Path) -> Path:
    # Links are kept: a virtual environment's interpreter is a link whose own place matters.
    return Path(os.path.abspath(root / python))  # noqa: PTH100
