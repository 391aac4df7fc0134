"""What a file is for is told from its path and from what the settings call a test."""

import pytest

from cellwall.check.file_kind import FileKind, file_kind


@pytest.mark.parametrize(
    ("path", "is_test", "kind"),
    [
        ("app/views.py", False, FileKind.SERVICE),
        ("app/views.py", True, FileKind.TEST),
        ("app/migrations/0001.py", False, FileKind.OTHER),
        ("scripts/load.py", False, FileKind.OTHER),
        ("app/cli/login.py", False, FileKind.OTHER),
        ("app/client/login.py", False, FileKind.SERVICE),
        ("tests/load.py", False, FileKind.OTHER),
        ("latest/contest.py", False, FileKind.SERVICE),
    ],
)
def test_kinds(path: str, is_test: bool, kind: FileKind) -> None:
    assert file_kind(path, is_test=is_test) is kind
