"""Children answer while they live, and nothing of them is left, however they end."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cellwall.migrate.processes import ChildError, Children

CHILD = """
    import os, signal, subprocess, sys, time
    from cellwall.migrate.child import serve

    def handle(request):
        print("this is not an answer")
        yield {"got": request["word"]}
        if request["word"] == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if request["word"] == "crash":
            raise RuntimeError("no patch today")
        if request["word"] == "spawn":
            helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            yield {"pid": helper.pid}
            time.sleep(600)
        if request["word"] == "orphan":
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
            os._exit(3)
        if request["word"].startswith("say "):
            os.write(answers, request["word"].removeprefix("say ").encode() + b"\\n")

    answers = os.dup(1)
    serve(handle)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("modules")
    (made / "some_child.py").write_text(textwrap.dedent(CHILD))
    return made


@pytest.fixture(scope="module")
def children(folder: Path) -> Iterator[Children]:
    """Give one object for all tests, as a run has one for all its children."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        with closing(Children()) as made:
            yield made


async def collect(children: Children, word: str, module: str = "some_child") -> list[dict[str, object]]:
    return [answer async for answer in children.answers_of(module, {"word": word})]


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie that init has not reaped yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int) -> bool:
    for _ in range(200):
        if not is_alive(pid):
            return True
        time.sleep(0.05)
    return False


async def test_answers_come_through_and_prints_do_not(children: Children) -> None:
    assert await collect(children, "hello") == [{"got": "hello"}]


@pytest.mark.parametrize(("word", "told"), [("die", "signal SIGKILL"), ("crash", "no patch today")])
async def test_how_a_child_ended_is_told(children: Children, word: str, told: str) -> None:
    with pytest.raises(ChildError, match=told):
        await collect(children, word)


async def test_an_unknown_module_is_told(children: Children) -> None:
    with pytest.raises(ChildError, match="No module named no_such_module"):
        await collect(children, "x", "no_such_module")


async def test_a_helper_that_keeps_standard_error_open_holds_nobody_up(children: Children) -> None:
    async with asyncio.timeout(20):
        with pytest.raises(ChildError, match="exit code 3"):
            await collect(children, "orphan")


@pytest.mark.parametrize("word", ["[" * 100_000, "5", '{"a": '], ids=["deep", "number", "torn"])
async def test_what_is_no_answer_is_told(children: Children, word: str) -> None:
    with pytest.raises(ChildError, match="some_child"):
        await collect(children, f"say {word}")


async def test_files_of_the_current_folder_are_never_imported(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user stands in a repository that may be hostile, or just have a `json.py`."""
    hostile = tmp_path / "repository"
    hostile.mkdir()
    for name in ("json.py", "some_child.py"):
        (hostile / name).write_text("import os\nos._exit(77)\n")
    monkeypatch.chdir(hostile)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    with closing(Children()) as children:
        assert await collect(children, "hello") == [{"got": "hello"}]


async def test_cancelling_ends_the_whole_group(children: Children) -> None:
    pids: list[int] = []
    spawned = asyncio.Event()

    async def first_answers() -> None:
        async for answer in children.answers_of("some_child", {"word": "spawn"}, started=pids.append):
            if "pid" in answer:
                pids.append(int(answer["pid"]))
                spawned.set()

    task = asyncio.create_task(first_answers())
    await spawned.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert all(wait_until_gone(pid) for pid in pids)


def test_children_end_when_their_parent_is_killed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(folder))
    parent = tmp_path / "parent.py"
    parent.write_text(
        textwrap.dedent(
            """
            import asyncio
            from cellwall.migrate.processes import Children

            async def main():
                tell = lambda pid: print(pid, flush=True)
                async for answer in Children().answers_of("some_child", {"word": "spawn"}, started=tell):
                    if "pid" in answer:
                        print(answer["pid"], flush=True)

            asyncio.run(main())
            """
        )
    )
    with subprocess.Popen([sys.executable, str(parent)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        pids = [int(process.stdout.readline()), int(process.stdout.readline())]
        os.kill(process.pid, signal.SIGKILL)
    assert all(wait_until_gone(pid) for pid in pids)
