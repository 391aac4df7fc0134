"""The configuration: what is read, and the one clear error for each thing that cannot be."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.project.config import TestSettings, load_project
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.errors import ConfigError
from cellwall.project.roles import ROLE_NAMES
from cellwall.project.test_files import TEST_FILES


def write(root: Path, text: str) -> Path:
    (root / "pyproject.toml").write_text(text)
    return root


def test_a_repository_without_configuration(tmp_path: Path) -> None:
    project = load_project(tmp_path)
    assert project.root == tmp_path
    assert project.python == Path(sys.executable)
    assert project.roles == DEFAULT_ROLES
    assert set(project.roles.by_name) <= set(ROLE_NAMES)
    assert project.tests == TestSettings()
    assert project.test_files == TEST_FILES
    assert not project.configured
    assert not project.async_tests


def test_everything_configured(tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    write(
        tmp_path,
        """
[tool.cellwall]
python = "bin/python"
include = ["app/**"]
exclude = "legacy/**"
critical = ["pay/**"]
test_files = ["checks/*.py"]

[tool.cellwall.tests]
arguments = ["-m", "not slow", "--asyncio-mode=auto"]
timeout = 90
network = true

[tool.cellwall.benchmark]
command = ["python", "-m", "bench"]

[tool.cellwall.roles.context]
import = ["from app.context import Context", "import app"]
create = "Context.make({user_id})"
awaited = true
replaces = ["app.old.Context"]
members = ["user_id"]
""",
    )
    project = load_project(tmp_path)
    assert project.configured
    assert project.python == python  # the link itself: its place makes the virtual environment
    assert (project.critical, project.benchmark) == (("pay/**",), ("python", "-m", "bench"))
    assert (project.include, project.exclude, project.test_files) == (
        ("app/**",),
        ("legacy/**",),
        ("checks/*.py",),
    )
    assert project.tests == TestSettings(("-m", "not slow", "--asyncio-mode=auto"), 90.0, True)
    assert project.async_tests
    role = project.roles.get("context")
    assert role is not None
    assert role.imports == ("from app.context import Context", "import app")
    assert (role.create, role.awaited, role.line) == ("Context.make({user_id})", True, 17)
    assert (role.replaces, role.members) == (("app.old.Context",), ("user_id",))
    assert project.roles.get("pool") == DEFAULT_ROLES.get("pool")


def test_the_interpreter_given_wins(tmp_path: Path) -> None:
    write(tmp_path, '[tool.cellwall]\npython = "nowhere"')
    assert load_project(tmp_path, python=Path("other/python")).python == tmp_path / "other/python"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[tool.cellwall]\npyhton = 'x'", 2, "tool.cellwall.pyhton: unknown key; did you mean 'python'?"),
        ("[tool.cellwall]\nzzzz = 1", 2, "known keys: python, include"),
        ("[tool.cellwall.roles.contxt]\ncreate = 'x'", 1, "did you mean 'context'?"),
        ("[tool.cellwall.roles.pool]\nimport='import a'\ncreate='x()'\nmember=[]", 4, "'members'"),
        ("[tool.cellwall.tests]\ntimeout = 'long'", 2, "must be a number, not a text"),
        ("[tool.cellwall.tests]\ntimeout = true", 2, "must be a number, not true or false"),
        ("[tool.cellwall.tests]\ntimeout = -1", 2, "must be a positive number"),
        ("[tool.cellwall.tests]\ntimeout = nan", 2, "must be a positive number"),
        ("[tool.cellwall.tests]\narguments = [1]", 2, "must be a text or a list of texts"),
        ("[tool.cellwall.tests]\nnetwork = 'yes'", 2, "must be true or false, not a text"),
        ("[tool]\ncellwall = 3", 2, "must be a table, not a number"),
        ("tool = []", 1, "must be a table, not a list"),
        ("[tool.cellwall]\ninclude = '/etc/**'", 2, "leaves the repository"),
        ("[tool.cellwall]\ntest_files = ['!../x/**']", 2, "leaves the repository"),
        ("[tool.cellwall]\ncritical = ['../x/**']", 2, "leaves the repository"),
        ("[tool.cellwall.benchmark]\ncommand = 'python -m bench'", 2, "must be a list of words"),
        ("[tool.cellwall.benchmark]\ncomand = ['x']", 2, "did you mean 'command'?"),
        ("[tool.cellwall]\npython = 'nowhere/python'", 2, "there is no interpreter at"),
        ("[tool.cellwall]\npython = ''", 2, "must be a text with something in it"),
        ("[tool.cellwall.roles.pool]\nimport = 'import a'", 1, "the key 'create' is missing"),
        ("[tool.cellwall.roles.pool]\nimport='import a'\ncreate='f('", 3, "not a Python expression"),
        ("[tool.cellwall.roles.pool]\nimport='import a'\ncreate='f({who})'", 3, "unknown placeholder {who}"),
        ("[tool.cellwall.roles.pool]\nimport='import a'\ncreate='a = 1'", 3, "not a Python expression"),
        (
            "[tool.cellwall.roles.pool]\nimport='import os; os.x()'\ncreate='f()'",
            2,
            "not one import statement",
        ),
        ("[tool.cellwall.roles.pool]\nimport='from . import a'\ncreate='f()'", 2, "relative import"),
        ("[tool.cellwall.roles.pool]\nimport='from a import *'\ncreate='f()'", 2, "which name"),
        ("[tool.cellwall.roles.pool]\nimport='import a'\ncreate='f()'\nreplaces='a b'", 4, "dotted name"),
        ("[tool.cellwall.roles.pool]\nimport='import a'\ncreate='f()'\nmembers='a.b'", 4, "is not a name"),
        ("a = 1\nb = \n", 2, "is not TOML"),
        ("a = " + "[" * 5000, 1, "TOML"),
    ],
)
def test_errors_say_where_and_what(tmp_path: Path, text: str, line: int, words: str) -> None:
    write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_project(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}/pyproject.toml:{line}: ")
    assert words in str(caught.value)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        load_project(tmp_path / "gone")


@pytest.mark.parametrize("content", [b"\xff\xfe\0\0", b"a = 1\n\x80"])
def test_binary(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        load_project(tmp_path)


def test_ten_megabytes(tmp_path: Path) -> None:
    write(tmp_path, "#" * (10 << 20))
    with pytest.raises(ConfigError, match="larger than 1 MiB"):
        load_project(tmp_path)


def test_links_are_followed_inside_only(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    secret = tmp_path / "secret.toml"
    secret.write_text("[tool.cellwall]\npython = 'stolen'")
    (root / "pyproject.toml").symlink_to(secret)
    with pytest.raises(ConfigError, match="leaves the repository") as caught:
        load_project(root)
    assert "stolen" not in str(caught.value)
    (root / "pyproject.toml").unlink()
    (root / "real.toml").write_text("[tool.cellwall]")
    (root / "pyproject.toml").symlink_to("real.toml")
    assert load_project(root).configured


@pytest.mark.parametrize("make", ["loop", "nothing", "folder", "pipe"])
def test_things_that_are_no_file(tmp_path: Path, make: str) -> None:
    path = tmp_path / "pyproject.toml"
    if make == "folder":
        path.mkdir()
    elif make == "pipe":
        os.mkfifo(path)  # reading it would wait for ever
    else:
        path.symlink_to(path if make == "loop" else tmp_path / "gone")
    with pytest.raises(ConfigError, match=r"pyproject\.toml:1: "):
        load_project(tmp_path)


@given(st.text(alphabet=st.sampled_from("[]tol.cew\"'=\n a1{}#,"), max_size=80))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_any_text_gives_a_project_or_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    root = write(tmp_path_factory.mktemp("any"), f"[tool.cellwall]\n{text}")
    try:
        assert load_project(root).configured
    except ConfigError as error:
        assert str(error).startswith(f"{root}/pyproject.toml:")
