"""Children of one pytest: the same answers as processes of their own, or none at all."""

import sys
from pathlib import Path

import pytest

from cellwall.project.config import TestSettings
from cellwall.project.local_environment import LocalEnvironment
from cellwall.project.roles import Role, Roles
from cellwall.testing.doubled_target import DoubledTarget, Part
from cellwall.testing.leak_run import CONTROL, LeakRun
from cellwall.testing.leaky_doubles.owner_leaks import FirstOwner
from cellwall.testing.leaky_doubles.sharing_leaks import FirstMade

LEAN = tuple(word for name in ("hypothesispytest", "anyio", "xdist") for word in ("-p", f"no:{name}"))
ROLES = Roles({"token": Role("token", ("from app import issue",), "issue({user_id})")})
PART = Part("token", ("test_it.py",))
assert PART.doubles == (CONTROL, FirstMade.name, FirstOwner.name, CONTROL)
NOTICES = "import app\n\ndef test_a():\n    assert app.issue('ada') != app.issue('bob')\n"
BLIND = "import app\n\ndef test_b():\n    assert app.issue('ada')\n"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are made on Linux only")


@pytest.fixture
def root(target: Path) -> Path:
    """Give a target with an application of one function."""
    (target / "app.py").write_text("def issue(user_id):\n    return user_id\n")
    return target


def doubled(root: Path, text: str, seconds: float = 30) -> DoubledTarget:
    """Give the target with one module of tests."""
    (root / "test_it.py").write_text(text)
    settings = TestSettings(arguments=LEAN, timeout=seconds)
    return DoubledTarget(LocalEnvironment(Path(sys.executable)), root, settings, ROLES)


def rehearsed(target: DoubledTarget) -> list[LeakRun]:
    """Give the runs of its one role."""
    return target.rehearse([PART]).get("token", [])


def outcomes(runs: list[LeakRun]) -> list[dict[str, str]]:
    """Give test name to outcome, for each run."""
    return [{node.partition("::")[2]: one.outcome for node, one in run.by_id.items()} for run in runs]


def test_every_double_has_a_run_like_one_of_its_own(root: Path) -> None:
    target = doubled(root, NOTICES + BLIND)
    runs = rehearsed(target)
    assert outcomes(runs) == outcomes([target.run(PART, double) for double in PART.doubles])
    assert [bool(run.noticed("test_it.py::test_a")) for run in runs] == [False, True, True, False]
    assert [(run.not_made, run.note) for run in runs] == [("", "")] * 4


def test_doubles_that_nobody_is_left_to_notice_are_passed_over(root: Path) -> None:
    runs = rehearsed(doubled(root, NOTICES))
    assert [run.not_made for run in runs] == ["", "", "it was passed over", ""]


def test_no_run_sees_what_another_one_left(root: Path) -> None:
    target = doubled(root, "import app, os\n" + NOTICES + "    open('left', 'x').close(); app.seen = 1\n")
    runs = rehearsed(target)
    assert outcomes(runs) == [{"test_a": "passed"}, {"test_a": "failed"}, {}, {"test_a": "passed"}]
    assert sorted(path.name for path in root.iterdir()) == ["app.py", "test_it.py"]


@pytest.mark.parametrize(
    "text",
    [
        "import threading, time\nthreading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n",
        "def test_0():\n    open('app.py', 'a').write('# mine')\n",
        "import os\nos._exit(0)\n",
    ],
    ids=["a thread", "a file is written over", "it ends"],
)
def test_where_children_are_not_as_good_nothing_is_said(text: str, root: Path) -> None:
    assert rehearsed(doubled(root, text + NOTICES)) == []


def test_a_child_that_hangs_is_ended(root: Path) -> None:
    hangs = "import time\n" + NOTICES + "\ndef test_hangs():\n    time.sleep(600)\n"
    assert rehearsed(doubled(root, hangs, seconds=1.5)) == []


def test_a_child_that_somebody_killed_proves_nothing(root: Path) -> None:
    killed = NOTICES + "\ndef test_killed():\n    import os\n    os.kill(os.getpid(), 9)\n"
    assert rehearsed(doubled(root, killed)) == []


def test_a_child_that_dies_proves_nothing_more(root: Path) -> None:
    dies = NOTICES + "\ndef test_dies():\n    import os\n    os._exit(0)\n"
    first, *_ = runs = rehearsed(doubled(root, dies))
    assert outcomes(runs)[0] == {"test_a": "passed"}
    assert first.note == "the child died"


def test_modules_that_cannot_be_collected_are_told(root: Path) -> None:
    runs = rehearsed(doubled(root, "import nothing_of_this_name\n"))
    assert [list(run.collection_errors) for run in runs if not run.not_made] == [["test_it.py"]] * 2
