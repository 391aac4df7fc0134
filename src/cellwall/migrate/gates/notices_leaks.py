"""The gate "notices leaks": every new test must fail when the role that it is about leaks on purpose."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import final

from cellwall.migrate.batch import NewModule
from cellwall.migrate.gates.evidence import listed
from cellwall.migrate.gates.gate import Subject, Verdict
from cellwall.migrate.gates.leak_proof import Proof, in_order, prove
from cellwall.migrate.gates.leak_runs import Runs, RunsOf, in_target
from cellwall.migrate.gates.role_reach import beside_the_role
from cellwall.testing.doubled_target import Part
from cellwall.testing.leak_run import LeakRun
from cellwall.testing.leaky_doubles.making import doubles_of


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
        parts = [part for part in _parts(modules) if _can_leak(part, subject, proof)]
        if not parts:
            return _verdict(self.name, proof)
        runs = self.runs(subject)
        rehearsed = runs.rehearse(parts)
        for part in parts:
            spelled = subject.project.roles.by_name[part.role]
            beside = {
                f"{path}::{test}"
                for path in part.paths
                for test in beside_the_role((subject.patched_dir / path).read_bytes(), spelled)
            }
            proof.take(_proved(part, rehearsed.get(part.role, []), runs, beside))
        return _verdict(self.name, proof)


def _parts(modules: Sequence[NewModule]) -> list[Part]:
    """Group the modules by role; a module may be about several."""
    return [
        Part(
            role,
            tuple(sorted({module.path for module in modules if module.role == role})),
            frozenset(_about_others(modules, role)),
        )
        for role in sorted({module.role for module in modules})
    ]


def _can_leak(part: Part, subject: Subject, proof: Proof) -> bool:
    configured, doubles = subject.project.roles.get(part.role), doubles_of(part.role)
    if configured and doubles:
        return True
    why = f"nobody configured the role {part.role!r}" if doubles else f"no double of the role {part.role!r}"
    for path in part.paths:
        proof.refuse(path, why)
    return False


def _proved(part: Part, rehearsed: Sequence[LeakRun], runs: Runs, beside: Collection[str]) -> Proof:
    """Prove from the rehearsal; what that does not prove, from processes of their own."""
    doubles, found = doubles_of(part.role), Proof()
    if rehearsed:
        prove(found, part.paths, doubles, in_order(part.doubles, rehearsed), beside)
    if not rehearsed or found.refused:
        found = Proof()
        prove(found, part.paths, doubles, lambda double: runs.run(part, double), beside)
    return found


def _about_others(modules: Sequence[NewModule], role: str) -> set[str]:
    """Give the tests that their module names for other roles alone; what nobody names is about every role."""
    named = {
        other: {f"{m.path}::{t}" for m in modules if m.role == other for t in m.tests}
        for other in {module.role for module in modules}
    }
    return {test for other in named if other != role for test in named[other]} - named[role]


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
