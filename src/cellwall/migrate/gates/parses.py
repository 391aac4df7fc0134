"""The gate "parses": changed Python files by the target's interpreter, scripts by their grammar and node."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final, final

from cellwall.migrate.batch import FileChange
from cellwall.migrate.gates.evidence import listed
from cellwall.migrate.gates.gate import Subject, Verdict
from cellwall.migrate.gates.script_syntax import ScriptSyntax, script_syntax
from cellwall.migrate.languages import is_script
from cellwall.project.environment import Completed, asked_again_if_killed

# Runs in the target's interpreter, isolated: nothing of the target is imported. It prints {path: message}
# of the files that do not parse. A file that is no regular file is never opened (a fifo would block).
SCRIPT: Final = """
import ast, json, os, stat, sys, warnings
warnings.simplefilter("ignore")
failures = {}
for path in sys.argv[1:]:
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise ValueError("not a regular file")
        with open(path, "rb") as file:
            source = file.read()
        ast.parse(source, path)
        compile(source, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        failures[path] = "line %s: %s" % (error.lineno or 0, str(error.msg)[:200])
    except Exception as error:
        failures[path] = "%s: %s" % (type(error).__name__, str(error)[:200])
print(json.dumps({"parsed": len(sys.argv) - 1, "failures": failures}))
"""
ARGUMENT_BYTES: Final = 1 << 19  # of one command line; the kernel allows four times that


@final
class ParsesGate:
    """Refuse a patch after which a file does not parse, or that edits a file which did not parse before."""

    name = "parses"

    def judge(self, subject: Subject) -> Verdict:
        """Compile the changed files of both workspaces in the target's interpreter, without running them."""
        changes = [change for change in subject.patch.changes if change.path.endswith((".py", ".pyi"))]
        before = {c.path: subject.base_dir / c.path for c in changes if c.before is not None}
        after = {c.path: subject.patched_dir / c.path for c in changes if c.after is not None}
        failures: dict[str, str] = {}
        for paths in _command_lines((*before.values(), *after.values())):
            answer = _answer(asked_again_if_killed(partial(_compile, subject, paths)), len(paths))
            if isinstance(answer, str):
                return Verdict(self.name, False, answer)
            failures |= answer
        broken_before = {path: failures[str(file)] for path, file in before.items() if str(file) in failures}
        broken_after = {path: failures[str(file)] for path, file in after.items() if str(file) in failures}
        objections = [o for change in changes for o in _objections(change, broken_before, broken_after)]
        scripts = script_syntax(subject, [one for one in subject.patch.changes if is_script(one.path)])
        objections += scripts.objections
        figures = {
            "files": len(changes) + scripts.scripts,
            "scripts": {"files": scripts.scripts, "by_node": scripts.by_node},
            "unparseable_before": sorted(broken_before),
            "unparseable_after": sorted(broken_after),
        }
        if objections:
            return Verdict(self.name, False, listed(objections), figures)
        return Verdict(self.name, True, _praise(len(after), scripts), figures)


def _praise(modules: int, scripts: ScriptSyntax) -> str:
    said = [f"{modules} changed Python files parse"] if modules or not scripts.scripts else []
    if scripts.scripts:
        node = f"{scripts.by_node} of them by node too" if scripts.by_node else "node was not asked"
        said.append(f"{scripts.scripts} changed scripts parse ({node})")
    return "; ".join(said)


def _compile(subject: Subject, paths: Sequence[str]) -> Completed:
    python = str(subject.environment.python)
    return subject.environment.run([python, "-I", "-S", "-c", SCRIPT, *paths], cwd=subject.patched_dir)


def _objections(change: FileChange, before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    if change.path in before:
        if change.before != change.after:
            yield f"{change.path}: did not parse before ({before[change.path]}), so it may not be edited"
    elif change.path in after:
        yield f"{change.path}: no longer parses ({after[change.path]})"


def _answer(completed: Completed, asked: int) -> dict[str, str] | str:
    """Read what the script printed: the failures, or why there is no answer."""
    if completed.timed_out:
        return f"the target's interpreter did not finish parsing within {completed.seconds:.0f} s"
    if completed.returncode != 0 or completed.cut:
        last = completed.stderr.strip().splitlines()[-1:] or ["no message"]
        return f"the target's interpreter ended with {completed.returncode} while parsing: {last[0][:300]}"
    try:
        answer = json.loads(completed.stdout)
    except ValueError:
        return "the target's interpreter printed something that is no answer while parsing"
    if not isinstance(answer, dict) or answer.get("parsed") != asked:
        return "the target's interpreter did not parse all changed files"
    failures: dict[str, str] = answer["failures"]
    return failures


def _command_lines(paths: Sequence[Path]) -> Iterator[list[str]]:
    """Cut the paths into command lines that the kernel takes; nearly always one."""
    line: list[str] = []
    length = 0
    for path in map(str, paths):
        if line and length + len(path) > ARGUMENT_BYTES:
            yield line
            line, length = [], 0
        line.append(path)
        length += len(path) + 9
    if line:
        yield line
