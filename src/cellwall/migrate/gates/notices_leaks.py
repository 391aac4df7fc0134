"""The gate "notices leaks": every new test must fail when the role that it is about leaks on purpose."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import final

from cellwall.migrate.batch import NewModule
from cellwall.migrate.gates.evidence import listed
from cellwall.migrate.gates.gate import Subject, Verdict
from cellwall.migrate.gates.leak_proof import Proof, in_order, prove
from cellwall.migrate.gates.leak_runs import RunsOf, in_target
from cellwall.migrate.gates.role_reach import beside_the_role
from cellwall.testing.leak_run import CONTROL, LeakRun, doubles_of


@final
@dataclass(slots=True)
class NoticesLeaksGate:
    """Refuse a patch with a new test that passes whether or not its role leaks.

    A test must pass with the doubles in place and none leaking, before and after, and fail by an assertion,
    or by a refusal of the target, under one of them. A double that cannot be made proves nothing.
    """

    name: str = "notices leaks"
    runs: RunsOf = in_target

    def judge(self, subject: Subject) -> Verdict:
        """Run the new modules once for each double of their role."""
        modules = subject.patch.new_modules
        if not modules:
            return Verdict(self.name, True, "no new module", {"ran": False})
        if not subject.run_tests:
            return Verdict(self.name, True, "not run", {"ran": False})
        proof = Proof()
        for role in sorted({module.role for module in modules}):
            self._prove(subject, [m for m in modules if m.role == role], role, proof)
        return _verdict(self.name, proof)

    def _prove(self, subject: Subject, modules: Sequence[NewModule], role: str, proof: Proof) -> None:
        paths = sorted(module.path for module in modules)
        spelled, doubles = subject.project.roles.get(role), doubles_of(role)
        if spelled is None or not doubles:
            why = f"nobody configured the role {role!r}" if doubles else f"no double of the role {role!r}"
            for path in paths:
                proof.refuse(path, why)
            return
        beside = {
            f"{path}::{test}"
            for path in paths
            for test in beside_the_role((subject.patched_dir / path).read_bytes(), spelled)
        }
        others = _about_others(subject.patch.new_modules, role)
        runs = self.runs(subject, paths, role)
        found = Proof()
        if rehearsed := runs.rehearse(order := [CONTROL, *doubles, CONTROL]):
            answer = in_order(order, rehearsed)
            prove(found, paths, doubles, lambda double: _without(answer(double), others), beside)
        if not rehearsed or found.refused:  # nothing is refused for what a child of a process did
            found = Proof()
            prove(found, paths, doubles, lambda double: _without(runs.run(double), others), beside)
        proof.take(found)


def _about_others(modules: Sequence[NewModule], role: str) -> set[str]:
    """Give the tests that their module names for other roles alone; what nobody names is about every role."""
    named = {
        other: {f"{m.path}::{t}" for m in modules if m.role == other for t in m.tests}
        for other in {module.role for module in modules}
    }
    return {test for other in named if other != role for test in named[other]} - named[role]


def _without(run: LeakRun, tests: Collection[str]) -> LeakRun:
    kept = {node: outcome for node, outcome in run.by_id.items() if node.partition("[")[0] not in tests}
    return replace(run, by_id=kept)


def _verdict(name: str, proof: Proof) -> Verdict:
    figures = {
        "ran": True,
        "proved": [
            {"test": node, "double": double, "by": by} for node, (double, by) in sorted(proof.proved.items())
        ],
        "not_proved": [{"test": what, "why": why} for what, why in sorted(proof.refused.items())],
    }
    if proof.refused:
        lines = [f"{what}: notices no leak: {why}" for what, why in sorted(proof.refused.items())]
        return Verdict(name, False, listed(lines), figures)
    lines = [f"{node} notices that {double}: {by}" for node, (double, by) in sorted(proof.proved.items())]
    return Verdict(name, True, listed([f"{len(lines)} new tests notice a leak", *lines]), figures)
