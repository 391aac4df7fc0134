"""The target's `[tool.cellwall]`, read once into a frozen object."""

from dataclasses import dataclass, field
from pathlib import Path

from cellwall.project.roles import Roles


@dataclass(frozen=True, slots=True)
class TestSettings:
    """How the target's tests run: extra pytest arguments and seconds for one pytest process."""

    arguments: tuple[str, ...] = ()
    timeout: float = 600.0


@dataclass(frozen=True, slots=True)
class ProjectConfig:
    """A target code base as configured.

    Attributes:
        root: the repository's top folder.
        python: the interpreter that has the target's dependencies.
        roles: how the roles are spelled; the runtime's own names where nothing is configured.
        include, exclude: git-style globs that limit what is surveyed; empty include means everything.
        test_files: git-style globs of test and test-support files.
        configured: whether a `[tool.cellwall]` table was found.
    """

    root: Path
    python: Path
    roles: Roles
    tests: TestSettings = field(default_factory=TestSettings)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    test_files: tuple[str, ...] = ()
    async_tests: bool = False  # whether the target's pytest setup runs `async def test_...`
    configured: bool = False
