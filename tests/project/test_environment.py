"""What every target environment keeps to: the real one and the fake pass the same tests."""

import sys
from pathlib import Path

import pytest

from cellwall.project.environment import Limits, TargetEnvironment
from cellwall.project.errors import EnvironmentUnusable
from cellwall.project.fake_environment import FakeEnvironment, completed
from cellwall.project.local_environment import LocalEnvironment


@pytest.fixture(params=["local", "fake"])
def environment(request: pytest.FixtureRequest) -> TargetEnvironment:
    if request.param == "fake":
        return FakeEnvironment([completed(stdout="hello\n", stderr="oops\n", returncode=3)])
    return LocalEnvironment(Path(sys.executable))


def test_a_program_runs_to_its_end(environment: TargetEnvironment, tmp_path: Path) -> None:
    program = "import sys; print('hello'); print('oops', file=sys.stderr); sys.exit(3)"
    answer = environment.run([str(environment.python), "-c", program], cwd=tmp_path)
    assert (answer.returncode, answer.stdout, answer.stderr) == (3, "hello\n", "oops\n")
    assert (answer.timed_out, answer.cut) == (False, False)
    assert answer.seconds >= 0


def test_all_arguments_are_taken(environment: TargetEnvironment, tmp_path: Path) -> None:
    environment.run(
        [str(environment.python), "-c", ""],
        cwd=tmp_path,
        limits=Limits(seconds=30),
        extra_env={"NAME": "value"},
        writable=(tmp_path,),
    )


def test_a_folder_that_is_not_there(environment: TargetEnvironment, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentUnusable, match="no such folder"):
        environment.run(["true"], cwd=tmp_path / "gone")


def test_walls_are_told_in_words(environment: TargetEnvironment) -> None:
    assert environment.walls
    assert all(isinstance(words, str) and words for words in environment.walls)


def test_what_was_written_last_tells_why_it_ended() -> None:
    assert completed(stderr="Traceback\nValueError: no\n\n", returncode=1).last_words == "ValueError: no"
    assert completed(returncode=3).last_words == "exit code 3"


def test_a_program_that_is_not_there_could_not_start(tmp_path: Path) -> None:
    gone = LocalEnvironment(Path(sys.executable)).run([str(tmp_path / "no-such-program")], cwd=tmp_path)
    assert gone.could_not_start
    assert not completed(returncode=1).could_not_start
