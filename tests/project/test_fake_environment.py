"""The fake: answers in order, functions as answers, and what it remembers."""

from pathlib import Path

from cellwall.project.environment import Completed, Limits
from cellwall.project.fake_environment import Call, FakeEnvironment, completed


def test_answers_come_in_order_and_then_all_is_well(tmp_path: Path) -> None:
    fake = FakeEnvironment([completed("one"), completed(returncode=1, timed_out=True)])
    assert fake.run(["a"], cwd=tmp_path).stdout == "one"
    assert fake.run(["b"], cwd=tmp_path).timed_out
    assert fake.run(["c"], cwd=tmp_path) == completed()
    assert [call.argv for call in fake.calls] == [("a",), ("b",), ("c",)]


def test_an_answer_may_be_a_function_of_the_call(tmp_path: Path) -> None:
    def write(call: Call) -> Completed:
        (call.cwd / "made").write_text(call.extra_env["TEXT"])
        return completed("done")

    fake = FakeEnvironment([write])
    answer = fake.run(
        ["a"], cwd=tmp_path, limits=Limits(seconds=1), extra_env={"TEXT": "x"}, writable=[tmp_path]
    )
    assert answer.stdout == "done"
    assert (tmp_path / "made").read_text() == "x"
    assert fake.calls == [Call(("a",), tmp_path, Limits(seconds=1), {"TEXT": "x"}, (tmp_path,))]
