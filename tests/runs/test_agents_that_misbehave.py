"""Agents that weaken, escape, crash, hang or come late are refused, and the rest of the run goes on."""

import os
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import pytest

from cellwall.migrate.errors import GitError, StorageError
from cellwall.migrate.options import RunOptions

HEAD = """
    import os, signal, time
    from dataclasses import replace
    from pathlib import Path

    from cellwall.migrate.agent_process import handle
    from cellwall.migrate.agents.codemod import CodemodAgent
    from cellwall.migrate.batch import FileChange
    from cellwall.migrate.child import serve

    NOTES = Path(__file__).parent

    class Misbehaving:
        name = "misbehaving"

        def propose(self, request):
            patch = CodemodAgent().propose(request)
            return self.spoil(request, patch) if request.batch.agent == 1 else patch

        def edited(self, patch, old, new):
            return replace(patch, changes=tuple(
                FileChange(c.path, c.before, c.after.replace(old, new)) for c in patch.changes))
"""
TAIL = """
    if __name__ == "__main__":
        serve(lambda request: handle(request, Misbehaving()))
"""
OPTIONS = RunOptions(agents=2, validate_continuously=False, validate_after_update=False)


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a function that makes an agent's module with the given way of spoiling patches."""

    def make(spoil: str) -> str:
        body = textwrap.indent(textwrap.dedent(spoil), " " * 12)
        method = f"\n        def spoil(self, request, patch):\n{body}\n"
        folder = tmp_path / "agents"
        folder.mkdir(exist_ok=True)
        (folder / "misbehaving.py").write_text(textwrap.dedent(HEAD + method + TAIL))
        monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
        return "misbehaving"

    return make


def refused(state: Any) -> dict[str, str]:
    return {b.id: b.refused_by for b in state.batches.values() if b.refused_by}


@pytest.mark.parametrize(
    ("spoil", "gate"),
    [
        ('return self.edited(patch, b"assert ", b"assert True or ")', "weakened"),
        ('return self.edited(patch, b"def test_", b"def never_")', "weakened"),
        ('return self.edited(patch, b"def ", b"def (")', "parses"),
    ],
)
def test_a_spoiled_patch_is_refused_and_the_others_merged(
    shop: Any, agent: Any, spoil: str, gate: str
) -> None:
    state = shop.run(OPTIONS, agent_module=agent(spoil))
    assert state.finished
    assert set(refused(state).values()) == {gate}
    assert {b.agent for b in state.batches.values() if b.refused_by} == {1}
    assert any(b.commit for b in state.batches.values() if b.agent != 1)
    human = [site for b in state.batches.values() for site in b.needs_human if b.agent == 1]
    assert all(gate in site["reason"] for site in human)
    assert human
    assert shop.git("diff", "--name-only", "main", state.started.branch, "--", "checkout") == ""


def test_a_file_outside_the_scope_is_refused(shop: Any, agent: Any) -> None:
    spoil = 'return replace(patch, changes=(*patch.changes, FileChange("shop/desk.py", None, b"")))'
    state = shop.run(OPTIONS, agent_module=agent(spoil))
    assert state.finished
    assert refused(state)
    assert shop.git("diff", "--name-only", "main", state.started.branch, "--", "shop") == ""


def test_only_the_spoiled_file_is_given_up(shop: Any, agent: Any) -> None:
    spoil = 'return self.edited(patch, b"[2 EUR]", b"[3 EUR]")'
    state = shop.run(OPTIONS, agent_module=agent(spoil))
    assert list(refused(state)) == ["a01-b001.2"]
    changed = shop.git("diff", "--name-only", "main", state.started.branch, "--", "checkout").split()
    assert changed == ["checkout/specs/test_basket.py"]


@pytest.mark.parametrize(
    "spoil", ["os._exit(3)", "os.kill(os.getpid(), signal.SIGKILL)", 'raise ValueError("x")']
)
def test_an_agent_that_dies_once_is_asked_again(shop: Any, agent: Any, spoil: str) -> None:
    once = f"""
        if not (NOTES / "died").exists():
            (NOTES / "died").touch()
            {spoil}
        return patch
    """
    state = shop.run(OPTIONS, agent_module=agent(once))
    assert len(state.failures) == 1
    assert not refused(state)


def test_an_agent_that_always_dies_is_given_up(shop: Any, agent: Any) -> None:
    state = shop.run(OPTIONS, agent_module=agent("os._exit(3)"))
    assert state.finished
    assert set(refused(state).values()) == {"agent"}


def test_an_agent_stopped_past_its_lease_is_replaced_and_its_late_patch_refused(
    shop: Any, agent: Any
) -> None:
    spoil = """
        note = NOTES / "stopped"
        if not note.exists():
            note.write_text(f"{os.getpid()}")
            os.kill(os.getpid(), signal.SIGSTOP)
            return self.edited(patch, b"basket", b"BASKET")
        os.kill(int(note.read_text()), signal.SIGCONT)
        time.sleep(1)
        return patch
    """
    options = RunOptions(
        agents=2, validate_continuously=False, validate_after_update=False, lease_seconds=4, batch_size=8
    )
    state = shop.run(options, agent_module=agent(spoil))
    said = [conflict.resolution for conflict in state.conflicts]
    assert any("silent past its lease" in text for text in said)
    assert any("late patch refused" in text for text in said)
    assert "BASKET" not in shop.at(state.started.branch, "checkout/specs/test_basket.py")
    assert "helper_factory" in shop.at(state.started.branch, "checkout/specs/test_basket.py")


def test_fail_fast_stops_at_the_first_refused_batch(shop: Any, agent: Any) -> None:
    options = RunOptions(agents=1, validate_continuously=False, validate_after_update=False, fail_fast=True)
    state = shop.run(options, agent_module=agent('return self.edited(patch, b"assert", b"#assert")'))
    assert "--fail-fast" in state.stopped
    assert not any(b.commit for b in state.batches.values() if b.agent > 1)


@pytest.mark.parametrize(
    "spoil",
    [
        'return replace(patch, base="0" * 40)',
        'return replace(patch, changes=tuple(FileChange(c.path, b"lie", c.after) for c in patch.changes))',
        'return replace(patch, changes=(*patch.changes, FileChange("checkout", None, b"x")))',
        "return replace(patch, changes=tuple(FileChange(c.path, c.before, None) for c in patch.changes))",
    ],
    ids=["other base", "other before", "in the way", "deleted"],
)
def test_a_patch_that_does_not_fit_is_refused(shop: Any, agent: Any, spoil: str) -> None:
    state = shop.run(OPTIONS, agent_module=agent(spoil))
    assert state.finished
    assert {b.agent for b in state.batches.values() if b.refused_by} == {1}


@pytest.mark.parametrize(
    "tail",
    [
        "serve(lambda request: iter([{}]))",
        "serve(lambda request: iter([{'digest': 5}]))",
        "serve(lambda request: iter([]))",
        "serve(rewritten)",
    ],
    ids=["no digest", "a number", "no answer", "not canonical"],
)
def test_an_agent_that_answers_nonsense_is_given_up(shop: Any, agent: Any, tail: str, tmp_path: Path) -> None:
    module = agent("return patch")
    file = tmp_path / "agents" / f"{module}.py"
    rewritten = """
    def rewritten(request):
        import hashlib, json
        for answer in handle(request):
            output = Path(request["output"])
            output.write_text(json.dumps(json.loads(output.read_bytes()), indent=1))
            yield {"digest": hashlib.sha256(output.read_bytes()).hexdigest()}
    """
    text = file.read_text()
    head = text[: text.index("if __name__")]
    file.write_text(f"{head}{textwrap.dedent(rewritten)}\n{tail}\n")
    state = shop.run(OPTIONS, agent_module=module)
    assert state.finished
    assert set(refused(state).values()) == {"agent"}


def test_a_workspace_that_cannot_be_made_is_not_the_agents_fault(
    shop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(name: str) -> None:
        if name == "event appended":
            for folder in Path(tempfile.gettempdir()).glob("cellwall-*-*"):
                if any(folder.glob("*-survey")) and not any(folder.glob("*-agent-00")):
                    agent = folder / f"{folder.name.removeprefix('cellwall-')}-agent-00"
                    agent.write_bytes(b"in the way")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises((GitError, StorageError)):
        shop.run(OPTIONS, window=spoil)
    state = shop.resume()
    assert state.finished
    assert not state.failures
