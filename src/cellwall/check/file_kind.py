"""What a file is for, told from its path alone: a test, a part of the service, or neither."""

from enum import Enum, auto
from functools import lru_cache
from typing import Final

from cellwall.check.deferred_pattern import deferred


class FileKind(Enum):
    """What a file is for."""

    TEST = auto()
    SERVICE = auto()
    OTHER = auto()  # migrations, commands, scripts, examples: the service never runs them

    __hash__ = object.__hash__  # each is one object; every gate asks, for every file


_NEVER_PATHS: Final = deferred(
    r"(^|/)(tests?|testing|cli|migrations|alembic|management/commands|scripts|docs?|docs_src|examples?|benchmarks?|setup\.py|"
    r"conftest\.py|fixtures|noxfile\.py)(/|$)|(^|/)(test_[^/]*|[^/]*_tests?)\.py$"
)


@lru_cache(maxsize=8)  # each rule asks it of the same file
def never_in_service(path: str) -> bool:
    """Tell by a file's path that it does not run in a service: tests, migrations, commands, examples."""
    return _NEVER_PATHS.search(path) is not None


def file_kind(path: str, *, is_test: bool) -> FileKind:
    """Give what a file is for; `is_test` is what the settings say about it."""
    if is_test:
        return FileKind.TEST
    return FileKind.OTHER if never_in_service(path) else FileKind.SERVICE
