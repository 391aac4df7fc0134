"""Measures one group of paths to the end although target code crashes pytest, or keeps it from starting.

When pytest ends before it collected anything, the paths are halved until the one that does it stands alone.
When the process dies in a test, that test is an error, and the files not yet measured are run without it.
When somebody killed the process, nothing is known of any test: it is started again, once a group.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, final

from cellwall.project.number_of import number_of
from cellwall.project.pytest_config import PytestConfig
from cellwall.testing.measured import Outcome
from cellwall.testing.pytest_process import Answer, PytestProcess

MOST_STARTS: Final = 32
_UNKNOWN = re.compile(r"unrecognized arguments: (.+)")


@final
@dataclass(slots=True)
class Group:
    """What is known so far of the paths that share one pytest configuration."""

    overridden: list[str]
    by_id: dict[str, Outcome] = field(default_factory=dict)
    collection_errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    complete: bool = True
    killed: bool = False

    def give_up(self, note: str) -> None:
        """Note why the measurement is not whole."""
        self.complete = False
        self.notes.append(note)


def measure_group(process: PytestProcess, config: PytestConfig, paths: Sequence[str]) -> Group:
    """Run the paths, and again what a crash left over, at most MOST_STARTS times."""
    options, overridden = process.options(config)
    group = Group(overridden)
    waiting: list[tuple[list[str], list[str]]] = [(_nameable(paths, group), [])]  # (paths, deselected ids)
    for _ in range(MOST_STARTS):
        if not waiting:
            return group
        names, deselected = waiting.pop(0)
        if not names:
            continue
        answer = process.run(config, [*options, *(f"--deselect={node_id}" for node_id in deselected)], names)
        unknown = _unknown_options(answer, options)
        if answer.completed.killed and not group.killed:
            group.killed = True
            waiting.insert(0, (names, deselected))
        elif unknown:
            options = [option for option in options if option not in unknown]
            group.overridden += [f"{option} (unknown to the installed pytest)" for option in unknown]
            waiting.insert(0, (names, deselected))
        else:
            waiting[:0] = _take(group, answer, names, deselected)
    if waiting:
        left = number_of(sum(len(names) for names, _ in waiting), "path")
        group.give_up(f"given up after {MOST_STARTS} starts of pytest, {left} not measured")
    return group


def _nameable(paths: Sequence[str], group: Group) -> list[str]:
    for path in paths:
        if "::" in path or "[" in path:
            group.collection_errors[path] = "pytest cannot be given a path with these characters"
    return [path for path in paths if path not in group.collection_errors]


def _unknown_options(answer: Answer, options: Sequence[str]) -> list[str]:
    found = None if answer.session.started else _UNKNOWN.search(answer.completed.stderr)
    return [option for option in options if found and option in found.group(1).split()]


def _take(
    group: Group, answer: Answer, names: list[str], deselected: list[str]
) -> list[tuple[list[str], list[str]]]:
    """Take over what a process told; give what must still be run."""
    session, completed = answer.session, answer.completed
    for node_id, outcome in session.by_id.items():
        group.by_id.setdefault(node_id, outcome)
    group.collection_errors.update(session.collection_errors)
    if session.running:
        why = "the time limit was reached" if completed.timed_out else "the process died"
        culprit = Outcome(session.running, "error", "call", f"{why} while this test ran")
        group.by_id.setdefault(session.running, culprit)
    missing = [node_id for node_id in session.missing if node_id not in group.by_id]
    if completed.timed_out:
        group.give_up(
            f"time limit of {completed.seconds:.0f} s reached, {number_of(len(missing), 'test')} not run"
        )
        return []
    if session.ended and not missing and not session.refused:
        return []
    if session.running:
        files = {node_id.partition("::")[0] for node_id in missing}
        return [(sorted(files), [*deselected, session.running])]
    return _without_start(group, answer, names, deselected)


def _without_start(
    group: Group, answer: Answer, names: list[str], deselected: list[str]
) -> list[tuple[list[str], list[str]]]:
    """Nothing ran, or it stopped between two tests: halve, or say what stopped it."""
    why = _last_words(answer)
    if "No module named pytest" in why or "No module named coverage" in why:
        group.give_up(f"the target's interpreter cannot run its tests: {why}")
    elif answer.session.by_id:
        group.give_up(f"pytest stopped before its end: {why}")
    elif len(names) > 1:
        half = len(names) // 2
        return [(names[:half], deselected), (names[half:], deselected)]
    else:
        group.collection_errors.setdefault(names[0], f"pytest did not start: {why}")
    return []


def _last_words(answer: Answer) -> str:
    if answer.session.internal_error:
        return answer.session.internal_error
    text = answer.completed.stderr.strip() or answer.completed.stdout.strip()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("E  ", "ERROR", "ImportError")) or "rror:" in line]
    return (
        (errors or lines or [f"exit code {answer.completed.returncode}"])[-1].removeprefix("E ").strip()[:300]
    )
