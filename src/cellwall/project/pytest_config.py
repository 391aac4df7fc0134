"""Which pytest configuration governs a file of the target, and what it says. Reads files; runs nothing.

The order of names and the sections that count are pytest's own (_pytest/config/findpaths.py): from a file's
folder upward, the first that holds a pytest section; a `pytest.ini` counts even when it is empty.
"""

import tomllib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from cellwall.project.configuration_files import ConfigurationFiles
from cellwall.project.errors import ConfigError

NAMES: Final = (
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
)


class PytestConfig(NamedTuple):
    """One configuration file; `path` is None where the target has none."""

    path: Path | None = None
    options: Mapping[str, str] = MappingProxyType({})

    @property
    def addopts(self) -> tuple[str, ...]:
        """The options that pytest adds to its command line."""
        given = self.options.get("addopts", "")
        if not given:
            return ()
        import shlex

        try:
            return tuple(shlex.split(given))
        except ValueError:  # an open quotation mark; pytest itself will refuse it and say so
            return ()

    @property
    def runs_async_tests(self) -> bool:
        """Whether `async def test_...` runs without a marker: asyncio_mode, anyio_mode or trio_mode."""
        return says_async(self.options, self.addopts)


def says_async(options: Mapping[str, str], arguments: tuple[str, ...]) -> bool:
    """Whether these options make pytest run coroutine tests by themselves.

    Seen are pytest-asyncio's and anyio's `auto` modes and pytest-trio's `trio_mode`, as ini options, by
    `--asyncio-mode=auto`, and by `-o asyncio_mode=auto`.
    """
    if "--asyncio-mode=auto" in arguments or ("--asyncio-mode", "auto") in pairwise(arguments):
        return True
    given = dict(options)
    for argument in arguments:
        name, mark, value = argument.removeprefix("-o").removeprefix("--override-ini=").partition("=")
        if mark:
            given[name.strip()] = value
    modes = [given.get(name, "").strip().lower() for name in ("asyncio_mode", "anyio_mode")]
    return "auto" in modes or given.get("trio_mode", "").strip().lower() in ("true", "1", "yes", "on")


def speaks_of_asyncio(options: Mapping[str, str], arguments: tuple[str, ...]) -> bool:
    """Whether these options are pytest-asyncio's own, in whatever mode: then it runs tests marked for it."""
    told = [*options, *(argument.removeprefix("-o").lstrip("- ").replace("-", "_") for argument in arguments)]
    return any(each.startswith("asyncio_") or each == "pytest_asyncio" for each in told)


def config_for(root: Path, path: str) -> PytestConfig:
    """Give the configuration that pytest takes when it is started on this file or folder alone."""
    folder = root / path
    if not folder.is_dir():
        folder = folder.parent
    files = ConfigurationFiles(root, frozenset(NAMES))
    while folder.is_relative_to(root):
        found = _config_in(folder, files)
        if found is not None:
            return found
        folder = folder.parent
    return PytestConfig()


def configs(files: ConfigurationFiles) -> Iterator[tuple[str, PytestConfig]]:
    """Give every folder (relative, "" for the top) that has a pytest configuration of its own."""
    for folder, _ in files.folders():
        found = _config_in(folder, files)
        if found is not None:
            relative = folder.relative_to(files.root).as_posix()
            yield "" if relative == "." else relative, found


def _config_in(folder: Path, files: ConfigurationFiles) -> PytestConfig | None:
    for name in NAMES:
        path = folder / name
        if not path.is_file():
            continue
        try:
            options = _options(name, files.text(path) or "")
        except (ConfigError, ValueError, RecursionError):
            options = {}  # pytest stops at such a file, and says why
        if options is not None:
            return PytestConfig(path, options)
    return None


def _options(name: str, text: str) -> dict[str, str] | None:
    if name.endswith(".toml"):
        return _toml_options(name, tomllib.loads(text))
    import configparser  # an editor waits for the usual case, which is TOML

    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError(str(error)) from error
    section = "tool:pytest" if name == "setup.cfg" else "pytest"
    if parser.has_section(section):
        return {key: value or "" for key, value in parser.items(section)}
    return {} if name in ("pytest.ini", ".pytest.ini") else None


def _toml_options(name: str, document: dict[str, Any]) -> dict[str, str] | None:
    if name == "pyproject.toml":
        tool = document.get("tool")
        section = tool.get("pytest") if isinstance(tool, dict) else None
        if isinstance(section, dict):
            section = section.get("ini_options", section)
    else:
        section = document.get("pytest", {})
    if not isinstance(section, dict) or (name == "pyproject.toml" and not section):
        return None
    return {key: _text(value) for key, value in section.items()}


def _text(value: Any) -> str:
    if isinstance(value, list):
        import shlex

        return shlex.join(str(item) for item in value)
    return str(value)
