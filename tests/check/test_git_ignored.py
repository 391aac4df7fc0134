"""What git ignores is left out: compared with git itself, on written and on made-up patterns."""

import re
import subprocess
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellwall.check import git_ignored
from cellwall.check.git_ignored import IgnoreFile
from cellwall.check.source_tree import DirectorySourceTree

PATHS = (
    "a.py", "b.py", "build/a.py", "build/keep/b.py", "src/a.py", "src/build/c.py", "src/deep/gen_a.py",
    "src/deep/keep.py", "lib/x/a.py", "lib/x/y/b.py", "name with space.py", "ä.py",
)  # fmt: skip


def lay(root: Path, ignore: dict[str, str]) -> None:
    for path in PATHS:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("")
    for path, text in ignore.items():
        (root / path).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)


def by_git(root: Path) -> list[str]:
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z", "--", "*.py"]
    return sorted(
        subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode().split("\0")[:-1]
    )


@pytest.mark.parametrize(
    "ignore",
    [
        {".gitignore": ""},
        {".gitignore": "build\n"},
        {".gitignore": "/build/\n"},
        {".gitignore": "*.py\n!keep.py\n"},
        {".gitignore": "build/*\n!build/keep/\n"},
        {".gitignore": "build/\n!build/keep/b.py\n"},
        {".gitignore": "gen_*.py\nlib/**/b.py\n# a comment\n\n\\#x\n"},
        {".gitignore": "**/x/*.py\n"},
        {".gitignore": "name\\ with\\ space.py\nä.py\n"},
        {".gitignore": "*.py\n", "src/.gitignore": "!*.py\n"},
        {"src/.gitignore": "/a.py\ndeep/keep.py\n"},
        {"src/.gitignore": "build\n*\n!deep\n!deep/**\n"},
        {".git_not": "*"},
    ],
)
def test_as_git_does(ignore: dict[str, str], tmp_path: Path) -> None:
    lay(tmp_path, ignore)
    assert list(DirectorySourceTree(tmp_path, gitignore=True).paths()) == by_git(tmp_path)


def test_the_repository_s_own_exclusions(tmp_path: Path) -> None:
    lay(tmp_path, {})
    (tmp_path / ".git" / "info").mkdir(exist_ok=True)
    (tmp_path / ".git" / "info" / "exclude").write_text("src\n")
    assert list(DirectorySourceTree(tmp_path, gitignore=True).paths()) == by_git(tmp_path)
    assert "src/a.py" in DirectorySourceTree(tmp_path).paths()


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=folder, check=True)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    (home / ".config" / "git").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return home


def same(root: Path) -> list[str]:
    found = list(DirectorySourceTree(root, gitignore=True).paths())
    assert found == by_git(root)
    tree = DirectorySourceTree(root, gitignore=True)
    every = DirectorySourceTree(root).paths()
    assert [path for path in every if not tree.is_left_out(path)] == found
    return found


def test_the_user_s_own_exclusions(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    lay(root, {".gitignore": "!build/keep/b.py\n"})
    (home / ".config" / "git" / "ignore").write_text("b.py\n")
    assert "build/keep/b.py" in same(root) and "b.py" not in same(root)
    (home / ".gitconfig").write_text("[core]\n\texcludesFile = ~/mine\n")
    (home / "mine").write_text("/src\n")
    assert "src/a.py" not in same(root) and "b.py" in same(root)
    git(root, "config", "core.excludesfile", "theirs")
    (root / "theirs").write_text("a.py\n")
    assert "src/a.py" not in same(root) and "src/deep/keep.py" in same(root)


def test_a_worktree_has_the_repository_s_exclusions(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    lay(root, {})
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "exclude").write_text("gen_*\n")
    git(root, "commit", "-q", "--allow-empty", "-m", "x")
    git(root, "worktree", "add", "-q", "../tree")
    lay_in = tmp_path / "tree"
    for path in ("a.py", "gen_a.py"):
        (lay_in / path).write_text("")
    assert same(lay_in) == ["a.py"]


def test_a_folder_of_a_repository_has_the_exclusions_above(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    lay(root, {".gitignore": "gen_*\n/src/build\n", "lib/.gitignore": "/x/y\n!gen_*\n"})
    assert same(root / "src") == ["a.py", "deep/keep.py"]
    assert same(root / "lib" / "x") == ["a.py"]
    (root / ".gitignore").write_text("/src\n")
    assert "a.py" in DirectorySourceTree(root / "src", gitignore=True).paths()


def test_a_git_file_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    for text in ("", "gitdir: \0", "gitdir: /dev", "gitdir: nowhere", "x" * 5000):
        (tmp_path / ".git").write_text(text)
        assert list(DirectorySourceTree(tmp_path, gitignore=True).paths()) == ["a.py"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    lay(tmp_path, {})
    (tmp_path / "elsewhere").write_text("*\n")
    (tmp_path / "src" / ".gitignore").symlink_to(tmp_path / "elsewhere")
    assert "src/a.py" in DirectorySourceTree(tmp_path, gitignore=True).paths()


_LINES_OF_ALL_KINDS = r"""
build build/ /build /build/ a/b a/b/ /a/b *.py *.py[cod] * /* a/* !x !/x/ foo.* foo*bar/ *$py.class .venv
*~ a+b [ab] [ab]c/d *.egg-info/ .coverage.* x/*.py !.gitkeep a/*/b -x a--b *.* /.* ._* a?b **/x a/** a//b
[!a] [] [a
a\b ä ! / // !!a [a-c] ./a ../a ... *a* x[ab]*/y # #x \#x a#b @a
"""


def test_usual_lines_are_read_as_pathspec_reads_them() -> None:
    plain = 0
    for line in _LINES_OF_ALL_KINDS.split():
        read = git_ignored._plain(line)
        plain += read is not None
        assert read in (None, git_ignored._any(line)), line
        assert git_ignored._pattern(line) == git_ignored._any(line), line
    assert plain > 30


def test_a_pattern_that_python_warns_of() -> None:
    assert IgnoreFile("", b"[[a]\n").decides("a", is_folder=False)


@pytest.mark.filterwarnings("ignore:Possible :FutureWarning")
@given(st.text("a.*[]!/-_b+ ", min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_made_up_lines_too(line: str) -> None:
    assert git_ignored._plain(line) in (None, git_ignored._any(line))


_PARTS = st.sampled_from(
    ["a.py", "b.py", "*.py", "build", "deep", "src", "lib", "x", "**", "*", "keep", "gen_?.py"]
)
# `a/**/` is left out: pathspec takes it for `a/`.
_LINES = st.builds(
    lambda no, lead, parts, tail: no + lead + "/".join(parts) + (tail if parts[-1] != "**" else ""),
    st.sampled_from(["", "", "!"]), st.sampled_from(["", "/"]), st.lists(_PARTS, min_size=1, max_size=3),
    st.sampled_from(["", "", "/"]),
)  # fmt: skip


@settings(
    derandomize=True,
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(_LINES, max_size=4), st.lists(_LINES, max_size=3))
def test_made_up_patterns(tmp_path_factory: pytest.TempPathFactory, top: list[str], inner: list[str]) -> None:
    root = tmp_path_factory.mktemp("tree")
    lay(root, {".gitignore": "\n".join(top), "src/.gitignore": "\n".join(inner)})
    assert list(DirectorySourceTree(root, gitignore=True).paths()) == by_git(root)


@pytest.mark.parametrize("junk", [b"\xff\xfe\0[", b"[", b"!", b"/", b"\\", b"[z-a]", b"(" * 50])
def test_any_bytes_will_do(junk: bytes, tmp_path: Path) -> None:
    lay(tmp_path, {})
    (tmp_path / ".gitignore").write_bytes(junk)
    assert "a.py" in DirectorySourceTree(tmp_path, gitignore=True).paths()


_COMPARED = r"""
build build/ /build /build/ a/b a/b/ /a/b *.py *.py/ *~ !x !/x/ **/x !**/build/ **/*.py **/a/b .venv
*$py.class a.b/c-d/e ./a ... a*b *
"""


def test_what_is_compared_fits_as_its_regular_expression_does() -> None:
    lines = [*_COMPARED.split(), "a b", "a b/c d/", "*c d"]
    literal = [line for line in lines if git_ignored._LITERAL.fullmatch(line) is not None]
    assert set(lines) - set(literal) == {"a*b", "*", "**/a/b"}
    names = ["build", "a", "b", "a.py", ".py", "x.py", "~", "a~", "x", ".venv", "a$py.class", "a b", "ac d"]
    paths = [*names, "a.b/c-d/e", "a b/c d", "a b/c d/e", *(f"{a}/{b}" for a in names for b in names)]
    for line, path in product(literal, [*paths, *(f"{path}/" for path in paths)]):
        read = git_ignored._any(line)
        assert read is not None
        include, regex = read
        folder = path.rstrip("/").rpartition("/")[0]
        if re.search(regex, f"{folder}/") is None:  # what lies in an ignored folder is never asked for
            fits = re.search(regex, path) is not None
            decided = IgnoreFile("", line.encode()).decides(path.rstrip("/"), is_folder=path.endswith("/"))
            assert decided == (include if fits else None), (line, path)
