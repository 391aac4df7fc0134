"""Only lines that git says have changed count; new files count whole."""

import shutil
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


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    git(folder, "init", "-q", "--template=")
    for name in ("a.py", "ä b.py", "gone.py", "same.py", "text.txt"):
        (folder / name).write_text("".join(f"line{n}\n" for n in range(1, 11)))
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


@pytest.fixture
def root(first: Path, tmp_path: Path) -> Path:
    return shutil.copytree(first, tmp_path, dirs_exist_ok=True)


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
    assert changed["a.py"] == ((2, 2), (6, 8), (11, 12))
    assert changed["ä b.py"] == ((1, 1),)
    assert changed["new.py"] == EVERY_LINE


def test_a_file_that_was_moved_is_changed_where_its_text_is(root: Path) -> None:
    git(root, "mv", "same.py", "moved.py")
    (root / "inner").mkdir()
    git(root, "mv", "gone.py", "inner/gone.py")
    with (root / "inner" / "gone.py").open("a") as file:
        file.write("new\n")
    assert changed_lines(root, "HEAD") == {"inner/gone.py": ((11, 11),)}


def test_names_that_git_quotes(root: Path) -> None:
    names = ['say "a".py', "tab\there.py", "new\nline.py", "back\\slash.py", " b .py", "\udcff.py"]
    for name in names:
        (root / name).write_text("a\nb\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "more")
    for name in names:
        (root / name).write_text("a\nc\n")
    assert changed_lines(root, "HEAD") == dict.fromkeys(names, ((2, 2),))


def test_whatever_is_configured_for_people(root: Path) -> None:
    with (root / ".git" / "config").open("a") as file:
        file.write(
            "[diff]\ninterHunkContext = 100\ncontext = 9\nnoprefix = true\nmnemonicPrefix = true\n"
            "external = false\nrenames = false\n[color]\ndiff = always\n"
        )
    (root / "a.py").write_text("new\n" + (root / "a.py").read_text() + "new\n")
    assert changed_lines(root, "HEAD") == {"a.py": ((1, 1), (12, 12))}


@pytest.mark.parametrize("attribute", ["binary", "-diff"])
def test_a_file_that_git_does_not_show(attribute: str, root: Path) -> None:
    (root / ".gitattributes").write_text(f"*.py {attribute}\n")
    with (root / "a.py").open("a") as file:
        file.write("end without newline")
    assert changed_lines(root, "HEAD") == {"a.py": ((11, 11),)}


def test_more_context_than_was_asked_for(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIFF_OPTS", "--unified=3")
    (root / "a.py").write_text((root / "a.py").read_text().replace("line5", "other"))
    assert changed_lines(root, "HEAD") == {"a.py": ((5, 5),)}


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
    with pytest.raises(ValueError, match="is in no git repository"):
        changed_lines(tmp_path, "HEAD")


def test_no_git_is_an_error(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(root))
    with pytest.raises(ValueError, match="needs git"):
        changed_lines(root, "HEAD")


def test_a_shallow_clone_says_what_to_fetch(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (root / "a.py").write_text("x\n")
    git(root, "commit", "-qam", "second")
    clone = tmp_path_factory.mktemp("clone")
    git(clone, "clone", "-q", "--depth", "1", root.as_uri(), ".")
    assert changed_lines(clone, "HEAD") == {}
    with pytest.raises(ValueError, match="git fetch --unshallow"):
        changed_lines(clone, "HEAD~1")


@pytest.mark.parametrize("revision", [":/fir", "HEAD^{tree}:a.py", "v1"])
def test_every_way_to_name_a_commit(revision: str, root: Path) -> None:
    git(root, "tag", "-am", "one", "v1")
    if revision.endswith(".py"):
        with pytest.raises(ValueError, match="no such revision"):
            changed_lines(root, revision)
    else:
        assert changed_lines(root, revision) == {}


@pytest.mark.parametrize(
    ("line", "end", "counts"), [(1, 1, False), (2, 2, True), (1, 9, True), (3, 5, False), (4, 6, True)]
)
def test_a_finding_counts_when_it_touches_a_changed_line(line: int, end: int, counts: bool) -> None:
    finding = Finding("a.py", line, 1, end, 2, "r", "CW999", "m", Severity.ERROR)
    assert bool(in_lines([finding], {"a.py": ((2, 2), (6, 8))})) is counts
    assert in_lines([finding], {"b.py": EVERY_LINE}) == ()
