"""Which new test modules a plan's tasks ask for, and where they go. Pure: equal trees give equal answers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from cellwall.migrate.capabilities.registry import match_task
from cellwall.migrate.new_tests.places import place_for
from cellwall.migrate.new_tests.spelling import UnspellableError
from cellwall.migrate.new_tests.writing import module_for, module_source
from cellwall.migrate.plan.model import Plan
from cellwall.project.config import ProjectConfig


@dataclass(slots=True)
class PlannedTests:
    """What is to be written, and what cannot be.

    Attributes:
        writes: agent number -> (path, capability) of its new modules.
        impossible: (agent, capability, why not).
        present: (agent, capability, path) of modules that stand there already.
    """

    writes: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    impossible: list[tuple[int, str, str]] = field(default_factory=list)
    present: list[tuple[int, str, str]] = field(default_factory=list)


def plan_new_tests(
    plan: Plan,
    project: ProjectConfig,
    modules: Mapping[int, Sequence[str]],
    existing: Collection[str],
) -> PlannedTests:
    """Give what is to be written; a module that stands there already is not written again.

    Args:
        plan: its tasks ask for tests.
        project: its roles and samples spell them.
        modules: agent number -> its test modules, sorted.
        existing: every path of the base, with the text of none.
    """
    planned, taken = PlannedTests(), set(existing)
    for agent in plan.agents:
        matches = [match_task(task.text) for task in agent.tasks]
        wanted = {found.capability.name: found.capability for found in matches if found}
        for name in sorted(wanted):
            if wanted[name].new_tests is None:
                continue
            try:
                module_source(wanted[name], project.roles, project.samples)
            except UnspellableError as error:
                planned.impossible.append((agent.number, name, str(error)))
                continue
            file = f"test_{name.replace('-', '_')}.py"
            owned = modules.get(agent.number, ())
            if there := [path for path in owned if path.rpartition("/")[2] == file]:
                planned.present.append((agent.number, name, there[0]))
                continue
            path = place_for(plan, agent, file, owned, taken)
            if path is None:
                planned.impossible.append((agent.number, name, "no path for a new module is in the scope"))
                continue
            try:
                module_for(wanted[name], project, path)
            except UnspellableError as error:
                planned.impossible.append((agent.number, name, str(error)))
                continue
            taken.add(path)
            planned.writes.setdefault(agent.number, []).append((path, name))
    return planned
