"""Only lines that git says have changed count; new files count whole."""

import subprocess
from pathlib import Path

import pytest

from cellwall.check.changed_lines import EVERY_LINE, changed_lines, in_lines
from cellwall.check.finding import Finding, Severity


def git(root: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments],
        cwd=root,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    for name in ("a.py", "ä b.py", "gone.py", "same.py", "text.txt"):
        (tmp_path / name).write_text("".join(f"line{n}\n" for n in range(1, 11)))
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    return tmp_path


def test_what_changed(root: Path) -> None:
    lines = (root / "a.py").read_text().splitlines()
    lines[1] = "changed"
    lines[5:5] = ["new", "+++ b/evil.py", "@@ -1 +1 @@"]
    del lines[11]
    (root / "a.py").write_text("\n".join(lines) + "\n")
    (root / "ä b.py").write_text("x\n")
    (root / "gone.py").unlink()
    (root / "new.py").write_text("y\n")
    (root / "text.txt").write_text("z\n")
    changed = changed_lines(root, "HEAD")
    assert set(changed) == {"a.py", "ä b.py", "new.py"}
    assert changed["a.py"] == ((2, 2), (6, 8), (11, 11))
    assert changed["ä b.py"] == ((1, 1),)
    assert changed["new.py"] == EVERY_LINE


def test_a_file_that_was_moved_is_changed_where_its_text_is(root: Path) -> None:
    git(root, "mv", "same.py", "moved.py")
    (root / "inner").mkdir()
    git(root, "mv", "gone.py", "inner/gone.py")
    with (root / "inner" / "gone.py").open("a") as file:
        file.write("new\n")
    assert changed_lines(root, "HEAD") == {"inner/gone.py": ((11, 11),)}


def test_scripts_count_too(root: Path) -> None:
    (root / "page.ts").write_text("x\n")
    assert changed_lines(root, "HEAD") == {"page.ts": EVERY_LINE}


def test_a_folder_of_the_repository(root: Path) -> None:
    (root / "inner").mkdir()
    (root / "inner" / "a.py").write_text("x\n")
    (root / "a.py").write_text("x\n")
    assert set(changed_lines(root / "inner", "HEAD")) == {"a.py"}


@pytest.mark.parametrize("revision", ["no-such", "--output=x", "HEAD~9", "", "HEAD..HEAD"])
def test_an_unknown_revision_is_an_error(revision: str, root: Path) -> None:
    with pytest.raises(ValueError, match="--since"):
        changed_lines(root, revision)
    assert not (root / "x").exists()


def test_no_repository_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="git knows no such revision"):
        changed_lines(tmp_path, "HEAD")


@pytest.mark.parametrize(
    ("line", "end", "counts"), [(1, 1, False), (2, 2, True), (1, 9, True), (3, 5, False), (4, 6, True)]
)
def test_a_finding_counts_when_it_touches_a_changed_line(line: int, end: int, counts: bool) -> None:
    finding = Finding("a.py", line, 1, end, 2, "r", "CW999", "m", Severity.ERROR)
    assert bool(in_lines([finding], {"a.py": ((2, 2), (6, 8))})) is counts
    assert in_lines([finding], {"b.py": EVERY_LINE}) == ()
